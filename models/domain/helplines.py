"""Who to ring right now: the helplines as data, by region, with hours and the day somebody checked them.

Numbers and hours change. What is shipped here is *unverified* (``verified_at`` None, source ``domain.md`` §5) and is
shown without a word about being open, until a municipality has rung the number and set the date; half a year later
it is unverified again. Only 112 is certain by law and needs no date. The lines are data a municipality edits; its own
social emergency line (``municipal_line``) is not shipped, because no number may be invented.

Region Hovedstaden and Region Sjælland become Region Østdanmark on 1 January 2027: their doctors' numbers must be
checked again then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from models.domain.errors import Invalid
from models.domain.holidays import is_public_holiday
from models.domain.localtime import instant, local_date, utc

Span = tuple[time, time]
VERIFIED_FOR = timedelta(days=183)
_DAY = timedelta(days=1)
_ALL_DAY: Span = (time(0), time(0))


class Region(StrEnum):
    """The five regions, as they are until the end of 2026."""

    HOVEDSTADEN = "hovedstaden"
    SJAELLAND = "sjaelland"
    SYDDANMARK = "syddanmark"
    MIDTJYLLAND = "midtjylland"
    NORDJYLLAND = "nordjylland"


_REGIONS: Mapping[str, Region] = MappingProxyType(
    {
        "vesthimmerland": Region.NORDJYLLAND,
        "odsherred": Region.SJAELLAND,
        "frederikshavn": Region.NORDJYLLAND,
        "randers": Region.MIDTJYLLAND,
        "middelfart": Region.SYDDANMARK,
        "guldborgsund": Region.SJAELLAND,
        "gentofte": Region.HOVEDSTADEN,
    }
)


def region_for(municipality: str) -> Region | None:
    """The region of one of the partnership's municipalities by its slug; None for any other."""
    return _REGIONS.get(municipality)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a line answers, in Copenhagen wall time.

    ``weekly`` maps weekday (0 = Monday) to spans (from, to); a span whose end is not after its start runs into the next
    day, so (00:00, 00:00) is the whole day. ``holidays`` replaces the weekday's spans on public holidays; None: no
    difference. Raises ``Invalid`` for a weekday that is not 0–6.
    """

    weekly: Mapping[int, tuple[Span, ...]] = field(hash=False)
    holidays: tuple[Span, ...] | None = None

    def __post_init__(self) -> None:
        if not set(self.weekly) <= set(range(7)):
            raise Invalid("helpline_weekday", "hours")
        object.__setattr__(self, "weekly", MappingProxyType(dict(self.weekly)))

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """The spans that begin on that local date."""
        if self.holidays is not None and is_public_holiday(day):
            return self.holidays
        return self.weekly.get(day.weekday(), ())

    @property
    def round_the_clock(self) -> bool:
        """True if the line answers day and night, all year."""
        always = all(_ALL_DAY in self.weekly.get(weekday, ()) for weekday in range(7))
        return always and (self.holidays is None or _ALL_DAY in self.holidays)


def answers_at(now: datetime, hours: Hours) -> bool:
    """True if ``now`` lies in a span that began today or yesterday, from its beginning up to, but not at, its end."""
    today = local_date(now)
    for day in (today - _DAY, today):
        for begins, ends in hours.spans_on(day):
            last = day if begins < ends else day + _DAY
            if instant(day, begins) <= utc(now) < instant(last, ends):
                return True
    return False


ALWAYS = Hours(dict.fromkeys(range(7), (_ALL_DAY,)))
#: Weekdays 16–08, weekends and public holidays all day.
OUT_OF_HOURS = Hours(
    {weekday: ((time(16), time(8)),) if weekday < 5 else (_ALL_DAY,) for weekday in range(7)}, holidays=(_ALL_DAY,)
)


@dataclass(frozen=True, slots=True)
class Helpline:
    """A line to ring. ``regions`` None: the whole country. ``hours`` None: not known. ``about``: language → one line.

    ``certain``: right by law, needs no ``verified_at``; only 112.
    """

    key: str
    name: str
    number: str
    hours: Hours | None
    regions: frozenset[Region] | None
    verified_at: date | None
    about: Mapping[str, str] = field(hash=False)
    certain: bool = False

    @property
    def dial(self) -> str:
        """The number as a telephone link takes it: digits only."""
        return "".join(figure for figure in self.number if figure.isdecimal())

    def verified_on(self, day: date) -> bool:
        """True if somebody checked it within the last 183 days, or it is certain."""
        return self.certain or (self.verified_at is not None and day - self.verified_at <= VERIFIED_FOR)


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as it stands on the screen. ``open`` None: say nothing about being open."""

    line: Helpline
    open: bool | None


