"""What stands beside the stories: a wish that waits, somebody opened with a reason, and who has looked at whom."""

from __future__ import annotations

from datetime import timedelta

from hoert.demo import writing
from hoert.demo.stories import LARS, METTE, NAMED, PER, SIRI, Stage
from hoert.demo.writing import Talk
from locales import text
from models.tables.fields import new_id


def tell(stage: Stage) -> None:
    """All three, of the people with a name."""
    _wish(stage)
    _opened(stage)
    _looked(stage)


def _wish(stage: Stage) -> None:
    """Ida wants to hear about a mentor; nobody has answered yet."""
    young, mette, at = stage.people["Ida"], stage.staff[METTE], stage.ago(1, 18, 25)
    words = stage.t("Ida", "ida.wish")
    talk = Talk(stage.batch, young)
    row = talk.hears(at, words, key="invented:story:ida.wish")
    row["kind"] = "wish"
    talk.close(mette)
    mentor = next(
        one["id"] for one in stage.batch.new["range_offer"]
        if one["kind"] == "mentor" and one["municipality_id"] == young.municipality_id
    )  # fmt: skip
    key = new_id()
    stage.batch.add(
        "wish", id=key, municipality_id=young.municipality_id, person_id=young.id, range_offer_id=mentor,
        message_id=str(row["id"]), words_sealed=young.vault.seal("wish", "words", key, words), state="waiting",
        made_at=at,
    )  # fmt: skip


def _opened(stage: Stage) -> None:
    """Mette opened Yasmin, who is Siri's, and said why; the coordinator has not read it yet."""
    young, mette, key = stage.people["Yasmin"], stage.staff[METTE], new_id()
    at = stage.worked(stage.ago(2, 8), 2.2)
    stage.batch.add(
        "opening", id=key, municipality_id=young.municipality_id, person_id=young.id, staff_id=mette, opened_at=at,
        why_sealed=young.vault.seal("opening", "why", key, text("demo.opening.why", "da")),
        ends_at=at + timedelta(hours=8), closed_at=min(stage.now, at + timedelta(minutes=34)),
    )  # fmt: skip
    writing.put_trail(stage.batch, young, "person.break_glass", mette, at, key)
    writing.put_trail(stage.batch, young, "person.view", mette, at + timedelta(minutes=1))
    writing.put_trail(stage.batch, young, "person.close_glass", mette, at + timedelta(minutes=34))


def _looked(stage: Stage) -> None:
    """Who has looked at whom: the caseworker now and then, whoever stands in, the coordinator before a meeting."""
    for number, named in enumerate(NAMED):
        if not named.caseworker:
            continue
        young, instead = stage.people[named.first], LARS if named.caseworker != LARS else SIRI
        if young.joined_at is not None:
            confirmed = young.joined_at + timedelta(days=1)
            writing.put_trail(stage.batch, young, "link.confirm", young.caseworker_id, confirmed)
        for days, who, deed in (
            (33 + number, named.caseworker, "person.view"), (20, PER, "person.view"),
            (12, named.caseworker, "thread.view"), (5 + number % 3, instead, "thread.view"),
            (1, named.caseworker, "person.view"),
        ):  # fmt: skip
            at = stage.worked(stage.ago(days, 8), 0.4 + (number * 7 + days) % 11 / 2)
            writing.put_trail(stage.batch, young, deed, stage.staff[who], at)
