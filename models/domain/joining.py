"""Joining: which step is next, is the invitation still good, what did they type, and the two safety words.

The step is computed from what is stored, so a restart, a second device or an old button changes nothing. A date that
cannot be read is not a wrong answer: only a date that is read and differs counts towards ``MAX_WRONG``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date, datetime, timedelta
from enum import StrEnum

from models.domain.localtime import local_date, utc
from models.domain.register import ADULT_AT, LEAVES_AT, age_on

MAX_WRONG = 5
INVITATION_DAYS = 7
CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
_LOOK_ALIKES = str.maketrans({"0": "Q", "O": "Q", "1": "L", "I": "L"})
_CODE_LENGTH_AT_MOST = 32


def _words(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


class Step(StrEnum):
    """Where a person is on the way in."""

    LANGUAGE = "language"
    BIRTHDAY = "birthday"
    EXPLAIN = "explain"
    PURPOSES = "purposes"
    DONE = "done"


def step(*, language: str | None, birthday_right: bool, explained: bool, purposes_chosen: bool) -> Step:
    """The first step not yet taken. The language is only asked for when the channel did not tell it."""
    if language is None:
        return Step.LANGUAGE
    if not birthday_right:
        return Step.BIRTHDAY
    if not explained:
        return Step.EXPLAIN
    return Step.DONE if purposes_chosen else Step.PURPOSES


class InvitationState(StrEnum):
    """What became of an invitation. Only ``OPEN`` lets anyone in."""

    OPEN = "open"
    EXPIRED = "expired"
    USED = "used"
    VOID = "void"


class Age(StrEnum):
    """Whether somebody of this age may come in: from the 18th birthday to the day before the 23rd."""

    RIGHT = "right"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"


def age_now(birth: date, now: datetime) -> Age:
    """The same at ``now``: a birthday begins at midnight in Copenhagen."""
    age = age_on(birth, local_date(now))
    if age < ADULT_AT:
        return Age.TOO_YOUNG
    return Age.RIGHT if age < LEAVES_AT else Age.TOO_OLD


def invitation_state(
    now: datetime, *, expires_at: datetime, used_at: datetime | None, voided_at: datetime | None, wrong: int
) -> InvitationState:
    """The state at ``now``. Used wins over void, void over expired. Five wrong answers void; it expires at the end."""
    if used_at is not None:
        return InvitationState.USED
    if voided_at is not None or wrong >= MAX_WRONG:
        return InvitationState.VOID
    return InvitationState.OPEN if utc(now) < utc(expires_at) else InvitationState.EXPIRED


def invitation_expires(made_at: datetime) -> datetime:
    """Seven times 24 hours after it was made (UTC)."""
    return utc(made_at) + timedelta(days=INVITATION_DAYS)


# --- the day and month of birth -------------------------------------------------------------------------------------

_MONTHS = (
    ("januar", "january"),
    ("februar", "february"),
    ("marts", "march"),
    ("april",),
    ("maj", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("august",),
    ("september",),
    ("oktober", "october"),
    ("november",),
    ("december",),
)
_DANISH_ORDINALS = _words(
    "første anden tredje fjerde femte sjette syvende ottende niende tiende ellevte tolvte trettende fjortende femtende "
    "sekstende syttende attende nittende tyvende enogtyvende toogtyvende treogtyvende fireogtyvende femogtyvende "
    "seksogtyvende syvogtyvende otteogtyvende niogtyvende tredivte enogtredivte"
)
_ENGLISH_ORDINALS = _words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth twentyfirst twentysecond twentythird twentyfourth "
    "twentyfifth twentysixth twentyseventh twentyeighth twentyninth thirtieth thirtyfirst"
)
_ORDINALS = {word: str(n) for words in (_DANISH_ORDINALS, _ENGLISH_ORDINALS) for n, word in enumerate(words, 1)}
_JOINED = re.compile(r"\b(twenty|thirty)[\s-]+(?=[a-z])|\b((?:en|to|tre|fire|fem|seks|syv|otte|ni)) og (?=t)")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
#: Words that may stand around a date written in figures alone.
_AROUND = frozenset(
    _words(
        "d den det er i jeg har min mit fødselsdag født på dag te ende "
        "st nd rd th the of on my birthday is was born in it s m am"
    )
)
_READ_AT_MOST = 120


def read_birthday(text: str, language: str) -> tuple[int, int] | None:
    """(day, month) as a person typed it, or None if it cannot be read as exactly one date that exists.

    Danish and English words are both read whatever the chat's ``language`` ("da" or "en") is, and so is the order: day
    before month, as Hørt asks for it, unless the month is a word, the year comes first, or only the other order is a
    date. 29 February exists; 31 February does not. A year may follow; it is ignored. Nothing of the shape of a CPR
    number is read. Phones that turn 1/2 into ½ are understood.
    """
    del language
    folded = unicodedata.normalize("NFKC", text[: _READ_AT_MOST + 1]).casefold()
    if len(folded) > _READ_AT_MOST:
        return None
    folded = _JOINED.sub(lambda found: found[1] or f"{found[2]}og", folded)
    tokens = [_ORDINALS.get(token, token) for token in _TOKEN.findall(folded)]
    months = [_month(token) for token in tokens]
    if any(months):
        return _with_month_word(tokens, months)
    if any(not token.isdecimal() and token not in _AROUND for token in tokens):
        return None
    return _in_figures([token for token in tokens if token.isdecimal()])


def _month(token: str) -> int | None:
    """A month's name or an unmistakable beginning of three letters or more, as 1–12."""
    if len(token) < 3 or token.isdecimal():
        return None
    for number, names in enumerate(_MONTHS, 1):
        if any(name.startswith(token) for name in names):
            return number
    return None


