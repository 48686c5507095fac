"""The files of a young person in one zip: readable names, nothing pressed together, one file in memory at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile, ZipInfo

from models.domain.localtime import local
from models.queries import attachments
from models.queries.conversation import Whose
from models.queries.rights_export import Listed

#: A file that its owner may read and write, as zip keeps that.
_MINE = 0o600 << 16


async def as_zip(whose: Whose, found: Sequence[Listed]) -> bytes:
    """The files in the order they came. Pictures and sound are as small as they get: they are stored as they are."""
    packed = BytesIO()
    with ZipFile(packed, "w") as made:
        for one in found:
            entry = ZipInfo(one.name, _when(one.at))
            entry.external_attr = _MINE
            made.writestr(entry, (await attachments.content(whose, one.attachment_id)).content)
    return packed.getvalue()


def _when(at: datetime) -> tuple[int, int, int, int, int, int]:
    """The time a zip may hold: local, to the second."""
    here = local(at)
    return here.year, here.month, here.day, here.hour, here.minute, here.second
