"""Staff roles: who may do what on the desk, and which passwords are too easy.

This says which *deeds* a role has at all. Whose people and which municipality is the scope of every query; both must
hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.domain.marks import fingerprint


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
    panel host). ``by_api``: a system asks with a token of theirs; the trail says so. ``at``: the moment they ask,
    because what was opened with a reason is open only until one; without it nothing that ends is open.
    """

    staff_id: str
    municipality_id: str | None
    role: Role
    name: str
    by_api: bool = False
    at: datetime | None = field(default=None, compare=False)

    def asking(self, now: datetime) -> Viewer:
        """The same viewer, asking at that moment."""
        return replace(self, at=now)


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


def mark(name: str, email: str, role: str, *, duty_holder: bool, active: bool) -> str:
    """What a form about an account was filled in for: the same only while nobody has changed the account."""
    return fingerprint(name, email, role, duty_holder, active)


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
#: What the lists of stolen passwords consist of, in Danish and English: one or two of these with any numbers and signs
#: around them is the first thing anybody tries, in each year and each season anew.
_WORDS_TEXT: Final = """
    password passord adgangskode kodeord kode login logind velkommen welcome hemmelig hemmelighed hemmeligt secret
    hej hejsa hello goddag letmein please changeme skiftmig master admin administrator system test demo bruger user
    sommer vinter efteraar foraar forar summer winter autumn spring ferie sommerferie jul juleferie christmas
    januar februar marts april maj juni juli august september oktober november december
    mandag tirsdag onsdag torsdag fredag loerdag soendag monday friday sunday
    danmark denmark koebenhavn kobenhavn jylland fyn sjaelland aarhus odense aalborg skat min mit
    iloveyou jegelskerdig elsker love kaerlighed familie mor far hund kat
    fodbold football haandbold liverpool arsenal chelsea barcelona manchester united brondby broendby fck agf
    qwerty qwertyuiop asdf asdfgh asdfghjkl zxcvbnm abc abcd abcdef superman batman starwars pokemon monkey dragon
    sunshine princess shadow trustno baseball whatever solskin prinsesse sagsbehandler raadgiver ungestoette
    eftervaern jobcenter borger sommerhus computer windows google facebook internet
"""
_WORDS: Final = frozenset(_WORDS_TEXT.split())
_LOOKS_LIKE: Final = str.maketrans("013457@$!", "oieastasi")
_ROWS: Final = ("abcdefghijklmnopqrstuvwxyzæøå", "qwertyuiopåasdfghjklæøzxcvbnm", "01234567890123456789")


def password_problems(password: str, *, email: str, name: str, municipality: str) -> tuple[str, ...]:
    """What is wrong with a new password, as codes in a fixed order; empty if it will do.

    "too_short": fewer than 12 characters. "common": on the bundled list, one or two of the usual words with numbers and
    signs around them, fewer than five different characters, or keys in a row. "contains_product": hørt, hoert or
    kommune. "contains_name", "contains_municipality", "contains_email": the words of those, three letters or more. Any
    character is welcome, spaces too; there is no upper limit and no demand for kinds of characters.
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
    if folded in {_fold(word) for word in _COMMON} or len(set(folded)) < 5 or _is_dressed_up(folded):
        return True
    rows = [row for keys in _ROWS for row in (_fold(keys), _fold(keys)[::-1])]
    return any(folded in row * 2 for row in rows)


def _is_dressed_up(folded: str) -> bool:
    """Whether all there is to it is one or two of the usual words: "Velkommen2026!", "sommer+vinter99", "P@ssw0rd"."""
    inner = re.sub(r"^[^a-z]+|[^a-z]+$", "", folded)
    spellings = (folded, inner.translate(_LOOKS_LIKE))
    return any(_is_made_of(re.findall(r"[^\W\d_]+", spelt)) for spelt in spellings)


def _is_made_of(runs: list[str]) -> bool:
    """Whether these runs of letters are common words in a row, no more than two different ones."""
    found: set[str] = set()
    for run in runs:
        words = _in_words(run)
        if words is None:
            return False
        found |= words
    return 0 < len(found) <= 2


def _in_words(run: str) -> set[str] | None:
    """The fewest different common words a run of letters consists of; None when it is more than those."""
    if len(run) > 60:
        return None
    best: list[set[str] | None] = [set()] + [None] * len(run)
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - 16), end):
            before, word = best[start], run[start:end]
            if before is None or word not in _WORDS:
                continue
            if (now := best[end]) is None or len(before | {word}) < len(now):
                best[end] = before | {word}
    return best[-1]
