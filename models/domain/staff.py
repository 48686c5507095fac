"""Staff roles: who may do what on the desk, and which passwords are too easy.

This says which *deeds* a role has at all. Whose people and which municipality is the scope of every query; both must
hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """What somebody on the desk is there for."""

    CASEWORKER = "caseworker"
    COORDINATOR = "coordinator"
    PANEL_HOST = "panel_host"
    EVALUATOR = "evaluator"
    NATIONAL = "national"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking. ``municipality_id`` is None for roles across municipalities (evaluator, national, a cluster's
    panel host). ``by_api``: a system asks with a token of theirs; the trail says so.
    """

    staff_id: str
    municipality_id: str | None
    role: Role
    name: str
    by_api: bool = False


_CASEWORK: Final = frozenset({Role.CASEWORKER, Role.COORDINATOR})
_LEAD: Final = frozenset({Role.COORDINATOR})
_FIGURES: Final = frozenset({Role.CASEWORKER, Role.COORDINATOR, Role.EVALUATOR, Role.NATIONAL})
_ADMIN: Final = frozenset({Role.ADMINISTRATOR})
_RUN: Final = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
_PANEL: Final = frozenset({Role.PANEL_HOST, Role.COORDINATOR})

DEEDS: Final[Mapping[str, frozenset[Role]]] = MappingProxyType(
    {
        # Own people; a coordinator, the whole municipality.
        "people.read": _CASEWORK,
        "people.write": _CASEWORK,
        "people.search": _CASEWORK,
        "people.open_other": frozenset({Role.CASEWORKER}),  # takes a reason, is logged and told to the coordinator
        "people.assign": _LEAD,
        "people.transfer": _LEAD,
        "people.erase": _LEAD,
        "register.read": _CASEWORK,
        "register.write": _LEAD,
        "register.import": _LEAD,
        "invitations.write": _CASEWORK,
        "links.confirm": _CASEWORK,
        "contacts.write": _CASEWORK,
        "messages.read": _CASEWORK,
        "messages.reply": _CASEWORK,
        "messages.note": _CASEWORK,
        "messages.assign": _CASEWORK,
        "messages.dead_letters": _LEAD,
        "casefile.decide": _CASEWORK,
        "offers.read": _CASEWORK,
        "offers.write": _CASEWORK,
        "offers.range": _LEAD,
        "meetings.write": _CASEWORK,
        "feedback.read": _CASEWORK,  # and then `feedback.may_read`
        "feedback.answer": _CASEWORK,
        "checkins.read": _CASEWORK,
        "checkins.ask": _CASEWORK,
        "checkins.plan": _LEAD,
        "alerts.read": _CASEWORK,
        "alerts.acknowledge": _CASEWORK,
        "alerts.close": _CASEWORK,
        # Panels: answers without names.
        "surveys.read": _PANEL,
        "surveys.write": _PANEL,
        "surveys.results": _PANEL,
        "panels.host": frozenset({Role.PANEL_HOST}),
        "you_said.write": _PANEL,
        "you_said.read": _CASEWORK | _PANEL,
        # Figures: published, withheld where small.
        "figures.read": _FIGURES,
        "reports.read": _FIGURES,
        "goals.write": _LEAD,
        "economy.read": frozenset({Role.COORDINATOR, Role.EVALUATOR, Role.NATIONAL}),
        "dataset.export": frozenset({Role.EVALUATOR, Role.NATIONAL}),
        # Running a municipality's desk; no young person is seen.
        "duty.administer": _RUN,
        "hours.administer": _RUN,
        "helplines.administer": _RUN,
        "canned_replies.administer": _RUN,
        "golive.read": _RUN,
        "staff.administer": _ADMIN,
        "settings.administer": _ADMIN,
        "texts.administer": _ADMIN,
        "thresholds.administer": _ADMIN,
        "retention.administer": _ADMIN,
        "webhooks.administer": _ADMIN,
        "audit.read": _ADMIN,
        "backup.run": _ADMIN,
        # Everybody, about themselves.
        "account.own": frozenset(Role),
        "tokens.own": frozenset(Role),
    }
)


def may(role: Role, deed: str) -> bool:
    """May this role do this at all? Raises KeyError for a deed that is not in `DEEDS`: a misspelling must not pass
    for a no.
    """
    return role in DEEDS[deed]


def sees_people(role: Role) -> bool:
    """True for roles that meet young people by name: caseworkers and coordinators."""
    return role in _CASEWORK


def sees_whole_municipality(role: Role) -> bool:
    """True for roles that see every young person of their municipality, not only their own."""
    return role in _LEAD


