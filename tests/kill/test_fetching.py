"""SIGKILL while a file is fetched, then a clean start: it is there once, whole, its sender's, never in the clear."""

from __future__ import annotations

import json

import pytest

from models.database import opened
from models.domain import media
from models.domain.errors import NotFound
from models.queries import attachments as views
from models.tables.attachments import Attachment, AttachmentPart
from tests.actions.rows import found
from tests.files import PDF
from tests.kill.points import FETCHING
from tests.kill.stage import KILLED, Stage
from tests.kill.stories import nothing_is_lost_or_doubled

#: Three pieces each, and told apart by every one of them.
FILES = {name: PDF + f"% {name} ".encode() * 100_000 for name in ("amina", "jonas")}


@pytest.mark.parametrize("engine", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize("point", FETCHING)
async def test_a_kill_while_a_file_is_fetched_keeps_it_once_whole_and_for_its_sender_only(
    stage: Stage, point: str
) -> None:
    for name, content in FILES.items():
        await stage.phones[name].upload(content, name=f"{name}.pdf", mime="application/pdf")
    assert await stage.kill(point) == KILLED
    assert json.loads(stage.mark.read_text(encoding="utf-8"))["point"] == point
    before = {one.name for one in stage.settings.data_dir.rglob("*")}
    stage.ahead += media.LEASE.total_seconds() + 1  # whoever held it is known to be dead
    await stage.settle()

    await nothing_is_lost_or_doubled(stage, await stage.truth())
    async with opened(stage.settings):
        rows = {row.person_id: row for row in await found(Attachment)}
        assert len(await found(Attachment)) == len(FILES)
        for name, content in FILES.items():
            person, row = stage.people[name], rows[stage.people[name].person_id]
            parts = await found(AttachmentPart, "number", attachment_id=row.id)
            assert [part.number for part in parts] == list(range(-(-len(content) // media.PIECE)))
            assert {part.person_id for part in parts} == {person.person_id}
            kept = await views.content(person, row.id)
            assert (row.state, row.file_sealed, kept.name, kept.content) == ("kept", None, f"{name}.pdf", content)
            for other in set(stage.people) - {name}:
                with pytest.raises(NotFound):
                    await views.content(stage.people[other], row.id)
    # Nothing of it lies about: no file that was not there, and none that holds it in the clear.
    left = [one for one in stage.folder.rglob("*") if one.is_file()]
    assert {one.name for one in stage.settings.data_dir.rglob("*")} <= before
    assert [one.name for one in left for name in FILES if f"% {name} % {name} ".encode() in one.read_bytes()] == []
