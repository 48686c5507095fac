"""Who reaches what: docs/rights.toml, every page and every operation of the API by role and by whose it is.

Made from the routes of the desk, the operations of the API and `models.domain.staff.DEEDS`; `--write` brings the file
up to date, and `tests/backend/test_rights.py` walks every line of it against the running application.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend.api.calls import Operation
from backend.api.operations import OPERATIONS
from backend.guard import ANYONE, SIGNED_IN
from backend.routes import ROUTES
from models.domain.staff import Role, may, sees_people, sees_whole_municipality

FILE = Path(__file__).with_name("rights.toml")
YES, AGAIN, FORBIDDEN, NOTHING = "yes", "again", "403", "404"
#: Whose the object of an address is, as seen by whoever asks: a young person (or something of theirs) in one's own
#: care, opened with a reason, a colleague's, without a caseworker, of another municipality; or an id that nobody has.
PERSON = ("mine", "opened", "colleagues", "nobodys", "elsewhere", "unknown")
#: What belongs to a municipality, to one member of staff, or is offered to one municipality by another.
OF_PLACE = ("here", "elsewhere", "unknown")
OWN = ("mine", "colleagues", "elsewhere", "unknown")
OFFERED = ("offered", "here", "elsewhere", "unknown")
_OBJECTS = {
    "range_id": ("range", OF_PLACE), "canned_id": ("canned reply", OF_PLACE), "staff_id": ("staff", OF_PLACE),
    "goal_id": ("goal", OF_PLACE), "plan_id": ("plan", OF_PLACE), "panel_id": ("panel", OF_PLACE),
    "survey_id": ("survey", OF_PLACE), "sendout_id": ("sendout", OF_PLACE), "webhook_id": ("webhook", OF_PLACE),
    "inbox_id": ("dead letter", OF_PLACE), "opening_id": ("opening", OF_PLACE), "transfer_id": ("transfer", OFFERED),
    "session_id": ("session", OWN), "token_id": ("token", OWN), "feedback_id": ("feedback", PERSON),
}  # fmt: skip
#: What is one's own only where young people wait for one's answers; and what nobody takes by opening somebody.
_OF_WHO_ANSWERS = {"absence", "absence-end", "notices"}
_TAKEN = {"alerts.acknowledge", "alerts.close"}
_HEAD = """\
# Who reaches what. Made by `python docs/rights.py --write` from the tables of routes and operations and the rights of
# `models/domain/staff.py`; `tests/backend/test_rights.py` walks every line against the running application.
#
# yes: it is done or shown. again: the same, once who asks has proved anew who they are. 403: the role may not.
# 404: answered exactly like an id that does not exist, and nothing is changed. Signed out: the desk leads a GET to the
# sign-in (303) and refuses a form (419); the API answers 401.
#
# Whose: mine (in my care, or I stand in), opened (with a reason), colleagues, nobodys (of my municipality, without a
# caseworker), elsewhere (another municipality), unknown (an id nobody has); for what belongs to a municipality: here;
# for a transfer: offered to us. Feedback is also only for its audience (`models/domain/feedback.py: may_read`).
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One page, form or operation: what is asked, the right it takes, whose its object may be ("" for none)."""

    part: str
    name: str
    method: str
    path: str
    right: str
    object: str
    whose: tuple[str, ...]
    again: bool

    def answer(self, role: Role, whose: str = "") -> str:
        """What a role gets."""
        if self.right == ANYONE:
            return YES
        if self.right != SIGNED_IN and not may(role, self.right):
            return FORBIDDEN
        if self.name in _OF_WHO_ANSWERS and not sees_people(role):
            return NOTHING
        reached = AGAIN if self.again else YES
        if self.name == "close-other":
            return reached if whose == "opened" else NOTHING  # one's own opening, and nothing else
        if whose in {"", "mine", "here", "offered"}:
            wrong = self.object == "transfer" and whose == "here"
            return NOTHING if wrong else reached
        if whose in {"elsewhere", "unknown"} or self.whose == OWN:
            return NOTHING
        if whose == "opened" and (self.object == "feedback" or self.right in _TAKEN):
            return NOTHING
        return reached if whose == "opened" or sees_whole_municipality(role) else NOTHING


def lines() -> list[Line]:
    """Every route of the desk and every operation of the API, in the order of their tables."""
    desk = [
        Line("desk", one.name, one.method, _plain(one.path), one.may, *_object(one.path), again=one.fresh)
        for one in ROUTES
    ]
    api = [
        Line("api", one.name, one.method, one.path, one.may, *_object(one.path, _named(one)), again=False)
        for one in OPERATIONS
    ]
    return desk + api


def text() -> str:
    """The file as it should be."""
    return "\n\n".join([_HEAD.rstrip(), *map(_written, lines())]) + "\n"


def _object(path: str, named: tuple[str, ...] = ()) -> tuple[str, tuple[str, ...]]:
    """What an address names last, or what is named beside it."""
    found = [*named, *re.findall(r"\{(\w+_id)", path)]
    return _OBJECTS.get(found[-1], ("person", PERSON)) if found else ("", ())


def _named(one: Operation) -> tuple[str, ...]:
    """What the query or the body of an operation names."""
    names = {*one.needs, *(one.body.fields if one.body else ())}
    return tuple(f"{name}_id" for name in ("person", "panel") if name in names)


def _plain(path: str) -> str:
    return re.sub(r"\{(\w+):[^{}]*(\{32\})?\}", r"{\1}", path)


def _written(line: Line) -> str:
    said = {"name": line.name, "ask": f"{line.method} {line.path}", "right": line.right}
    if line.object:
        said["object"] = line.object
    return "\n".join([f"[[{line.part}]]", *(f'{key} = "{value}"' for key, value in said.items()), *_roles(line)])


def _roles(line: Line) -> Iterator[str]:
    if line.right == ANYONE:
        return
    for role in Role:
        answers = {whose: line.answer(role, whose) for whose in line.whose} or {"": line.answer(role)}
        if len(set(answers.values())) == 1:
            yield f'{role.value} = "{next(iter(answers.values()))}"'
        else:
            inner = ", ".join(f'{whose} = "{given}"' for whose, given in answers.items())
            yield f"{role.value} = {{ {inner} }}"


if __name__ == "__main__":
    if "--write" in sys.argv:
        FILE.write_text(text(), encoding="utf-8")
    else:
        sys.stdout.write(text())
