"""The calendar file: to the letter, on both nights the clocks change, and discreet."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from models.domain.calendar_file import meeting
from models.domain.localtime import instant
from models.domain.meetings import ends

KEY = "0123456789abcdef0123456789abcdef"
MADE = datetime(2026, 11, 17, 9, tzinfo=UTC)


def made(starts: datetime, minutes: int = 60, **more: object) -> str:
    values = {"sequence": 0, "title": "Møde", **more}
    return meeting(KEY, starts_at=starts, ends_at=ends(starts, minutes), made_at=MADE, **values).decode()  # type: ignore[arg-type]


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def test_the_whole_file_of_a_meeting() -> None:
    assert made(instant(date(2026, 12, 3), time(15)), 45) == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kalender//Kalender 1.0//DA\r\nCALSCALE:GREGORIAN\r\n"
        "METHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:01234567-89ab-cdef-0123-456789abcdef\r\nSEQUENCE:0\r\n"
        "DTSTAMP:20261117T090000Z\r\nDTSTART:20261203T140000Z\r\nDTEND:20261203T144500Z\r\n"
        "ORGANIZER:invalid:nomail\r\nSUMMARY:Møde\r\nSTATUS:CONFIRMED\r\nCLASS:PRIVATE\r\nTRANSP:OPAQUE\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def test_on_both_nights_the_clocks_change_the_instants_are_exact() -> None:
    autumn = made(instant(date(2026, 10, 25), time(2, 30)), 60)
    assert "DTSTART:20261025T003000Z\r\nDTEND:20261025T013000Z\r\n" in autumn
    spring = made(instant(date(2027, 3, 28), time(2, 30)), 60)  # that hour does not exist: the meeting is at 3.30
    assert "DTSTART:20270328T013000Z\r\nDTEND:20270328T023000Z\r\n" in spring


def test_a_moved_meeting_is_the_same_one_with_a_higher_sequence_and_a_cancelled_one_is_taken_out() -> None:
    first = unfolded(made(instant(date(2026, 12, 3), time(15))))
    moved = unfolded(made(instant(date(2026, 12, 4), time(15)), sequence=1))
    gone = unfolded(made(instant(date(2026, 12, 4), time(15)), sequence=2, cancelled=True))
    assert {line for line in first if line.startswith("UID")} == {line for line in gone if line.startswith("UID")}
    assert "SEQUENCE:1" in moved
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:2"} <= set(gone)


def test_what_the_person_chose_to_say_is_escaped_and_folded() -> None:
    text = made(
        MADE, title="Bolig; økonomi, og \\ alt", place="Rådhuset\r\nRum 3", about="Mette & Jonas\x00\x7f " + "æ" * 80
    )
    lines = unfolded(text)
    assert "SUMMARY:Bolig\\; økonomi\\, og \\\\ alt" in lines
    assert "LOCATION:Rådhuset\\nRum 3" in lines
    assert f"DESCRIPTION:Mette & Jonas {'æ' * 80}" in lines
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


@given(st.text(max_size=300))
def test_no_words_break_out_of_their_line(words: str) -> None:
    text = meeting(
        KEY,
        starts_at=MADE,
        ends_at=MADE,
        made_at=MADE,
        sequence=0,
        title="x",
        about=words.encode("utf-8", "replace").decode(),
    ).decode()
    names = {line.partition(":")[0] for line in unfolded(text)}
    assert names <= {
        "BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND",
        "ORGANIZER",
        "SUMMARY", "STATUS", "CLASS", "TRANSP", "DESCRIPTION", "END",
    }  # fmt: skip
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
