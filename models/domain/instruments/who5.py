"""The WHO-5 well-being index, wording unchanged. The time frame stands in each Danish item, in English in the stem."""

from typing import Final

from models.domain.instruments.model import Audience, Instrument, Item, Method, Scoring, scale, words

_OPTIONS: Final = scale(
    (5, "Hele tiden", "All of the time"),
    (4, "Det meste af tiden", "Most of the time"),
    (3, "Lidt mere end halvdelen af tiden", "More than half of the time"),
    (2, "Lidt mindre end halvdelen af tiden", "Less than half of the time"),
    (1, "Lidt af tiden", "Some of the time"),
    (0, "På intet tidspunkt", "At no time"),
)

WHO5: Final = Instrument(
    key="who5",
    version=1,
    title=words(da="Hvordan har du det?", en="How are you?"),
    stem=words(da="", en="Over the last two weeks"),
    items=(
        Item(
            "cheerful",
            words(
                da="I de sidste 2 uger har jeg været glad og i godt humør",
                en="I have felt cheerful and in good spirits",
            ),
            _OPTIONS,
        ),
        Item(
            "calm",
            words(da="I de sidste 2 uger har jeg følt mig rolig og afslappet", en="I have felt calm and relaxed"),
            _OPTIONS,
        ),
        Item(
            "active",
            words(da="I de sidste 2 uger har jeg følt mig aktiv og energisk", en="I have felt active and vigorous"),
            _OPTIONS,
        ),
        Item(
            "rested",
            words(da="I de sidste 2 uger er jeg vågnet frisk og udhvilet", en="I woke up feeling fresh and rested"),
            _OPTIONS,
        ),
        Item(
            "interested",
            words(
                da="I de sidste 2 uger har min dagligdag været fyldt med ting der interesserer mig",
                en="My daily life has been filled with things that interest me",
            ),
            _OPTIONS,
        ),
    ),
    scoring=Scoring(Method.SUM, at_least=5, factor=4),
    cut=51,
    may_skip=True,
    minimum_days=14,
    audience=Audience.CASEWORKER,
    source="WHO-5 Well-Being Index, © World Health Organization 1998. Danish wording: KL, KLToolsCareWHO-5",
    licence="CC BY-NC-SA 3.0 IGO, unchanged and with attribution. Commercial use needs clearance from WHO",
    validated=True,
    enabled=True,
    seconds=40,
)
