"""My life now: where a person stands on education, work, home, people and money. No score; codes, never numbers."""

from typing import Final

from models.domain.instruments.model import Audience, Instrument, Item, Method, Scoring, scale, words

LIFE_NOW: Final = Instrument(
    key="life_now",
    version=1,
    title=words(da="Mit liv lige nu", en="My life now"),
    stem=words(da="", en=""),
    items=(
        Item(
            "education",
            words(da="Er du i gang med en uddannelse?", en="Are you in education?"),
            scale(
                ("enrolled", "Ja, jeg er i gang", "Yes, I am"),
                ("soon", "Jeg starter snart", "I start soon"),
                ("paused", "Jeg holder pause", "I am taking a break"),
                ("finished", "Jeg er færdig med en", "I have finished one"),
                ("none", "Nej", "No"),
            ),
        ),
        Item(
            "work",
            words(da="Har du et arbejde?", en="Do you have a job?"),
            scale(
                ("full_time", "Ja, på fuld tid", "Yes, full time"),
                ("part_time", "Ja, nogle timer", "Yes, some hours"),
                ("trainee", "Jeg er i praktik", "I am a trainee"),
                ("looking", "Jeg leder efter et", "I am looking for one"),
                ("none", "Nej", "No"),
            ),
        ),
        Item(
            "home",
            words(da="Hvor bor du?", en="Where do you live?"),
            scale(
                ("own", "I min egen bolig", "In my own place"),
                ("shared", "Jeg deler bolig med nogen", "I share a place"),
                ("family", "Hos familie", "With family"),
                ("foster", "Hos en plejefamilie", "With a foster family"),
                ("care_home", "På et bosted", "In a care home"),
                ("temporary", "Lidt her og der", "Here and there"),
                ("none", "Jeg har ikke et sted at bo", "I have no place to live"),
            ),
        ),
        Item(
            "people",
            words(da="Har du nogen, du kan regne med?", en="Do you have people to count on?"),
            scale(
                ("several", "Ja, flere", "Yes, several"),
                ("one", "Ja, en", "Yes, one"),
                ("unsure", "Måske", "Maybe"),
                ("none", "Nej", "No"),
            ),
        ),
        Item(
            "money",
            words(da="Har du penge nok til hverdagen?", en="Do you have enough money to get by?"),
            scale(
                ("enough", "Ja", "Yes"),
                ("mostly", "For det meste", "Most of the time"),
                ("rarely", "Sjældent", "Rarely"),
                ("not_enough", "Nej", "No"),
            ),
        ),
    ),
    scoring=Scoring(Method.NONE),
    cut=None,
    may_skip=True,
    minimum_days=28,
    audience=Audience.CASEWORKER,
    source="Hørt's own items, version 1",
    licence="MPL-2.0",
    validated=False,
    enabled=True,
    seconds=40,
)
