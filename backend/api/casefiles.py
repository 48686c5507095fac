"""The case file: what waits, and handing over what was decided to belong to it, as the document a case system keeps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from backend import case_documents
from backend.api.calls import Call, made, moment, ok
from backend.api.schemas import Content, Many, Moment, Record, Text, Whole, an_id
from models.actions import casefile as deeds
from models.actions.api import Answer
from models.queries import casefile

_COUNT: Final = Whole(0, 2**31 - 1)
HAND_OVER: Final = Record(
    "HandOver",
    {
        "id": an_id(), "number": Whole(1, 2**31 - 1), "at": Moment(), "by": Text(120, blank=True), "records": _COUNT,
        "sha256": Text(64),
    },
)  # fmt: skip
CASE_FILE: Final = Record(
    "CaseFile", {"undecided": _COUNT, "ready": _COUNT, "hand_overs": Many(HAND_OVER, 10000)}
)  # fmt: skip
MADE: Final = Record("HandOverMade", {"id": an_id(), "number": Whole(1, 2**31 - 1), "sha256": Text(64)})
DOCUMENT: Final = Content("application/pdf")


async def show(call: Call) -> Answer:
    """How much is undecided, how much is ready, and what was handed over. That somebody looked is written down."""
    person_id = call.ids["person_id"]
    found = await casefile.standing(call.viewer, person_id)
    await deeds.looked_at(call.viewer, person_id, now=call.now)
    return ok(
        {
            "undecided": found.undecided, "ready": found.ready,
            "hand_overs": [
                {
                    "id": one.hand_over_id, "number": one.number, "at": moment(one.at), "by": one.who,
                    "records": one.records, "sha256": one.fingerprint,
                }
                for one in found.handed
            ],
        }
    )  # fmt: skip


async def hand_over(call: Call) -> Callable[[], Awaitable[Answer]]:
    """Draw what is ready, before the transaction in which it is marked as handed over."""
    content = await casefile.ready(call.viewer, call.ids["person_id"], now=call.now)
    document = await case_documents.drawn(content)

    async def deed() -> Answer:
        done = await deeds.hand_over(call.viewer, content, document)
        return made({"id": done.hand_over_id, "number": done.number, "sha256": done.fingerprint})

    return deed


async def document(call: Call) -> Answer:
    """The document as it was handed over, byte for byte; where it cannot be made so any more, a copy that says so."""
    found, again = await case_documents.original(call.viewer, call.ids["hand_over_id"], now=call.now)
    name = f"{found.line.hand_over_id}-{again.number}"
    return ok(
        again.document, Content_Type="application/pdf", Content_Disposition=f'attachment; filename="{name}.pdf"',
    )  # fmt: skip
