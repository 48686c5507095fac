"""One-time codes as RFC 6238 has them, used once; recovery codes; the two words a browser is known by."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain import staff_codes as rules
from models.domain.staff_browsers import BROWSERS, SYSTEMS, browser_of, parts_of

#: RFC 6238, appendix B: the seeds, and the codes of eight digits at these seconds since 1970.
SEEDS = {"sha1": b"1234567890" * 2, "sha256": b"1234567890" * 3 + b"12", "sha512": b"1234567890" * 6 + b"1234"}
VECTORS = (
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
)
SECRET = SEEDS["sha1"]
NOW = datetime(2026, 11, 17, 9, 0, 7, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "sha1", "sha256", "sha512"), VECTORS)
def test_the_codes_are_those_of_rfc_6238(seconds: int, sha1: str, sha256: str, sha512: str) -> None:
    step = rules.step_of(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
    made = {name: rules.code_at(seed, step, digits=8, algorithm=name) for name, seed in SEEDS.items()}
    assert made == {"sha1": sha1, "sha256": sha256, "sha512": sha512}
    assert rules.code_at(SECRET, step) == sha1[2:]


@pytest.mark.parametrize(
    ("away", "counts"), [(-61, False), (-31, True), (0, True), (29, True), (52, True), (60, False)]
)
def test_a_code_counts_a_step_before_and_after_its_own(away: int, counts: bool) -> None:
    code = rules.code_at(SECRET, rules.step_of(NOW))
    found = rules.step_shown(SECRET, code, NOW + timedelta(seconds=away), used=0)
    assert found == (rules.step_of(NOW) if counts else None)


def test_a_used_code_and_one_before_it_count_no_more() -> None:
    now = rules.step_of(NOW)
    codes = [rules.code_at(SECRET, step) for step in (now - 1, now, now + 1)]
    assert [rules.step_shown(SECRET, code, NOW, used=now) for code in codes] == [None, None, now + 1]


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_code_or_not(typed: str) -> None:
    step = rules.step_shown(SECRET, typed, NOW, used=0)
    assert (step is None) == (rules.as_typed(typed) not in {
        rules.code_at(SECRET, rules.step_of(NOW) + away) for away in (-1, 0, 1)
    })  # fmt: skip


def test_people_put_spaces_into_codes() -> None:
    code = rules.code_at(SECRET, rules.step_of(NOW))
    assert rules.step_shown(SECRET, f" {code[:3]} {code[3:]} ", NOW, used=0) is not None


def test_an_app_is_told_the_secret_as_text() -> None:
    assert rules.secret_text(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_recovery_codes_are_read_aloud_without_doubt_and_are_never_taken_for_the_app_s() -> None:
    codes = {rules.recovery_code(secrets.randbelow) for _ in range(200)}
    assert len(codes) == 200
    assert all(rules.looks_like_recovery(code) and not set(code) & set("ilo01") for code in codes)
    assert rules.as_typed("ABCD efgh-jkmn ") == "abcdefghjkmn"
    assert [rules.looks_like_recovery(typed) for typed in ("123456", "abcd-efgh-jkm", "abcd-efgh-jkml", "")] == [
        False
    ] * 4


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 "
         "Edg/142.0", "edge windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "firefox linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605.1.15", "safari mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/142.0 Mobile Safari/604.1", "chrome iphone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/142.0 Mobile Safari/537.36", "chrome android"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/142.0 Safari/537.36", "chrome chromebook"),
        ("curl/8", "other other"), ("", "other other"),
    ],
)  # fmt: skip
def test_a_browser_is_known_by_two_words(said: str, kept: str) -> None:
    assert browser_of(said) == kept
    assert parts_of(kept) == tuple(kept.split())


@given(st.text(max_size=40))
def test_two_words_are_all_that_is_kept(said: str) -> None:
    browser, system = parts_of(browser_of(said))
    assert (browser in BROWSERS, system in SYSTEMS, parts_of(said)[0] in BROWSERS) == (True, True, True)
