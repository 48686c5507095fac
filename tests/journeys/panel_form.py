"""What the panel of the journeys and stories is asked: a survey in both languages, with a way round and every kind of
answer that is typed, ticked or put in order."""

from __future__ import annotations

from models.domain.panels import Asks, Choice, Kind, Question, Rule, Survey

FORM = Survey(
    {"da": "Din bolig", "en": "Your home"},
    (
        Question(
            "live", Kind.SINGLE, {"da": "Hvordan bor du?", "en": "How do you live?"}, required=True,
            choices=(
                Choice("alene", {"da": "Alene", "en": "Alone"}), Choice("sammen", {"da": "Med andre", "en": "Shared"}),
            ),
        ),
        Question(
            "with", Kind.MULTIPLE, {"da": "Hvem bor du med?", "en": "Who with?"},
            choices=(
                Choice("ven", {"da": "Venner", "en": "Friends"}), Choice("fam", {"da": "Familie", "en": "Family"}),
            ),
            show_if=(Rule("live", Asks.IS, "sammen"),),
        ),
        Question(
            "rank", Kind.RANKING, {"da": "Hvad er vigtigst for dig?", "en": "What matters most?"},
            choices=(
                Choice("ro", {"da": "Ro", "en": "Quiet"}), Choice("pris", {"da": "Pris", "en": "Price"}),
                Choice("plads", {"da": "Plads", "en": "Space"}),
            ),
        ),
        Question("why", Kind.TEXT, {"da": "Hvad mangler?", "en": "What is missing?"}),
    ),
)  # fmt: skip
