"""Files: their content, through the young person whose they are or through a member of staff who may see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tortoise.expressions import Q

from models.domain import media
from models.domain import messages as texts
from models.domain.errors import NotFound
from models.domain.staff import Viewer
from models.queries import within
from models.queries.conversation import Whose
from models.tables.attachments import Attachment, AttachmentPart
from models.tables.keys import Vault, vault
from models.tables.reach import is_apart, may_open
from models.transactions import reading


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was kept. `kind`: photo, audio, voice, video … as it came, or what its content makes it."""

    name: str
    mime: str
    kind: str
    size: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file without its content. `kind` as it came; `mime` what it is, "" until it was fetched; `state`: waiting,
    kept, refused or lost, and `reason` why."""

    attachment_id: str
    kind: str
    mime: str
    name: str
    size: int
    seconds: int | None
    state: str
    reason: str
    about: str


@reading
async def content(whose: Whose | Viewer, attachment_id: str) -> Kept:
    """A file that was kept. Raises NotFound for anybody it is not for, and while there is nothing to show.

    Staff reach it through the person; what belongs to feedback, only where its audience lets this viewer read that.
    """
    row = await Attachment.get_or_none(id=attachment_id, municipality_id=whose.municipality_id, state="kept")
    if row is None:
        raise NotFound
    if isinstance(whose, Viewer):
        await may_open(whose, row)
        opened = (await within.opened(whose, [row.person_id]))[row.person_id]
    elif row.person_id != whose.person_id or await is_apart(row):
        raise NotFound
    else:
        opened = await vault(row.municipality_id, row.person_id)
    parts = await AttachmentPart.filter(attachment_id=row.id).order_by("number").values_list("number", "content_sealed")
    return Kept(
        name=opened.open("attachment", "name", row.id, row.name_sealed or b""),
        mime=row.mime,
        kind=row.kind,
        size=row.size,
        content=b"".join(
            opened.open_bytes("attachment_part", "content", f"{row.id}:{number}", sealed) for number, sealed in parts
        ),
    )


@reading
async def file(whose: Whose, attachment_id: str) -> FileLine | None:
    """One of a person's own files as it stands, without its content; None when it is not theirs."""
    row = await Attachment.get_or_none(
        id=attachment_id, person_id=whose.person_id, municipality_id=whose.municipality_id
    )
    return None if row is None else _line(await vault(row.municipality_id, row.person_id), row)


@reading
async def chosen(viewer: Viewer, person_id: str, attachment_ids: Sequence[str]) -> list[FileLine]:
    """What the viewer has chosen for a reply to this person that is not sent yet, in order."""
    wanted = list(dict.fromkeys(attachment_ids))
    if not wanted:
        return []
    found = await Attachment.filter(
        id__in=wanted, person_id=person_id, municipality_id=viewer.municipality_id, staff_id=viewer.staff_id,
        message_id="", about="", direction="out", state="kept",
    )  # fmt: skip
    by_id = {row.id: _line(await vault(row.municipality_id, row.person_id), row) for row in found}
    return [by_id[one] for one in wanted if one in by_id]


@reading
async def belonging(viewer: Viewer, opened: Vault, ids: Iterable[str]) -> dict[str, list[FileLine]]:
    """The files that belong to messages or feedback of the person whose vault this is, by those ids. The caller has
    made sure that the viewer may see them."""
    wanted = [one for one in ids if one] or [""]
    theirs = Attachment.filter(person_id=opened.person_id, municipality_id=viewer.municipality_id)
    found: dict[str, list[FileLine]] = defaultdict(list)
    for row in await theirs.filter(Q(message_id__in=wanted) | Q(about__in=wanted)).order_by("created_at", "id"):
        found[row.about or row.message_id].append(_line(opened, row))
    return found


def _line(opened: Vault, row: Attachment) -> FileLine:
    name = opened.open("attachment", "name", row.id, row.name_sealed) if row.name_sealed else ""
    return FileLine(
        row.id, row.kind, row.mime, texts.first_line(name, media.LONGEST_NAME), row.size, row.seconds, row.state,
        row.reason, row.about,
    )  # fmt: skip
