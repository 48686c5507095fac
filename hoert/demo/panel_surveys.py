"""The three surveys of the demo's youth panel: data, of every kind of question."""

from __future__ import annotations

from typing import Final

from models.domain.panels import Asks, Choice, Kind, Question, Rule, Survey


def _choice(key: str, da: str, en: str) -> Choice:
    return Choice(key, {"da": da, "en": en})


HOME: Final = Survey(
    {"da": "Din første bolig", "en": "Your first home"},
    (
        Question(
            "live", Kind.SINGLE, {"da": "Hvordan bor du lige nu?", "en": "How do you live right now?"}, required=True,
            choices=(
                _choice("own", "I min egen bolig", "In a place of my own"),
                _choice("shared", "Sammen med andre", "With others"),
                _choice("between", "Lidt her og der", "Here and there"),
            ),
        ),
        Question(
            "help", Kind.MULTIPLE, {"da": "Hvad fik du hjælp til?", "en": "What did you get help with?"},
            choices=(
                _choice("money", "Penge og budget", "Money and budget"),
                _choice("papers", "Papirer og aftaler", "Papers and contracts"),
                _choice("moving", "At flytte og købe ind", "Moving and shopping"),
                _choice("alone", "At bo alene", "Living alone"),
            ),
        ),
        Question(
            "ready", Kind.SCALE, {"da": "Hvor klar var du?", "en": "How ready were you?"}, low=1, high=5, cut=4,
            ends=({"da": "slet ikke", "en": "not at all"}, {"da": "helt klar", "en": "quite ready"}),
        ),
        Question(
            "first", Kind.RANKING,
            {"da": "Hvad burde kommunen hjælpe med først?", "en": "What should the municipality help with first?"},
            choices=(
                _choice("money", "Penge", "Money"), _choice("things", "Møbler og ting", "Furniture and things"),
                _choice("people", "Nogen at ringe til", "Someone to call"), _choice("rules", "Regler", "Rules"),
            ),
        ),
        Question(
            "moved", Kind.NUMBER, {"da": "Hvor mange gange er du flyttet?", "en": "How many times have you moved?"},
            low=0, high=40, cut=3,
        ),
        Question("miss", Kind.TEXT, {"da": "Hvad savnede du mest?", "en": "What did you miss most?"},
                 show_if=(Rule("ready", Asks.AT_MOST, 3),)),
    ),
)  # fmt: skip

LEISURE: Final = Survey(
    {"da": "Fritid og venner", "en": "Free time and friends"},
    (
        Question(
            "goes", Kind.SINGLE, {"da": "Går du til noget i din fritid?", "en": "Do you do an activity?"},
            choices=(
                _choice("yes", "Ja", "Yes"), _choice("no", "Nej", "No"), _choice("did", "Ikke mere", "Not any more"),
            ),
        ),
        Question(
            "why_not", Kind.MULTIPLE, {"da": "Hvad holder dig tilbage?", "en": "What holds you back?"},
            choices=(
                _choice("money", "Det koster for meget", "It costs too much"),
                _choice("alone", "Jeg kender ingen", "I know nobody there"),
                _choice("time", "Jeg har ikke tid", "I have no time"),
                _choice("know", "Jeg ved ikke, hvad der er", "I don't know what there is"),
            ),
            show_if=(Rule("goes", Asks.IS_NOT, "yes"),),
        ),
        Question(
            "rank", Kind.RANKING, {"da": "Hvad ville du helst?", "en": "What would you like best?"},
            choices=(
                _choice("food", "Spise sammen", "Eat together"), _choice("music", "Lave musik", "Make music"),
                _choice("trips", "Tage på ture", "Go on trips"), _choice("sport", "Dyrke sport", "Do sports"),
            ),
        ),
        Question(
            "evenings", Kind.NUMBER, {"da": "Hvor mange aftener om ugen kan du?", "en": "How many evenings a week?"},
            low=0, high=7, cut=2,
        ),
        Question("idea", Kind.TEXT, {"da": "Har du en idé?", "en": "Do you have an idea?"}),
    ),
)  # fmt: skip

MEETINGS: Final = Survey(
    {"da": "Møder, der virker", "en": "Meetings that work"},
    (
        Question(
            "where", Kind.SINGLE, {"da": "Hvor vil du helst mødes?", "en": "Where would you rather meet?"},
            choices=(
                _choice("office", "På kontoret", "At the office"), _choice("home", "Hos mig", "At my place"),
                _choice("out", "Ude på en tur", "Out for a walk"), _choice("screen", "Over skærmen", "On screen"),
            ),
        ),
        Question(
            "heard", Kind.SCALE, {"da": "Bliver du lyttet til på møder?", "en": "Are you listened to at meetings?"},
            low=1, high=5, cut=4, ends=({"da": "aldrig", "en": "never"}, {"da": "altid", "en": "always"}),
        ),
        Question("better", Kind.TEXT, {"da": "Hvad ville gøre det bedre?", "en": "What would make it better?"},
                 show_if=(Rule("heard", Asks.AT_MOST, 3),)),
    ),
)  # fmt: skip

#: Questions the host has put to the vote.
BALLOTS: Final = (
    {"da": "Hvad gør du, når pengene slipper op?", "en": "What do you do when the money runs out?"},
    {"da": "Hvem ringer du til, når det er svært?", "en": "Whom do you call when it is hard?"},
    {"da": "Hvordan siger man farvel til et sted?", "en": "How do you say goodbye to a place?"},
)
#: What waits to be worded.
PROPOSED: Final = "Kan vi spørge om det der med at få en kontaktperson, der bliver?"
SAID: Final = {
    "da": "Vi får for sent at vide, hvem der skal hjælpe os.",
    "en": "We are told too late who is going to help us.",
}
DID: Final = {
    "da": "Du får navnet mindst tre måneder, før du fylder 18, og I mødes, før du flytter.",
    "en": "You get the name at least three months before you turn 18, and you meet before you move.",
}
#: What the members have not judged yet.
SAID_NEXT: Final = {
    "da": "Møderne ligger midt i skoletiden, og så mister vi timer.",
    "en": "Meetings are in the middle of the school day, and we miss lessons.",
}
DID_NEXT: Final = {
    "da": "To kommuner holder åbent til kl. 18 hver torsdag. De andre begynder efter nytår.",
    "en": "Two municipalities stay open until 18 every Thursday. The others begin after New Year.",
}
WORDS: Final = ("At nogen sagde godnat.", "En at spørge om regninger.", "Min hund.", "Mere tid til at finde ud af det.")
