"""The reckoning sees what must not be: it is the judge of the storm, and a judge who never finds anything is none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fleet.reckoning import AGAIN, Person, _kept, _seen

FIRST, SECOND = "Svar 1 til p1.", "Svar 2 til p1."


def amina() -> Person:
    return Person("p1", 7, "x", "Mette", words=["Ord 1", "Ord 2"], replies=[FIRST, SECOND])


def letter(number: int, state: str = "sent", unknowns: int = 0) -> dict[str, Any]:
    return {
        "id": number, "kind": "message.reply", "letter_class": "staff_reply", "state": state, "reason": "",
        "unknowns": unknowns,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kept", "violations"),
    [(["Ord 1", "Ord 2"], 0), (["Ord 1"], 1), (["Ord 2", "Ord 1"], 1), (["Ord 1", "Ord 2", "Ord 2"], 1)],
)
def test_what_is_lost_doubled_or_out_of_order_is_found(kept: list[str], violations: int) -> None:
    written = [("in", words) for words in kept] + [("out", FIRST), ("out", SECOND)]
    assert len(_kept(amina(), written)) == violations


@pytest.mark.parametrize(
    ("letters", "shown", "violated"),
    [
        ([letter(1), letter(2)], [FIRST, SECOND], False),
        ([letter(1, unknowns=1), letter(2)], [FIRST, f"{FIRST}\n{AGAIN}", SECOND], False),
        ([letter(1, "unsure", 2), letter(2)], [SECOND], False),
        ([letter(1), letter(2)], [FIRST], True),
        ([letter(1), letter(2)], [SECOND, FIRST], True),
        ([letter(1, unknowns=1), letter(2)], [FIRST, FIRST, SECOND], True),
        ([letter(1), letter(2)], [FIRST, f"{FIRST}\n{AGAIN}", SECOND], True),
        ([letter(1), letter(2, "sending")], [FIRST], True),
        ([letter(1), letter(2, "dead")], [FIRST], True),
        ([letter(1), letter(2)], [FIRST, SECOND, "Svar 3 til p2."], True),
        ([letter(1), letter(2, unknowns=1)], [FIRST, SECOND, "Odd skriver"], True),
        ([letter(1)], [FIRST], True),
    ],
)  # fmt: skip
def test_what_nobody_may_see_or_miss_is_found(letters: list[Any], shown: list[str], violated: bool) -> None:
    assert bool(_seen(amina(), letters, shown, {"Mette", "Odd"})) == violated
