"""A municipality checks its numbers and keeps its own line; nobody else's is touched, and the file without a database
follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.help import read_help_file, write_help_file
from models.actions import helplines
from models.domain.errors import Invalid, NotFound
from models.domain.helplines import ALWAYS, HELPLINES, MUNICIPAL, OUT_OF_HOURS
from models.domain.people import YoungPerson
from models.queries import conversation
from models.queries import helplines as views
from models.tables.audit import TrailEntry
from models.transactions import HOUSE
from tests.actions.rows import found
from tests.cast import Cast


async def test_a_number_that_was_rung_says_open_now_for_half_a_year(
    amina: YoungPerson, astrid: YoungPerson, cast: Cast, now: datetime
) -> None:
    await helplines.checked(cast.per, "lev_uden_vold", now=now)
    for person, sure in ((amina, True), (astrid, False)):
        lines = {line.key: line for line in (await conversation.helping(person)).lines}
        assert lines["lev_uden_vold"].verified_on(now.date()) is sure
    for later, says in ((timedelta(days=183), True), (timedelta(days=184), None)):
        shown = {one.line.key: one.open for one in (await views.lines(cast.per, now=now + later)).shown}
        assert (shown["lev_uden_vold"], shown["giftlinjen"]) == (says, None)
    assert [(row.deed, row.about, row.person_id) for row in await found(TrailEntry, "id", deed="helpline.checked")] == [
        ("helpline.checked", "lev_uden_vold", "")
    ]


async def test_the_own_line_stands_after_112_and_is_checked_anew_when_it_changes(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await helplines.save_own(cast.admin, "Den sociale vagt", "89 15 20 24", OUT_OF_HOURS, now=now)
    await helplines.checked(cast.admin, MUNICIPAL, now=now)
    saturday = datetime(2026, 11, 21, 1, tzinfo=UTC)
    shown = (await views.lines(cast.per, now=saturday)).shown
    assert [(one.line.key, one.open) for one in shown[:3]] == [("112", True), (MUNICIPAL, True), ("livslinien", None)]
    assert shown[1].line.name == "Den sociale vagt"
    await helplines.save_own(cast.admin, "Den sociale vagt", "89 15 20 24", OUT_OF_HOURS, now=now)
    assert (await views.lines(cast.per, now=saturday)).shown[1].open is True
    await helplines.save_own(cast.admin, "Den sociale vagt", "89 15 20 24", ALWAYS, now=now)
    assert (await views.lines(cast.per, now=saturday)).shown[1].open is None
    await helplines.save_own(cast.admin, "", "", None, now=now)
    assert MUNICIPAL not in {line.key for line in (await conversation.helping(amina)).lines}


async def test_only_those_who_run_the_municipality_touch_its_lines(cast: Cast, now: datetime) -> None:
    for viewer in (cast.mette, cast.nanna):
        for refused in (
            helplines.checked(viewer, "lev_uden_vold", now=now), helplines.save_own(viewer, "", "1", None, now=now),
            views.lines(viewer, now=now),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                await refused
    for key in ("112", "nobody", MUNICIPAL):
        with pytest.raises(NotFound):
            await helplines.checked(cast.per, key, now=now)
    with pytest.raises(Invalid):
        await helplines.save_own(cast.per, "x", "ring", None, now=now)


async def test_the_file_for_when_the_database_is_away_has_every_own_line_and_changes_only_with_them(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "help.json"
    write_help_file(path, await views.own_lines(HOUSE))
    assert "89 15 20 24" not in read_help_file(path)["da"]
    await helplines.save_own(cast.per, "Randers' sociale vagt", "89 15 20 24", None, now=now)
    await helplines.save_own(cast.odd, "", "59 66 20 24", None, now=now)
    write_help_file(path, await views.own_lines(HOUSE))
    said = read_help_file(path)["da"]
    assert [part in said for part in ("Randers' sociale vagt: 89 15 20 24", "Odsherred Kommune: 59 66 20 24")] == [
        True
    ] * 2
    written = path.stat().st_mtime_ns
    write_help_file(path, await views.own_lines(HOUSE))
    assert path.stat().st_mtime_ns == written


def test_no_line_is_shipped_without_a_way_to_reach_it_or_with_a_date_nobody_set() -> None:
    assert [line.key for line in HELPLINES if not (line.number or line.web)] == []
    assert [line.key for line in HELPLINES if line.verified_at is not None] == []
