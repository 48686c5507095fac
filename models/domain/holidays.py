"""Danish public holidays, computed, and the other days on which municipal offices are closed.

Public holidays follow Easter (Gregorian computus, Meeus/Jones/Butcher). Store bededag was abolished from 2024
(Lov nr. 214 af 06/03/2023). Offices also close on Grundlovsdag (5 June), 24 and 31 December, which are not public
holidays in law. The tests compare them with the `holidays` package.
1 May is a working day here; a municipality that closes adds it to its own closed days.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

_LAST_STORE_BEDEDAG = 2023

#: Days after Easter Sunday → name in Danish and English.
_BY_EASTER = {
    -3: ("Skærtorsdag", "Maundy Thursday"),
    -2: ("Langfredag", "Good Friday"),
    0: ("Påskedag", "Easter Sunday"),
    1: ("2. påskedag", "Easter Monday"),
    26: ("Store bededag", "Great Prayer Day"),
    39: ("Kristi himmelfartsdag", "Ascension Day"),
    49: ("Pinsedag", "Whit Sunday"),
    50: ("2. pinsedag", "Whit Monday"),
}
#: (month, day) → name in Danish and English.
_BY_DATE = {
    (1, 1): ("Nytårsdag", "New Year's Day"),
    (12, 25): ("Juledag", "Christmas Day"),
    (12, 26): ("2. juledag", "Boxing Day"),
}
_OFFICES_CLOSED = {
    (6, 5): ("Grundlovsdag", "Constitution Day"),
    (12, 24): ("Juleaftensdag", "Christmas Eve"),
    (12, 31): ("Nytårsaftensdag", "New Year's Eve"),
}


@lru_cache(maxsize=128)
def easter(year: int) -> date:
    """Easter Sunday of a Gregorian year."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, century_rest = divmod(century, 4)
    moon_drift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - moon_drift + 15) % 30
    quads, rest = divmod(of_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * quads - epact - rest) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _public(day: date) -> tuple[str, str] | None:
    offset = (day - easter(day.year)) // timedelta(days=1)
    if offset == 26 and day.year > _LAST_STORE_BEDEDAG:
        return _BY_DATE.get((day.month, day.day))
    return _BY_EASTER.get(offset) or _BY_DATE.get((day.month, day.day))


def is_public_holiday(day: date) -> bool:
    """True on a Danish public holiday (*helligdag*), Sundays that are only Sundays not counted."""
    return _public(day) is not None


def is_office_closed(day: date) -> bool:
    """True on a public holiday and on 5 June, 24 and 31 December. Weekends are a matter of opening hours."""
    return is_public_holiday(day) or (day.month, day.day) in _OFFICES_CLOSED


def name(day: date, language: str = "da") -> str | None:
    """What the day is called, in Danish or (``"en"``) English, if it is a holiday or a day offices close; else None.

    Where two fall together the public holiday names the day (5 June 2022 is Pinsedag).
    """
    found = _public(day) or _OFFICES_CLOSED.get((day.month, day.day))
    if found is None:
        return None
    return found[1] if language == "en" else found[0]
