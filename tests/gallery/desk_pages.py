"""Every page of the desk, and how to come to see it: who opens it, and what a form on it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from backend.routes import ROUTES

#: Addresses that answer with something else than a page: a word, a file, a stream, a way on.
NO_PAGE: Final = frozenset(
    {
        "healthz",
        "readyz",
        "events",
        "waiting",
        "file",
        "figures-file",
        "case-file-copy",
        "sign-in-elsewhere",
        "sign-in-elsewhere-back",
    }
)


@dataclass(frozen=True, slots=True)
class Refused:
    """A form sent so that it comes back: what its address ends with, and what stands in it (the rest is blank)."""

    form: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Visit:
    """One page: by whom, what is refused there, whether it is made to be printed."""

    who: str = "mette"
    refused: Refused | None = None
    prints: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """A page that comes when a form of another is sent as it stands: which page, what the form's address ends with,
    what is put into it, the file that is chosen, how it is answered. `own`: only where a world has a seat for it, since
    it can be come to once.
    """

    page: str
    form: str
    fields: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    answers: int = 200
    own: bool = False


#: A register as somebody might have typed it: a row that is right, and what may be wrong with one.
_HEADER: Final = "sagsnummer;navn;fødselsdato;gruppe;rådgiver;telefon\n"
_RIGHT: Final = (
    "N-1;Selma Riis;2007-03-04;anbragt;;20 11 22 33\n"
    "N-2;Karl Emil Ravn;2006-11-30;kontaktperson;;\n"
)  # fmt: skip
_WRONG: Final = (
    "N-3;;2007-13-40;anbragt;;\nN-1;Selma Igen;2007-03-04;anbragt;;\n"
    "N-4;Tim Vold;1980-01-01;hjemme;ingen@example.org;\n"
)  # fmt: skip

_M: Final = "mette"
_P: Final = "per"
_A: Final = "admin"

VISITS: Final[Mapping[str, Visit]] = MappingProxyType(
    {
        "about": Visit("nobody"),
        "sign-in": Visit("nobody", Refused("/sign-in", {"email": "mette@example.org", "password": "ikke min kode"})),
        "sign-in-code": Visit("half", Refused("/sign-in/code", {"code": "000000"})),
        "sign-in-app": Visit("new", Refused("/sign-in/app", {"code": "000000"})),
        "welcome": Visit("nobody", Refused("/welcome", {"password": "kort", "again": "kort"})),
        "today": Visit(),
        "dead-letter": Visit(_P),
        "inbox": Visit(),
        "thread": Visit(_M, Refused("/reply#latest"), prints=True),
        "people": Visit(_P, prints=True),
        "search-back": Visit(_M),
        "register-import": Visit(_P, Refused("/people/import")),
        "person-new": Visit(_P, Refused("/people/new")),
        "person-edit": Visit(_P, Refused("/register")),
        "open-other": Visit(_M, Refused("/open-other")),
        "person": Visit(prints=True),
        "person-offers": Visit(prints=True),
        "person-meetings": Visit(prints=True),
        "person-wellbeing": Visit(prints=True),
        "person-plan": Visit(_M, Refused("/goals"), prints=True),
        "progress": Visit(),
        "person-case": Visit(prints=True),
        "invitation": Visit(),
        "apart": Visit(_P),
        "caseworker": Visit(_P, Refused("/caseworker", {"colleague": ""})),
        "hand-over": Visit(_P, Refused("/hand-over")),
        "transfer": Visit(_P, Refused("/transfer", {"municipality": ""})),
        "case-files": Visit(_P),
        "case-file": Visit(_M, Refused("/case-file"), prints=True),
        "erase": Visit(_P),
        "transfers": Visit(_P),
        "offer-new": Visit(_M, Refused("/offers")),
        "offers": Visit(),
        "offer": Visit(prints=True),
        "offer-edit": Visit(_M, Refused("/offers/")),
        "wish": Visit(prints=True),
        "range": Visit(_P, Refused("/range")),
        "range-edit": Visit(_P, Refused("/range/")),
        "meeting-new": Visit(_M, Refused("/meetings")),
        "meeting": Visit(prints=True),
        "meeting-edit": Visit(_M, Refused("/meetings/")),
        "alerts": Visit(),
        "alert": Visit(_M, Refused("/close"), prints=True),
        "feedbacks": Visit(),
        "feedback": Visit(_M, Refused("/answer"), prints=True),
        "panels": Visit(_P),
        "panel": Visit(_P),
        "survey": Visit(_P),
        "survey-question": Visit(_P, Refused("/questions/")),
        "survey-preview": Visit(_P),
        "survey-choose": Visit(_P),
        "plans": Visit(_P),
        "plan-new": Visit(_P, Refused("/check-in-plans")),
        "plan": Visit(_P),
        "plan-preview": Visit(_P),
        "you-said": Visit(_P, prints=True),
        "you-said-compose": Visit(_P, Refused("/you-said")),
        "figures": Visit(_P, prints=True),
        "goals": Visit(_P, Refused("/goals"), prints=True),
        "goal": Visit(_P, Refused("/goals/"), prints=True),
        "administration": Visit(_A),
        "hours": Visit(_A, Refused("/hours")),
        "duty": Visit(_P, Refused("/repeat", {"weeks": "99"})),
        "place": Visit(_A, Refused("/place")),
        "thresholds": Visit(_A, Refused("/thresholds")),
        "retention": Visit(_A, Refused("/retention")),
        "texts": Visit(_A),
        "staff": Visit(_A, Refused("/staff")),
        "staff-member": Visit(_A, Refused("/administration/staff/")),
        "webhooks": Visit(_A, Refused("/webhooks")),
        "trail": Visit(_A),
        "helplines": Visit(_A, Refused("/own", {"number": "ikke et nummer"})),
        "canned": Visit(_P, Refused("/canned")),
        "canned-edit": Visit(_P, Refused("/canned/")),
        "settings": Visit(_M, Refused("/absence", {"first_day": "2026-12-09", "last_day": "2026-12-01"})),
        "tokens": Visit(_M, Refused("/tokens")),
        "app": Visit(),
    }
)


#: Pages that no address of their own leads to, by name.
NEXT: Final[Mapping[str, Next]] = MappingProxyType(
    {
        "search-hits": Next("today", "/search", {"words": "møde"}),
        "search-nothing": Next("today", "/search", {"words": "xylofon"}),
        "register-preview": Next("register-import", "/people/import", file=_HEADER + _RIGHT),
        "register-preview-faults": Next(
            "register-import", "/people/import", file=_HEADER + _RIGHT + _WRONG, answers=422
        ),
        "invitation-made": Next("invitation", "/invitation"),
        "token-made": Next("tokens", "/settings/tokens", {"name": "Fagsystemet"}),
        "staff-added": Next(
            "staff", "/staff", {"name": "Vera Lind", "email": "vera@example.org", "role": "caseworker"}
        ),
        "webhook-made": Next("webhooks", "/webhooks", {"address": "http://127.0.0.1:9/hooks", "events": "yes"}),
        "survey-sure": Next("survey-choose", "/send"),
        "again": Next("settings", "/settings/app", answers=428, own=True),
        "recovery-codes": Next("sign-in-app", "/sign-in/app", own=True),
        "erased": Next("erase", "/erase", {"kept": "yes"}, own=True),
    }
)
#: Addresses with nothing behind them, and with nothing for whoever asks.
ERRORS: Final = MappingProxyType({"error-nothing": "/findes-ikke", "error-not-yours": "/administration"})


def missing() -> set[str]:
    """Pages of the desk that the gallery does not show, and pages it shows that the desk no longer has."""
    pages = {route.name for route in ROUTES if route.method == "GET"} - NO_PAGE
    return pages ^ set(VISITS)
