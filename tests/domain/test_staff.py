"""Roles and what they may do; passwords that are too easy."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.staff import (
    DEEDS,
    Role,
    Viewer,
    is_tied_to_municipality,
    may,
    password_problems,
    same_municipality,
    sees_figures,
    sees_people,
    sees_whole_municipality,
)

SIRI = {"email": "siri.k@randers.example", "name": "Siri Kjær", "municipality": "Randers Kommune"}
EVERYBODY = {"account.own", "tokens.own"}


def deeds_of(role):
    return {deed for deed in DEEDS if may(role, deed)}


def test_only_caseworkers_and_coordinators_meet_young_people():
    assert {role for role in Role if sees_people(role)} == {Role.CASEWORKER, Role.COORDINATOR}
    assert {role for role in Role if sees_whole_municipality(role)} == {Role.COORDINATOR}


PERSONAL = re.compile(
    r"(?:people|register|invitations|links|contacts|messages|casefile|offers|meetings|feedback|checkins|alerts)\."
)


@pytest.mark.parametrize("role", [Role.PANEL_HOST, Role.EVALUATOR, Role.NATIONAL, Role.ADMINISTRATOR])
def test_who_meets_no_young_people_has_no_deed_about_one(role):
    assert {deed for deed in deeds_of(role) if PERSONAL.match(deed)} == set()


def test_the_small_roles_have_exactly_their_own_deeds():
    panel = {"surveys.read", "surveys.write", "surveys.results", "panels.host", "you_said.read", "you_said.write"}
    assert deeds_of(Role.PANEL_HOST) == panel | EVERYBODY
    board = {"figures.read", "reports.read", "economy.read", "dataset.export"}
    assert deeds_of(Role.EVALUATOR) == board | EVERYBODY
    assert deeds_of(Role.NATIONAL) == board | EVERYBODY


def test_an_administrator_runs_the_desk_and_nothing_else():
    own = {deed for deed in DEEDS if deed.endswith(".administer")}
    assert deeds_of(Role.ADMINISTRATOR) == own | EVERYBODY | {"audit.read", "backup.run", "golive.read"}


def test_a_coordinator_may_what_a_caseworker_may_except_need_a_reason():
    assert deeds_of(Role.CASEWORKER) - deeds_of(Role.COORDINATOR) == {"people.open_other"}


def test_every_deed_belongs_to_somebody_and_is_named_noun_and_verb():
    assert {deed for deed, roles in DEEDS.items() if not roles} == set()
    assert {deed for deed in DEEDS if not re.fullmatch(r"[a-z_]+\.[a-z_]+", deed)} == set()


def test_a_misspelt_deed_is_not_taken_for_a_no():
    with pytest.raises(KeyError):
        may(Role.COORDINATOR, "poeple.read")


def test_the_table_of_deeds_cannot_be_changed_while_running():
    with pytest.raises(TypeError):
        DEEDS["people.read"] = frozenset(Role)


def test_figures_are_for_those_who_work_with_them():
    readers = {Role.CASEWORKER, Role.COORDINATOR, Role.EVALUATOR, Role.NATIONAL}
    assert {role for role in Role if sees_figures(role)} == readers
    assert {role for role in Role if may(role, "figures.read")} == readers


def test_nobody_belongs_to_a_municipality_by_having_none():
    odd = Viewer("s1", "odsherred", Role.CASEWORKER, "Odd")
    board = Viewer("s2", None, Role.NATIONAL, "Board")
    assert same_municipality(odd, "odsherred") is True
    assert same_municipality(odd, "randers") is False
    assert same_municipality(board, "randers") is False
    assert {role for role in Role if is_tied_to_municipality(role)} == {
        Role.CASEWORKER,
        Role.COORDINATOR,
        Role.ADMINISTRATOR,
    }


@pytest.mark.parametrize(
    "password",
    [
        "gul cykel i regnvejr",
        "fire blå skruer 7",
        "🐢🐇🦔🐸🐝🦋🐌🐞🪲🦗🕷🐜",
        "kaffe\tmed\u00a0mælk \x00",
        "Æ" * 3 + "blegrødsgryde",
        "x7!Kq2#Lm9$Z",
    ],
)
def test_a_long_password_of_any_characters_will_do(password):
    assert password_problems(password, **SIRI) == ()


def test_a_very_long_password_will_do():
    assert password_problems("en lang remse om skibe, måger og vind fra vest " * 40, **SIRI) == ()


@pytest.mark.parametrize(
    ("password", "problems"),
    [
        ("", ("too_short", "common")),
        ("x7!Kq2#Lm9$", ("too_short",)),
        ("Password1234", ("common",)),
        ("VELKOMMEN2026", ("common",)),
        ("Velkommen2026!", ("common",)),
        ("Sommer2026!!!!", ("common",)),
        ("2031-Efterår-2031", ("common",)),
        ("sommer+vinter99", ("common",)),
        ("P@ssw0rd2031!!", ("common",)),
        ("!!V3lk0mmen2031", ("common",)),
        ("mandagtirsdag1", ("common",)),
        ("Sommerhus ved Vesterhavet", ()),
        ("mandag tirsdag onsdag 7", ()),
        ("aaaaaaaaaaaaaaaa", ("common",)),
        ("qwertyuiopåas", ("common",)),
        ("fedcba543210", ()),
        ("98765432109876", ("common",)),
        ("nu har du hørt noget", ("contains_product",)),
        ("nu har du HOERT noget", ("contains_product",)),
        ("min egen kommune 77", ("contains_product",)),
        ("cykler gerne med siri", ("contains_name", "contains_email")),
        ("KJAER og de syv dværge", ("contains_name",)),
        ("midt i randers 8900", ("contains_municipality",)),
        ("sirirandershoert", ("contains_product", "contains_name", "contains_municipality", "contains_email")),
    ],
)
def test_an_easy_password_is_told_why(password, problems):
    assert password_problems(password, **SIRI) == problems


def test_short_words_of_a_name_forbid_nothing():
    assert password_problems("bo spiser is ved å", email="bo@x.example", name="Bo Å", municipality="") == ()


def test_every_password_on_the_bundled_list_is_long_enough_to_matter():
    source = Path(password_problems.__code__.co_filename).read_text("utf-8")
    listed = source.split('_COMMON_TEXT: Final = """')[1].split('"""')[0].split()
    assert len(listed) == len(set(listed))
    assert [word for word in listed if "common" not in password_problems(word, **SIRI)] == []


@given(st.text(max_size=80))
def test_no_password_is_too_strange_to_judge(password):
    problems = password_problems(password, **SIRI)
    order = ["too_short", "common", "contains_product", "contains_name", "contains_municipality", "contains_email"]
    assert list(problems) == [code for code in order if code in problems]
    assert ("too_short" in problems) is (len(unicodedata.normalize("NFC", password)) < 12)
