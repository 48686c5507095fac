"""What records say: of a page, and of a hand-over as it was."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.domain import media
from models.domain import messages as texts
from models.domain.casefile import Attached, Content, Copy, Earlier, Recorded, Theme
from models.domain.staff import Viewer
from models.queries import within
from models.tables.attachments import Attachment, AttachmentPart
from models.tables.casefile_reach import RecordRow
from models.tables.keys import Vault
from models.tables.meetings import Meeting, MeetingEvent
from models.tables.messages import Message, MessageVersion
from models.tables.offers import Offer, OfferEvent
from models.tables.register import Municipality, Person


@dataclass(frozen=True, slots=True)
class _Told:
    """What one record says."""

    form: str
    who: str
    words: str
    what: str = ""
    about: str = ""
    earlier: tuple[Earlier, ...] = ()
    edited_at: datetime | None = None


async def _content(
    viewer: Viewer, person: Person, chosen: Sequence[RecordRow], number: int, at: datetime, by: str, *,
    as_of: datetime | None = None, left: int = 0, missing: int = 0, copy: Copy | None = None,
) -> Content:  # fmt: skip
    opened = (await within.opened(viewer, [person.id]))[person.id]
    municipality = await Municipality.get(id=person.municipality_id)
    name = within.name_of(opened, person.id, person.name_sealed)
    told = await _told(viewer, opened, name, chosen, as_of)
    names = await within.staff_names(viewer)
    files = await _files(opened, [row.record_id for row in chosen if row.kind == "file"])
    records = []
    for row in chosen:
        line, decision = told.get(row.record_id), row.decision
        if line is None or decision is None:
            continue
        said = (
            opened.open("record_decision", "theme", decision.id, decision.theme_sealed) if decision.theme_sealed else ""
        )
        records.append(
            Recorded(
                record_id=row.record_id, form=line.form, at=row.at, who=line.who, words=line.words,
                theme=Theme(decision.theme), theme_words=said, decided_by=names.get(decision.staff_id, ""),
                decided_at=decision.at, what=line.what, about=line.about, earlier=line.earlier,
                edited_at=line.edited_at, file=files.get(row.record_id),
            )
        )  # fmt: skip
    return Content(
        person.id, municipality.name, person.reference, name, number, at, by, tuple(records), left, missing, copy
    )


async def _told(
    viewer: Viewer, opened: Vault, name: str, chosen: Sequence[RecordRow], as_of: datetime | None
) -> dict[str, _Told]:
    """What these records of a person say, as they stood at `as_of` where that is given; constant in queries."""
    ids: dict[str, list[str]] = defaultdict(list)
    for row in chosen:
        ids[row.kind].append(row.record_id)
    names = await within.staff_names(viewer)
    return {
        **await _messages(opened, name, names, ids["message"], as_of),
        **await _file_lines(opened, name, names, ids["file"]),
        **await _answers(opened, name, ids["offer"]),
        **await _agreements(opened, names, ids["meeting"]),
    }


async def _messages(
    opened: Vault, name: str, names: Mapping[str, str], ids: Sequence[str], as_of: datetime | None
) -> dict[str, _Told]:
    versions: dict[str, list[Earlier]] = defaultdict(list)
    for one in await MessageVersion.filter(message_id__in=ids or [""]).order_by("replaced_at"):
        words = texts.visible(opened.open("message_version", "body", one.id, one.body_sealed))
        versions[one.message_id].append(Earlier(words, one.replaced_at))
    made = {}
    for row in await Message.filter(id__in=ids or [""], person_id=opened.person_id):
        words, earlier = texts.visible(opened.open("message", "body", row.id, row.body_sealed)), versions[row.id]
        later = [one for one in earlier if as_of is not None and one.until > as_of]
        kept = earlier[: len(earlier) - len(later)]
        form = row.kind if row.direction == "note" and row.kind in {"contact", "missed"} else row.direction
        who = name if row.direction == "in" else names.get(row.staff_id or "", "")
        made[row.id] = _Told(
            form,
            who,
            later[0].words if later else words,
            earlier=tuple(kept),
            edited_at=kept[-1].until if kept else None,
        )
    return made


async def _file_lines(opened: Vault, name: str, names: Mapping[str, str], ids: Sequence[str]) -> dict[str, _Told]:
    return {
        row.id: _Told(
            "file", name if row.direction == "in" else names.get(row.staff_id or "", ""),
            texts.first_line(_file_name(opened, row), media.LONGEST_NAME),
        )
        for row in await Attachment.filter(id__in=ids or [""], person_id=opened.person_id)
    }  # fmt: skip


async def _answers(opened: Vault, name: str, ids: Sequence[str]) -> dict[str, _Told]:
    events = await OfferEvent.filter(id__in=ids or [""], person_id=opened.person_id)
    offers = await Offer.filter(id__in=[row.offer_id for row in events] or [""])
    titles = {
        row.id: str(json.loads(opened.open("offer", "content", row.id, row.content_sealed)).get("title", ""))
        for row in offers
    }
    return {
        row.id: _Told(
            "offer", name,
            texts.visible(opened.open("offer_event", "words", row.id, row.words_sealed)) if row.words_sealed else "",
            what=row.deed.removesuffix(".words"), about=titles.get(row.offer_id, ""),
        )
        for row in events
    }  # fmt: skip


async def _agreements(opened: Vault, names: Mapping[str, str], ids: Sequence[str]) -> dict[str, _Told]:
    events = await MeetingEvent.filter(id__in=ids or [""], person_id=opened.person_id)
    held = await Meeting.filter(id__in=[row.meeting_id for row in events] or [""])
    about = {
        row.id: str(json.loads(opened.open("meeting", "content", row.id, row.content_sealed)).get("about", ""))
        for row in held
    }
    return {
        row.id: _Told(
            "meeting", names.get(row.staff_id or "", ""),
            texts.visible(opened.open("meeting_event", "words", row.id, row.words_sealed)) if row.words_sealed else "",
            about=about.get(row.meeting_id, ""),
        )
        for row in events
    }  # fmt: skip


async def _files(opened: Vault, ids: Sequence[str]) -> dict[str, Attached]:
    pieces: dict[str, list[bytes]] = defaultdict(list)
    parts = AttachmentPart.filter(attachment_id__in=ids or [""], person_id=opened.person_id)
    for part in await parts.order_by("attachment_id", "number"):
        key = f"{part.attachment_id}:{part.number}"
        pieces[part.attachment_id].append(opened.open_bytes("attachment_part", "content", key, part.content_sealed))
    return {
        row.id: Attached(_file_name(opened, row), row.mime, media.kind_of(row.mime), b"".join(pieces[row.id]))
        for row in await Attachment.filter(id__in=ids or [""], person_id=opened.person_id)
        if pieces[row.id]
    }


def _file_name(opened: Vault, row: Attachment) -> str:
    return opened.open("attachment", "name", row.id, row.name_sealed) if row.name_sealed else ""
