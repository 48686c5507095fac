"""What only the host of a youth panel sees: how many, and words without a name, a place or an order that tells any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.domain import panels as rules
from models.domain.disclosure import LEAST_BASE
from models.domain.errors import NotFound
from models.domain.panels import Kind
from models.domain.staff import Viewer, may
from models.queries import within
from models.queries.panels import reached_panel
from models.tables.keys import Vault, unwrapped
from models.tables.panels import PanelMember, PanelResult, PanelSendout, PanelSurvey
from models.transactions import reading, rows


@dataclass(frozen=True, slots=True)
class Hosted:
    """This panel is hosted by whoever holds this: its words are read across its municipalities."""

    panel_id: str

    @property
    def municipality_id(self) -> str:
        """Of the whole house; every view that takes this reads one panel only."""
        return "*"


@reading
async def hosted(viewer: Viewer, panel_id: str) -> Hosted:
    """That this viewer hosts this panel. Raises NotFound for anybody else, a coordinator too."""
    line = await reached_panel(viewer, panel_id)
    if not line.hosts or not may(viewer.role, "panels.host"):
        raise NotFound
    return Hosted(panel_id)


@reading
async def size(scope: Hosted) -> int | None:
    """How many members the panel has; None below ten."""
    count = await PanelMember.filter(panel_id=scope.panel_id).count()
    return count if count >= LEAST_BASE else None


@reading
async def responses(scope: Hosted) -> dict[str, tuple[int | None, int]]:
    """By survey that was sent out: how many have sent their answers in (None below ten), and of how many."""
    found = await rows(
        "SELECT a.sendout_id, COUNT(*) AS n, SUM(CASE WHEN a.state = 'done' THEN 1 ELSE 0 END) AS done "
        "FROM panel_answering a JOIN panel_sendout s ON s.id = a.sendout_id WHERE s.panel_id = ? GROUP BY a.sendout_id",
        scope.panel_id,
    )
    counts = {row["sendout_id"]: (int(row["done"]), int(row["n"])) for row in found}
    return {key: (done if done >= LEAST_BASE else None, n) for key, (done, n) in counts.items()}


@reading
async def proposed(scope: Hosted) -> list[tuple[str, str]]:
    """Proposals nobody has decided on: (ballot, the words), without a name or a place, in no order that tells any."""
    found = await rows(
        f"SELECT w.ballot_id, w.id, w.words_sealed, w.person_id, w.municipality_id, {within.KEY} FROM panel_ballot b "  # noqa: S608 (constants)
        "JOIN panel_proposal w ON w.ballot_id = b.id JOIN person_key k ON k.person_id = w.person_id "
        "WHERE b.panel_id = ? AND b.state = 'proposed' ORDER BY b.id",
        scope.panel_id,
    )
    opened = await _opened(found)
    return [
        (row["ballot_id"], opened[row["person_id"]].open("panel_proposal", "words", row["id"], row["words_sealed"]))
        for row in found
    ]


@reading
async def words(scope: Hosted, sendout_id: str, *, now: datetime) -> dict[str, list[str]]:
    """The free words of a survey by question, without a name, a place or an order that tells any. Only when the members
    have had the result to themselves. Raises NotFound for another panel's survey."""
    result = await PanelResult.get_or_none(sendout_id=sendout_id, panel_id=scope.panel_id)
    if result is None or result.desks_from > now:
        raise NotFound
    sendout = await PanelSendout.get(id=sendout_id)
    survey = rules.from_plain((await PanelSurvey.get(id=sendout.survey_id)).form)
    written: dict[str, list[str]] = {one.key: [] for one in survey.questions if one.kind is Kind.TEXT}
    if not written:
        return {}
    found = await rows(
        "SELECT w.answering_id, w.question, w.value_sealed, w.person_id, w.municipality_id, "  # noqa: S608 (constants)
        f"{within.KEY} FROM panel_answer w JOIN panel_answering a ON a.id = w.answering_id "
        "JOIN person_key k ON k.person_id = w.person_id WHERE a.sendout_id = ? AND a.state = 'done' "
        f"AND w.question IN ({', '.join('?' for _ in written)})",
        sendout_id, *written,
    )  # fmt: skip
    opened = await _opened(found)
    for row in found:
        place = f"{row['answering_id']}:{row['question']}"
        sealed = opened[row["person_id"]].open("panel_answer", "value", place, row["value_sealed"])
        if isinstance(said := rules.answer_from_plain(sealed), str):
            written[row["question"]].append(said)
    return {key: sorted(one, key=str.casefold) for key, one in written.items()}


async def _opened(found: list[dict[str, Any]]) -> dict[str, Vault]:
    """The vaults of people of several municipalities whose keys came with the rows."""
    here: dict[str, dict[str, tuple[str, bytes, bytes | None]]] = {}
    for row in found:
        here.setdefault(row["municipality_id"], {})[row["person_id"]] = (row["person_id"], row["wrapped"], row["older"])
    made: dict[str, Vault] = {}
    for municipality_id, keys in here.items():
        made.update(await unwrapped(municipality_id, keys.values()))
    return made
