"""The fault catalogue: groups A, B and C, points 1 to 42; each has a test with its number, and a line on the page."""

from __future__ import annotations

from tests.kill.table import COVERED_BEGIN, COVERED_END, FAULTS, PAGE, covered, covered_table, numbers_in


def test_every_fault_of_groups_a_to_c_has_a_test() -> None:
    assert [number for number in range(1, 43) if not covered().get(number)] == []
    assert sorted(FAULTS) == list(range(1, 43))


def test_numbers_are_read_where_they_are_written() -> None:
    assert numbers_in("test_19_20_21_whatever_comes", "") == {19, 20, 21}
    assert numbers_in("test_429_is_waited_for", "B 27, and A 6: the first life.") == {27, 6}
    assert numbers_in("test_it", "29: a gap is seen.") == {29}
    assert numbers_in("test_it", "A 4 to 12.") == set(range(4, 13))
    assert numbers_in("test_3_words", "Plan B 4,000 times.") == {3}


def test_the_page_tells_of_these_tests() -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = page.partition(COVERED_BEGIN)[2].partition(COVERED_END)[0].strip()
    without_results = [line.rpartition(" | ")[0] for line in shown.splitlines()[2:] if line.startswith("|")]
    expected = [line.rpartition(" | ")[0] for line in covered_table({}).splitlines()[2:]]
    assert without_results == expected, "run: python -m tests.kill.table --write"
