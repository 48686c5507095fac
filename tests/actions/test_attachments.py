"""Files: kept whole and sealed, given back to those they are for, and to nobody else."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.actions import attachments
from models.domain.errors import Invalid, NotFound
from models.domain.people import YoungPerson
from models.domain.staff import Role, Viewer
from models.queries import attachments as views
from models.tables.attachments import Attachment, AttachmentPart
from tests.actions.rows import count, found
from tests.cast import Cast
from tests.files import PDF, picture


async def test_what_staff_give_comes_back_whole_from_pieces(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    content = PDF + b"%" * 700_000
    given = await attachments.attach(cast.mette, cast.amina, name="C:\\x\\plan.exe", content=content, now=now)
    kept = await views.content(amina, given)
    assert (kept.name, kept.mime, kept.kind, kept.size) == ("plan.pdf", "application/pdf", "document", len(content))
    assert kept.content == content
    assert (await views.content(cast.mette, given)).content == content
    parts = await found(AttachmentPart, "number")
    assert [part.number for part in parts] == [0, 1, 2]
    assert b"%%%%" not in b"".join(part.content_sealed for part in parts)


async def test_a_file_is_for_its_person_and_those_who_reach_them_only(
    amina: YoungPerson, jonas: YoungPerson, astrid: YoungPerson, cast: Cast, now: datetime
) -> None:
    given = await attachments.attach(cast.mette, cast.amina, name="x.jpg", content=picture(), now=now)
    homeless = Viewer(cast.per.staff_id, None, Role.COORDINATOR, "Per")
    for whose in (jonas, astrid, cast.siri, cast.odd, cast.nanna, cast.admin, homeless):
        with pytest.raises(NotFound):
            await views.content(whose, given)
    for viewer in (cast.odd, cast.siri, cast.admin, cast.nanna, homeless):
        with pytest.raises(NotFound):
            await attachments.attach(viewer, cast.amina, name="x", content=PDF, now=now)
    with pytest.raises(NotFound):
        await attachments.attach(cast.mette, cast.amina, name="x", content=PDF, message_id="0" * 32, now=now)
    assert await count(Attachment) == 1
    assert (await views.content(cast.per, given)).kind == "photo"


async def test_what_cannot_be_taken_leaves_nothing_behind(cast: Cast, now: datetime) -> None:
    for content, code in ((b"", "file_empty"), (b"MZ" + bytes(9), "file_type"), (bytes(20971521), "file_too_big")):
        with pytest.raises(Invalid) as refused:
            await attachments.attach(cast.mette, cast.amina, name="x.pdf", content=content, now=now)
        assert (refused.value.code, refused.value.field) == (code, "file")
    assert (await count(Attachment), await count(AttachmentPart)) == (0, 0)