def _with_month_word(tokens: list[str], months: list[int | None]) -> tuple[int, int] | None:
    """The figure next to the month is the day, before it or else after it; one more figure can only be the year."""
    kept = [
        (token, month)
        for token, month in zip(tokens, months, strict=True)
        if token.isdecimal() or month is not None or token not in _AROUND
    ]
    places = [place for place, (_, month) in enumerate(kept) if month is not None]
    figures = [token for token, _ in kept if token.isdecimal()]
    if len(places) != 1 or not 1 <= len(figures) <= 2:
        return None
    place = places[0]
    before = kept[place - 1][0] if place else ""
    after = kept[place + 1][0] if place + 1 < len(kept) else ""
    day = before if before.isdecimal() and len(before) <= 2 else after
    if not day.isdecimal():
        return None
    rest = list(figures)
    rest.remove(day)
    if any(not _is_year(figure) for figure in rest):
        return None
    return _existing(day, str(kept[place][1]))


def _in_figures(figures: list[str]) -> tuple[int, int] | None:
    if len(figures) == 1:
        return _run_together(figures[0])
    if len(figures) == 3 and len(figures[0]) == 4:
        year, month, day = figures
        return _existing(day, month) if _is_year(year) else None
    if len(figures) == 2 or (len(figures) == 3 and _is_year(figures[2])):
        return _existing(figures[0], figures[1]) or _existing(figures[1], figures[0])
    return None


def _run_together(figures: str) -> tuple[int, int] | None:
    """ "0308", "030807" and "03082007"; four figures that may as well be a year ("2007") are asked for again."""
    if len(figures) == 4:
        return None if 1900 <= int(figures) <= 2099 else _existing(figures[:2], figures[2:])
    if len(figures) == 6:
        return _existing(figures[:2], figures[2:4])
    if len(figures) == 8 and _is_year(figures[4:]):
        return _existing(figures[:2], figures[2:4])
    if len(figures) == 8 and _is_year(figures[:4]):
        return _existing(figures[6:], figures[4:6])
    return None


def _is_year(figure: str) -> bool:
    return len(figure) == 2 or (len(figure) == 4 and 1900 <= int(figure) <= 2099)


def _existing(day: str, month: str) -> tuple[int, int] | None:
    """As numbers, if some year has that day: a leap year decides, so 29 February counts."""
    if len(day) > 2 or len(month) > 2:
        return None
    try:
        found = date(2000, int(month), int(day))
    except ValueError:
        return None
    return found.day, found.month


#: When somebody born on 29 February may say their birthday is: three years of four they have to choose themselves.
_LEAP_DAY = frozenset({(29, 2), (28, 2), (1, 3)})


def same_birthday(birth: date, read: tuple[int, int]) -> bool:
    """True if (day, month) is the day and month this person was born on.

    Whoever was born on 29 February is believed on the days beside it too: they keep their birthday on one of them in
    most years, and the two safety words are the proof, not the date.
    """
    born = (birth.day, birth.month)
    return read in _LEAP_DAY if born == (29, 2) else read == born


# --- the short code -------------------------------------------------------------------------------------------------


def normalise_code(text: str) -> str | None:
    """The code as it was made: capitals without spaces, dashes or dots. None if it cannot be a code.

    8 to 32 characters of ``CODE_ALPHABET``. It has no 0, O, 1 or I: whoever types one of those into a code as Hørt
    makes them has seen the only letter that looks like it, Q or L.
    """
    if len(text) > 4 * _CODE_LENGTH_AT_MOST:
        return None
    bare = re.sub(r"[\s.\-\u2010-\u2015_]+", "", unicodedata.normalize("NFKC", text)).upper()
    if len(bare) == CODE_LENGTH:
        bare = bare.translate(_LOOK_ALIKES)
    if not CODE_LENGTH <= len(bare) <= _CODE_LENGTH_AT_MOST or not set(bare) <= set(CODE_ALPHABET):
        return None
    return bare


