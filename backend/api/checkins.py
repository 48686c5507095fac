"""Check-ins: ask one now, and read what the desk may see. What only the young person sees is not here either."""

from __future__ import annotations

from typing import Final

from backend.api.calls import Call, made, moment, ok
from backend.api.schemas import Choice, Many, Moment, Perhaps, Record, Text, Whole, an_id
from models.actions import checkins as deeds
from models.actions import register as trail
from models.actions.api import Answer
from models.queries import checkins

SCORE: Final = Record("Who5Score", {"at": Moment(), "score": Perhaps(Whole(0, 100))})
SAID: Final = Record("SharedAnswer", {"item": Text(40), "answer": Perhaps(Text(80))})
SHARED: Final = Record(
    "SharedCheckIn",
    {"id": an_id(), "instrument": Text(40), "at": Moment(), "answers": Many(SAID, 100)},
)
CHECK_INS: Final = Record(
    "CheckIns", {"who5": Many(SCORE, 10000), "shared": Many(SHARED, 100), "running": Many(Text(40), 50)}
)
ASK: Final = Record("CheckInAsk", {"person": an_id(), "instrument": Choice(checkins.askable())})


async def show(call: Call) -> Answer:
    """WHO-5 and what the person has shared besides."""
    person_id = call.query["person"]
    found = await checkins.wellbeing(call.viewer, person_id)
    await trail.looked_at(call.viewer, person_id, now=call.now)
    by_person = [one.check_in_id for one in found.shared if one.by_person]
    if by_person:
        await deeds.looked_at_shared(call.viewer, person_id, by_person, now=call.now)
    return ok(
        {
            "who5": [{"at": moment(one.at), "score": one.score} for one in found.who5],
            "shared": [
                {
                    "id": one.check_in_id, "instrument": one.instrument, "at": moment(one.at),
                    "answers": [{"item": item, "answer": str(code)} for item, code in one.answers.items()],
                }
                for one in found.shared
            ],
            "running": list(found.running),
        }
    )  # fmt: skip


async def ask(call: Call) -> Answer:
    """Ask now. It never counts in a figure."""
    return made({"id": await deeds.ask_now(call.viewer, call.body["person"], call.body["instrument"], now=call.now)})
