"""Who to ring right now: the helplines as data, by region, with hours and the day somebody checked them.

Where ``domain.md`` has neither number nor address (Startlinien, Ventilen, De Anbragtes Vilkår, the psychiatric line),
none is shipped; BørneTelefonen is for people under 18.

Numbers and hours change. What is shipped here is *unverified* (``verified_at`` None, source ``domain.md`` §5) and is
shown without a word about being open, until a municipality has rung the number and set the date; half a year later
it is unverified again. Only 112 is certain by law and needs no date. The lines are data a municipality edits; its own
social emergency line (``municipal_line``) is not shipped, because no number may be invented.

Region Hovedstaden and Region Sjælland become Region Østdanmark on 1 January 2027: their doctors' numbers must be
checked again then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from models.domain.errors import Invalid
from models.domain.holidays import is_public_holiday
from models.domain.localtime import instant, local_date, utc

Span = tuple[time, time]
VERIFIED_FOR = timedelta(days=183)
#: The key of a municipality's own line.
MUNICIPAL = "municipal"
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

    def to_plain(self) -> dict[str, object]:
        """As JSON can hold it: ``{"weekly": {"0": [["16:00", "08:00"]], …}, "holidays": [["00:00", "00:00"]]}``."""
        weekly = {str(weekday): _plain(spans) for weekday, spans in self.weekly.items()}
        return {"weekly": weekly, "holidays": None if self.holidays is None else _plain(self.holidays)}

    @classmethod
    def from_plain(cls, plain: object) -> Hours:
        """The inverse of ``to_plain``. Raises ``Invalid`` if the shape or a value is wrong."""
        try:
            weekly = {int(day): _spans(spans) for day, spans in plain["weekly"].items()}  # type: ignore[index]
            holidays = plain["holidays"]  # type: ignore[index]
            return cls(weekly, None if holidays is None else _spans(holidays))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Invalid("helpline_hours", "hours") from None

    @property
    def round_the_clock(self) -> bool:
        """True if the line answers day and night, all year."""
        always = all(_ALL_DAY in self.weekly.get(weekday, ()) for weekday in range(7))
        return always and (self.holidays is None or _ALL_DAY in self.holidays)


def _plain(spans: Iterable[Span]) -> list[list[str]]:
    return [[f"{begins:%H:%M}", f"{ends:%H:%M}"] for begins, ends in spans]


def _spans(plain: Iterable[Iterable[str]]) -> tuple[Span, ...]:
    return tuple((time.fromisoformat(begins), time.fromisoformat(ends)) for begins, ends in plain)


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
#: Weekdays until 08 and from 16, weekends and public holidays all day.
OUT_OF_HOURS = Hours(
    {weekday: ((time(0), time(8)), (time(16), time(0))) if weekday < 5 else (_ALL_DAY,) for weekday in range(7)},
    holidays=(_ALL_DAY,),
)


@dataclass(frozen=True, slots=True)
class Helpline:
    """A line to ring. ``regions`` None: the whole country. ``hours`` None: not known. ``about``: language → one line.

    ``certain``: right by law, needs no ``verified_at``; only 112. ``web``: where one can write instead; a line without
    a number is only that.
    """

    key: str
    name: str
    number: str
    hours: Hours | None
    regions: frozenset[Region] | None
    verified_at: date | None
    about: Mapping[str, str] = field(hash=False)
    certain: bool = False
    web: str = ""

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
        web="livslinien.dk",
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
    Helpline(
        "headspace",
        "headspace",
        "",
        None,  # the chat's hours were not to be seen
        None,
        None,
        _about("Snak med nogen, gratis og uden navn.", "Talk to somebody, free and without your name."),
        web="headspace.dk",
    ),
    Helpline(
        "police",
        "Politiet",
        "114",
        ALWAYS,
        None,
        None,
        _about("Når det ikke haster.", "When it isn't urgent."),
    ),
)


def municipal_line(name: str, number: str, hours: Hours | None, verified_at: date | None) -> Helpline:
    """The municipality's social emergency line, from what its administrator entered.

    Raises ``Invalid`` if the number has no digit.
    """
    if not any(figure.isdecimal() for figure in number):
        raise Invalid("helpline_number", "number")
    about = _about("Kommunens hjælp, når det haster.", "The municipality's help when it can't wait.")
    return Helpline(MUNICIPAL, name, number, hours, None, verified_at, about)


def lines_of(name: str, emergency_phone: str, settings: Mapping[str, object]) -> tuple[Helpline, ...]:
    """The lines of a municipality: the shipped ones, dated where it has rung them, and its own first after 112.

    Of ``settings``: ``{"helplines": {"lev_uden_vold": "2026-11-02", "municipal": …}, "own_line": {"name": …, "hours":
    …}}``.
    """
    checked = settings.get("helplines")
    dates = {
        str(key): date.fromisoformat(str(day)) for key, day in (checked.items() if isinstance(checked, dict) else ())
    }
    lines = [replace(line, verified_at=dates.get(line.key, line.verified_at)) for line in HELPLINES]
    if emergency_phone:
        own = settings.get("own_line")
        told: Mapping[str, object] = own if isinstance(own, dict) else {}
        hours = Hours.from_plain(told["hours"]) if told.get("hours") else None
        lines.insert(1, municipal_line(str(told.get("name") or name), emergency_phone, hours, dates.get(MUNICIPAL)))
    return tuple(lines)


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
