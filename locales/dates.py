"""Instants and dates in words, in the reader's language and Copenhagen time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models.domain.localtime import local, local_date

_WEEKDAYS = {
    "da": ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "da": ("januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november",
           "december"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"),
}  # fmt: skip
_HALF_A_YEAR = timedelta(days=182)


def clock(instant: datetime, language: str) -> str:
    """The time of day: "kl. 12" or "kl. 15.30"; "12:00" in English."""
    at = local(instant)
    if language == "da":
        return f"kl. {at.hour}" if at.minute == 0 else f"kl. {at.hour}.{at.minute:02d}"
    return f"{at.hour}:{at.minute:02d}"


def day(value: date, language: str, *, year: bool = False) -> str:
    """A date: "3. december" or "3 December", with the year when asked."""
    month = _MONTHS[language][value.month - 1]
    text = f"{value.day}. {month}" if language == "da" else f"{value.day} {month}"
    return f"{text} {value.year}" if year else text


def weekday_and_day(value: date, language: str, *, year: bool = False) -> str:
    """ "lørdag 21. november" or "Saturday 21 November", with the year when asked."""
    return f"{_WEEKDAYS[language][value.weekday()]} {day(value, language, year=year)}"


def weekday(number: int, language: str) -> str:
    """The name of a weekday, 0 for Monday."""
    return _WEEKDAYS[language][number]


def short_day(value: date, language: str) -> str:
    """A date for a narrow place: "3. dec." or "3 Dec", with two digits of its year: "3. dec. 26"."""
    month = _MONTHS[language][value.month - 1][:3]
    if language == "da":
        return f"{value.day}. {month}{'' if month == 'maj' else '.'} {value.year % 100:02d}"
    return f"{value.day} {month} {value.year % 100:02d}"


def when(instant: datetime, now: datetime, language: str) -> str:
    """An instant near now: "i dag kl. 15", "i morgen kl. 9", "tirsdag kl. 12", "torsdag 3. december kl. 15"; more than
    half a year away with its year.

    A midnight that is to come ends the day before it: "onsdag 31. marts kl. 24", "Wednesday 31 March at midnight".
    """
    at = clock(instant, language)
    if instant > now and (local(instant).hour, local(instant).minute) == (0, 0):
        instant, at = instant - timedelta(minutes=1), "kl. 24" if language == "da" else "midnight"
    ahead = local_date(instant) - local_date(now)
    if ahead == timedelta(0):
        return f"i dag {at}" if language == "da" else f"today at {at}"
    if ahead == timedelta(1):
        return f"i morgen {at}" if language == "da" else f"tomorrow at {at}"
    if ahead == timedelta(-1):
        return f"i går {at}" if language == "da" else f"yesterday at {at}"
    value = local_date(instant)
    name = (
        _WEEKDAYS[language][value.weekday()]
        if timedelta(0) < ahead < timedelta(7)
        else weekday_and_day(value, language, year=abs(ahead) > _HALF_A_YEAR)
    )
    return f"{name} {at}" if language == "da" else f"{name} at {at}"


def short(instant: datetime, now: datetime, language: str) -> str:
    """A compact stamp for lists: "21. nov. 14.05" or "21 Nov 14:05", of another year with it: "21. nov. 2025 14.05"."""
    at = local(instant)
    month = _MONTHS[language][at.month - 1][:3]
    year = f" {at.year}" if at.year != local(now).year else ""
    if language == "da":
        return f"{at.day}. {month}{'' if month == 'maj' else '.'}{year} {at.hour}.{at.minute:02d}"
    return f"{at.day} {month}{year} {at.hour}:{at.minute:02d}"


def ago(instant: datetime, now: datetime, language: str) -> str:
    """How long since: "lige nu", "for 6 min siden", "for 3 t siden", "for 9 dage siden"."""
    passed = max(timedelta(0), now - instant)
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return "lige nu" if language == "da" else "just now"
    if minutes < 60:
        return f"for {minutes} min siden" if language == "da" else f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"for {minutes // 60} t siden" if language == "da" else f"{minutes // 60} h ago"
    days = minutes // (24 * 60)
    return f"for {days} dage siden" if language == "da" else f"{days} days ago"
