"""Files: their content, through the young person whose they are or through a member of staff who may see them."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.domain import feedback as rules
from models.domain.errors import NotFound
from models.domain.feedback import Audience
from models.domain.staff import Viewer, may
from models.queries.conversation import Whose
from models.tables.attachments import Attachment, AttachmentPart
from models.tables.feedback import Feedback
from models.tables.keys import vault
from models.tables.reach import person_for
from models.transactions import reading


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was kept. `kind`: photo, audio, voice, video … as it came, or what its content makes it."""

    name: str
    mime: str
    kind: str
    size: int
    content: bytes = field(repr=False)


@reading
async def content(whose: Whose | Viewer, attachment_id: str) -> Kept:
    """A file that was kept. Raises NotFound for anybody it is not for, and while there is nothing to show.

    Staff reach it through the person; what belongs to feedback, only where its audience lets this viewer read that.
    """
    row = await Attachment.get_or_none(id=attachment_id, municipality_id=whose.municipality_id, state="kept")
    if row is None:
        raise NotFound
    if isinstance(whose, Viewer):
        await _within_reach(whose, row)
    elif row.person_id != whose.person_id:
        raise NotFound
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


async def _within_reach(viewer: Viewer, row: Attachment) -> None:
    person = await person_for(viewer, row.person_id)
    if not row.about:
        return
    given = await Feedback.get_or_none(id=row.about, municipality_id=viewer.municipality_id)
    if given is None:
        return
    readable = (
        may(viewer.role, "feedback.read")
        and bool(given.audience)
        and rules.may_read(
            Audience(given.audience),
            viewer_is_caseworker=viewer.staff_id == person.caseworker_id,
            viewer_role=viewer.role,
            viewer_is_substitute=viewer.staff_id == person.substitute_id,
        )
    )
    if not readable:
        raise NotFound