def sees_figures(role: Role) -> bool:
    """True for roles that see published figures."""
    return role in _FIGURES


def is_tied_to_municipality(role: Role) -> bool:
    """True for roles that exist only within one municipality; such a viewer without one sees nothing."""
    return role in {Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR}


def same_municipality(viewer: Viewer, municipality_id: str) -> bool:
    """True if the viewer belongs to exactly this municipality. Nobody belongs to one by having none."""
    return viewer.municipality_id is not None and viewer.municipality_id == municipality_id


#: A session ends when nobody has used it for so long, and in any case after so long.
IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
#: How long a proof of who somebody is lasts for what is of weight.
FRESH: Final = timedelta(minutes=10)

SHORTEST_PASSWORD: Final = 12

_COMMON_TEXT: Final = """
    password1234 password12345 password123456 passwordpassword password123! passw0rd1234 p@ssword1234 p@ssw0rd1234
    adgangskode1 adgangskode12 adgangskode123 adgangskode1234 adgangskode! minadgangskode hemmelighed1 hemmeligt1234
    kodeord12345 kodeord123456 kodeordkodeord velkommen123 velkommen1234 velkommen2024 velkommen2025 velkommen2026
    velkommen2027 velkommen12345 sommer202400 sommersommer sommerferie1 sommerferie12 vintervinter foraar202600
    danmark12345 danmark123456 danmark2026! danmarkdanmark københavn123 koebenhavn123 kobenhavn1234 brondby123456
    fckoebenhavn1 liverpool1234 liverpool12345 manchester123 manchesterunited barcelona1234 chelsea123456
    qwertyuiop12 qwertyuiop123 qwerty123456 qwerty1234567 qwertyqwerty 1q2w3e4r5t6y 1qaz2wsx3edc zaq12wsxcde3
    qazwsxedcrfv asdfghjkl123 asdfghjklæøå qwertyuiopå1 iloveyou1234 iloveyou12345 jegelskerdig jegelskerdig1
    jegelskerdig123 letmein12345 letmeinplease welcome12345 welcome123456 changeme1234 changeme12345 administrator
    administrator1 administrator123 admin1234567 admin12345678 trustno1trustno1 football1234 fodbold12345
    sunshine1234 princess1234 princess12345 superman1234 batman123456 starwars1234 monkey123456 dragon123456
    abcd12345678 abc123456789 abcdefghijkl abcdefghijklm abc123abc123 123456789abc 1234567890ab 123456123456
    123456789012 1234567890123 12345678901234 0123456789012 098765432109 987654321098 112233445566 111222333444
    correcthorsebatterystaple ungestøtte123 efterværn1234 eftervaern123 sagsbehandler raadgiver123 rådgiver1234
"""
_COMMON: Final = frozenset(_COMMON_TEXT.split())
_ROWS: Final = ("abcdefghijklmnopqrstuvwxyzæøå", "qwertyuiopåasdfghjklæøzxcvbnm", "01234567890123456789")


def password_problems(password: str, *, email: str, name: str, municipality: str) -> tuple[str, ...]:
    """What is wrong with a new password, as codes in a fixed order; empty if it will do.

    "too_short": fewer than 12 characters. "common": on the bundled list, fewer than five different characters, or
    keys in a row. "contains_product": hørt, hoert or kommune. "contains_name", "contains_municipality",
    "contains_email": the words of those, three letters or more. Any character is welcome, spaces too; there is no
    upper limit and no demand for kinds of characters.
    """
    plain = unicodedata.normalize("NFC", password)
    folded = _fold(plain)
    problems: list[str] = []
    if len(plain) < SHORTEST_PASSWORD:
        problems.append("too_short")
    if _is_common(folded):
        problems.append("common")
    if any(word in folded for word in (_fold("hørt"), "hort", "kommune")):
        problems.append("contains_product")
    if _contains_word_of(folded, name):
        problems.append("contains_name")
    if _contains_word_of(folded, re.sub(r"(?i)\bkommune\b", "", municipality)):
        problems.append("contains_municipality")
    if _contains_word_of(folded, email.partition("@")[0]):
        problems.append("contains_email")
    return tuple(problems)


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return text.replace("ø", "oe").replace("æ", "ae").replace("å", "aa")


def _contains_word_of(folded: str, source: str) -> bool:
    return any(len(word) >= 3 and word in folded for word in re.findall(r"[^\W\d_]+", _fold(source)))


def _is_common(folded: str) -> bool:
    if folded in {_fold(word) for word in _COMMON} or len(set(folded)) < 5:
        return True
    rows = [row for keys in _ROWS for row in (_fold(keys), _fold(keys)[::-1])]
    return any(folded in row * 2 for row in rows)