def code_from(seed: bytes) -> str:
    """A code with one character per byte of ``seed``, each equally likely. ``ValueError`` below 8 or above 32 bytes.

    The seed is the caller's randomness: this module has none.
    """
    if not CODE_LENGTH <= len(seed) <= _CODE_LENGTH_AT_MOST:
        raise ValueError("a code takes 8 to 32 random bytes")
    return "".join(CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in seed)


def spoken_code(code: str) -> str:
    """The code in groups of four, as it is shown and said: ``"ABCD-EFGH"``."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


# --- the two safety words -------------------------------------------------------------------------------------------

#: 256 short, concrete, neutral nouns without æ, ø and å; no two differ by a single letter, none is sensitive.
#: The order is part of what is stored: words may be replaced in place, never moved.
SAFETY_WORDS: tuple[str, ...] = _words(
    """
    ABRIKOS AHORN ALBUM ANANAS ANKER ANTILOPE APPELSIN ATELIER ATLAS AVIS BADMINTON BAGERI BAKKE BALLON BAMBUS
    BATTERI BIBLIOTEK BILLE BIOGRAF BISON BLOMME BLYANT BOMULD BORD BREGNE BREV BRILLER BROKKOLI BRONZE CELLO CIRKEL
    CIRKUS CITRON CYKEL DADDEL DAHLIA DELFIN DIAMANT DRAGE DRIVHUS DRUE EGERN ELEFANT EVENTYR FABRIK FARVE FERSKEN
    FIGEN FILM FIRKANT FJORD FLAMINGO FLOD FODBOLD FUGLEHUS GARDIN GAZELLE GIRAF GLOBUS GRANIT GRYDE GUITAR GULDSMED
    GULEROD HAMSTER HANDSKE HASSEL HAVN HELIKOPTER HOCKEY HONNING HORISONT HUMMER HYLDE ISHAL JAGUAR KAJAK KAKTUS
    KALENDER KAMELEON KAMERA KANDE KANEL KANIN KARAMEL KARRUSEL KARTOFFEL KASTANJE KENGURU KERAMIK KILDE KIOSK KIWI
    KJOLE KLAVER KLOKKE KOALA KOBBER KOLIBRI KOMET KOMMODE KOMPAS KONCERT KONVOLUT KORAL KRABBE KRATER KRIDT KROKUS
    KRONE KUFFERT KUGLEPEN KURV KYST LABYRINT LAGUNE LAKRIDS LAKS LAMPE LANDKORT LANDSBY LASTBIL LAVENDEL LEGEPLADS
    LEMUR LEOPARD LINEAL LYGTE MAGNET MAGNOLIA MALERI MANDARIN MARMOR MEDALJE MELODI MELON MIKROFON MOSAIK MOSE
    MOTOR MUSEUM MUSKAT MUSVIT MYNTE NOTESBOG NUDEL ODDER OLIVEN ORGEL ORKESTER PALADS PANDEKAGE PAPIR PARAPLY
    PARASOL PARK PAVILLON PEBER PELIKAN PENSEL PERLE PERSILLE PINGVIN PLAKAT PLANET POPPEL PRISME PROPEL PUDE
    PUSLESPIL PYRAMIDE RABARBER RADAR RADIO RADISE REGNBUE REOL RIDDER ROSIN RUBIN RUTSJEBANE SAFRAN SALAMANDER
    SALAT SANDAL SANDKASSE SATELLIT SAVANNE SAXOFON SCENE SEJLER SELLERI SENNEP SILKE SKILDPADDE SKJOLD SKJORTE SKOV
    SKUFFE SKULPTUR SMYKKE SOFA SOLHAT SOLSIKKE SOLSKIN SOMMER SPADE SPAND SPINAT SPRINGVAND STADION STALD STATUE
    STEMPEL STJERNE STOL STORK STRAND SUKKER SUPPE SVANE TALLERKEN TANGO TAPET TASTATUR TAXA TEATER TELEFON TENNIS
    TERMOMETER TERRASSE TIGER TIMEGLAS TIMIAN TOMAT TORDEN TORV TRAKTOR TRAPPE TROMPET TUKAN TULIPAN TUNDRA TUSCH
    UGLE VAFFEL VANDFALD VANILJE VASE VEJKORT VIMPEL VINDUE VINTER VIOLIN VULKAN ZEBRA
    """
)


def safety_words(seed: bytes) -> tuple[str, str]:
    """Two different words, the same for the same seed, all 65 280 ordered pairs equally likely.

    Raises ``ValueError`` for a seed below 8 bytes: fewer would make the pair guessable.
    """
    if len(seed) < 8:
        raise ValueError("safety words take 8 random bytes or more")
    number = int.from_bytes(hashlib.sha256(seed).digest())
    first = number % len(SAFETY_WORDS)
    apart = number // len(SAFETY_WORDS) % (len(SAFETY_WORDS) - 1) + 1
    return SAFETY_WORDS[first], SAFETY_WORDS[(first + apart) % len(SAFETY_WORDS)]
