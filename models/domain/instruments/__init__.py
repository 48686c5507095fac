"""The instruments Hørt asks, as frozen data. Adding one is a data module and a line in the registry below."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.domain.instruments.hoert5 import HOERT5
from models.domain.instruments.ie2021 import IE2021
from models.domain.instruments.life_now import LIFE_NOW
from models.domain.instruments.model import (
    DONT_KNOW,
    LANGUAGES,
    SKIP,
    Audience,
    Code,
    Instrument,
    InvalidAnswer,
    Item,
    Method,
    Option,
    Scoring,
    UnknownInstrument,
    UnknownItem,
    accepts,
    check,
    wording,
)
from models.domain.instruments.pulse import PULSE
from models.domain.instruments.tils import TILS
from models.domain.instruments.who5 import WHO5

__all__ = [
    "DONT_KNOW",
    "INSTRUMENTS",
    "LANGUAGES",
    "SKIP",
    "Audience",
    "Code",
    "Instrument",
    "InvalidAnswer",
    "Item",
    "Method",
    "Option",
    "Scoring",
    "UnknownInstrument",
    "UnknownItem",
    "accepts",
    "check",
    "instrument",
    "wording",
]

INSTRUMENTS: Final[Mapping[str, Instrument]] = MappingProxyType(
    {i.key: i for i in (WHO5, TILS, HOERT5, LIFE_NOW, PULSE, IE2021)}
)


def instrument(key: str) -> Instrument:
    """The instrument with this key, enabled or not; raises UnknownInstrument, a KeyError."""
    try:
        return INSTRUMENTS[key]
    except KeyError:
        raise UnknownInstrument(f"no instrument is called {key!r}") from None
