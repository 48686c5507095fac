"""What stands beside a thread for one viewer: why they see it, until when they put it aside, who writes in it now, the
canned replies they may use, and how their desk behaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.domain import canned as rules
from models.domain.canned import Text
from models.domain.errors import NotFound
from models.domain.localtime import local_date
from models.domain.staff import Viewer, may
from models.queries import within
from models.queries.messages import Cover, cover, mine_of, open_thread
from models.tables.messages import CannedReply, Writing
from models.tables.reach import person_for
from models.transactions import reading

#: Somebody who has typed nothing for so long writes no more.
STILL_WRITING = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Canned:
    """One canned reply, as it would stand to one person."""

    canned_id: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Beside one thread. `writers`: colleagues who write in it now; `undo`: what the viewer sends can be taken back."""

    cover: Cover | None
    later: datetime | None
    writers: tuple[str, ...]
    undo: bool
    language: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A canned reply as it is kept."""

    canned_id: str
    text: Text


@reading
async def beside(viewer: Viewer, person_id: str, *, now: datetime) -> Beside:
    """What stands beside a person's open thread. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    thread = await open_thread(viewer, person.id)
    names = await within.staff_names(viewer)
    away = await within.absences(viewer, local_date(now))
    stands_in = (person.substitute_id, thread.assigned_id if thread else None)
    mine = await mine_of(viewer, thread.id if thread else "")
    writers = []
    if thread is not None:
        now_writing = Writing.filter(thread_id=thread.id, at__gt=now - STILL_WRITING).exclude(staff_id=viewer.staff_id)
        writers = sorted(names.get(str(key), "") for key in await now_writing.values_list("staff_id", flat=True))
    return Beside(
        cover=cover(viewer, person.caseworker_id, stands_in, names, away),
        later=mine.later,
        writers=tuple(writers),
        undo=mine.undo,
        language=person.language,
    )


@reading
async def canned(viewer: Viewer, person_id: str, *, words: str = "") -> list[Canned]:
    """The canned replies in use, in the person's language and with the names in them, by title: all, or those that have
    the words. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    first_name = within.first_name_of(opened, person.id, person.first_name_sealed)
    my_first_name = viewer.name.split(maxsplit=1)[0] if viewer.name.strip() else ""
    found = [
        Canned(
            one.canned_id,
            one.text.title,
            rules.filled(
                rules.in_language(one.text, person.language), first_name=first_name, my_first_name=my_first_name
            ),
        )
        for one in await _kept(viewer)
        if one.text.active
    ]
    wanted = words.casefold().split()
    return [one for one in found if all(word in f"{one.title} {one.words}".casefold() for word in wanted)]


@reading
async def all_canned(viewer: Viewer) -> list[Kept]:
    """Every canned reply of the viewer's municipality, also those not in use, by title. Nothing without the right."""
    return await _kept(viewer) if may(viewer.role, "canned_replies.administer") else []


@reading
async def one_canned(viewer: Viewer, canned_id: str) -> Kept:
    """One of them. Raises NotFound."""
    found = next((one for one in await all_canned(viewer) if one.canned_id == canned_id), None)
    if found is None:
        raise NotFound
    return found


async def _kept(viewer: Viewer) -> list[Kept]:
    if viewer.municipality_id is None:
        return []
    found = [
        Kept(row.id, Text(row.title, row.text_da, row.text_en, row.active))
        for row in await CannedReply.filter(municipality_id=viewer.municipality_id)
    ]
    return sorted(found, key=lambda one: (within.danish_order(one.text.title), one.canned_id))
