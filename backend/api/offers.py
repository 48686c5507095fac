"""Offers to a young person: create, publish, revise, end, and read what they say now and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from backend.api.calls import Call, as_seen, done, etag, made, moment, ok
from backend.api.people import REF
from backend.api.schemas import Choice, Day, Moment, Perhaps, Record, Text, Token, Whole, an_id
from models.actions import messages
from models.actions import offers as deeds
from models.actions import register as trail
from models.actions.api import Answer
from models.actions.offers import Content
from models.domain.offers import OfferState
from models.queries import offers

_CONTENT: Final = {
    "title": Text(120, example="Mentor"), "what": Text(1000, blank=True), "with_whom": Text(120, blank=True),
    "starts": Perhaps(Day()), "how_often": Text(120, blank=True), "where": Text(120, blank=True),
    "purpose": Text(600, blank=True), "next_meeting": Perhaps(Moment()),
}  # fmt: skip
_KIND: Final = Token("[a-z0-9_]{1,24}", "choice_unknown", "contact_person")
OFFER: Final = Record(
    "Offer",
    {
        "id": an_id(), "person": an_id(), "kind": Text(24), "state": Choice(tuple(one.value for one in OfferState)),
        "revision": Whole(1, 32767), **_CONTENT, "created_at": Moment(), "published_at": Perhaps(Moment()),
        "seen_at": Perhaps(Moment()), "answered_at": Perhaps(Moment()),
    },
)  # fmt: skip
CREATE: Final = Record(
    "OfferCreate", {"person": an_id(), "kind": _KIND, **_CONTENT}, may=frozenset(_CONTENT) - {"title"}
)
REVISE: Final = Record("OfferRevise", _CONTENT, may=frozenset(_CONTENT), least=1)


async def show(call: Call) -> Answer:
    """One offer."""
    body = await _offer(call)
    await trail.looked_at(call.viewer, body["person"], now=call.now, what="offer.view", about=body["id"])
    return ok(body, ETag=etag(body))


async def create(call: Call) -> Answer:
    """A draft that nobody is shown before it is published."""
    given = call.body
    offer_id = await deeds.draft(call.viewer, given["person"], given["kind"], _content(given), now=call.now)
    return made({"id": offer_id})


async def publish(call: Call) -> Answer:
    """Show it to the young person; what they had asked for beside it is answered by it."""
    offer_id = call.ids["offer_id"]
    waiting = await offers.waiting(call.viewer, offer_id)
    await deeds.publish(call.viewer, offer_id, now=call.now)
    await messages.settle(call.viewer, waiting, by=offer_id, now=call.now)
    return done()


async def revise(call: Call) -> Answer:
    """Change what it says; fields that are left out stay. A published one is shown anew, to be answered again."""
    before = await _offer(call)
    as_seen(call, etag(before))
    said = (await offers.offer(call.viewer, before["id"])).offer.content
    content = _content({**said, **call.body})
    waiting = await offers.waiting(call.viewer, before["id"])
    await deeds.revise(call.viewer, before["id"], content, now=call.now)
    await messages.settle(call.viewer, waiting, by=before["id"], now=call.now)
    body = await _offer(call)
    return ok(body, ETag=etag(body))


async def end(call: Call) -> Answer:
    """End a running offer; one nobody has said yes to is taken back."""
    offer_id = call.ids["offer_id"]
    state = (await offers.offer(call.viewer, offer_id)).offer.state
    running = state in {OfferState.STARTED, OfferState.PAUSED, OfferState.ENDED}
    await deeds.move(call.viewer, offer_id, "end" if running else "withdraw", now=call.now)
    return done()


def _content(given: Mapping[str, Any]) -> Content:
    return Content(**{key: _plain(given.get(key)) for key in _CONTENT})


def _plain(value: str | date | None) -> str:
    """As the desk's form has it."""
    return value.isoformat() if isinstance(value, date) else value or ""


async def _offer(call: Call) -> dict[str, Any]:
    found = (await offers.offer(call.viewer, call.ids["offer_id"])).offer
    said = {key: found.content.get(key, "") for key in _CONTENT}
    return {
        "id": found.offer_id, "person": found.person_id, "kind": found.kind, "state": found.state.value,
        "revision": found.revision, **said, "starts": said["starts"] or None,
        "next_meeting": said["next_meeting"] or None, "created_at": moment(found.created_at),
        "published_at": moment(found.published_at), "seen_at": moment(found.seen_at),
        "answered_at": moment(found.answered_at),
    }  # fmt: skip


__all__ = ["CREATE", "OFFER", "REF", "REVISE", "create", "end", "publish", "revise", "show"]