def _about(da: str, en: str) -> Mapping[str, str]:
    return MappingProxyType({"da": da, "en": en})


def _doctor(key: str, name: str, number: str, region: Region, hours: Hours) -> Helpline:
    about = _about("Læge, når din egen læge har lukket.", "A doctor, when your own doctor is closed.")
    return Helpline(key, name, number, hours, frozenset({region}), None, about)


HELPLINES: tuple[Helpline, ...] = (
    Helpline(
        "112",
        "Alarm 112",
        "112",
        ALWAYS,
        None,
        None,
        _about("Hvis du eller en anden er i fare lige nu.", "If you or someone else is in danger right now."),
        certain=True,
    ),
    Helpline(
        "livslinien",
        "Livslinien",
        "70 201 201",
        None,  # two lists say daily 09–05, another round the clock
        None,
        None,
        _about("Hvis du har tanker om at dø.", "If you have thoughts about dying."),
    ),
    _doctor("doctor_hovedstaden", "Akuttelefonen 1813", "1813", Region.HOVEDSTADEN, ALWAYS),
    _doctor("doctor_sjaelland", "Lægevagten Sjælland", "1818", Region.SJAELLAND, OUT_OF_HOURS),
    _doctor("doctor_syddanmark", "Lægevagten Syddanmark", "70 11 07 07", Region.SYDDANMARK, OUT_OF_HOURS),
    _doctor("doctor_midtjylland", "Lægevagten Midtjylland", "70 11 31 31", Region.MIDTJYLLAND, OUT_OF_HOURS),
    _doctor("doctor_nordjylland", "Lægevagten Nordjylland", "70 15 03 00", Region.NORDJYLLAND, OUT_OF_HOURS),
    Helpline(
        "lev_uden_vold",
        "Lev Uden Vold",
        "1888",
        ALWAYS,
        None,
        None,
        _about("Hvis nogen slår, truer eller styrer dig.", "If someone hits, threatens or controls you."),
    ),
    Helpline(
        "giftlinjen",
        "Giftlinjen",
        "82 12 12 12",
        ALWAYS,
        None,
        None,
        _about("Hvis du har taget for meget af noget.", "If you have taken too much of something."),
    ),
)


def municipal_line(name: str, number: str, hours: Hours | None, verified_at: date | None) -> Helpline:
    """The municipality's social emergency line, from what its administrator entered.

    Raises ``Invalid`` if the number has no digit.
    """
    if not any(figure.isdecimal() for figure in number):
        raise Invalid("helpline_number", "number")
    about = _about("Kommunens hjælp, når det haster.", "The municipality's help when it can't wait.")
    return Helpline("municipal", name, number, hours, None, verified_at, about)


def shown(now: datetime, region: Region | str | None, lines: Iterable[Helpline]) -> list[Shown]:
    """The lines for someone in that region: 112 first, then in the order given.

    National lines always; a region's lines only there, so nobody is sent to a line that will not help them; without a
    known region only the national ones. ``open`` is None where the line is unverified, was verified more than 183
    days ago, or has no known hours.
    """
    today = local_date(now)
    here = [line for line in lines if line.regions is None or region in line.regions]
    here.sort(key=lambda line: line.key != "112")
    return [Shown(line, _open(now, today, line)) for line in here]


def _open(now: datetime, today: date, line: Helpline) -> bool | None:
    if line.hours is None or not line.verified_on(today):
        return None
    return answers_at(now, line.hours)
