"""Amina's meetings with Mette: one that was held and written down, one that was moved to her school and lies ahead."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hoert.demo.stories import METTE, Stage
from models.actions.meetings import Content, seal_content
from models.domain import meetings as rules
from models.domain.localtime import instant, local_date
from models.domain.meetings import MeetingState
from models.tables.fields import new_id

_MINUTES = 45


def tell(stage: Stage) -> None:
    """Both, with what Amina wants to talk about and what they agreed; she has not said yet whether it is right."""
    vault, today = stage.people["Amina"].vault, local_date(stage.now)
    held = instant(_weekday(today - timedelta(days=14), -1), time(14))
    written, first, agreed = held + timedelta(hours=2), new_id(), stage.t("Amina", "meeting.agreed")
    _put(
        stage, first, "first", held, made_at=held - timedelta(days=6), told_at=held - timedelta(days=6),
        state=MeetingState.HELD.value, agreed_sealed=vault.seal("meeting", "agreed", first, agreed),
        agreed_at=written, agreed_by=stage.staff[METTE], agreed_version=1,
    )  # fmt: skip
    _event(stage, first, "held", rules.ends(held, _MINUTES))
    _event(stage, first, "agreed", written, by=METTE, words=agreed)

    ahead, following = instant(_weekday(today + timedelta(days=3), 1), time(13)), new_id()
    moved, thought = stage.ago(5, 11), stage.ago(1, 20, 12)
    topics = vault.seal("meeting", "topics", following, stage.t("Amina", "meeting.topics"))
    _put(
        stage, following, "next", ahead, made_at=written, told_at=moved, state=MeetingState.PLANNED.value, sequence=1,
        remind_at=rules.remind_at(ahead, moved), topics_sealed=topics, topics_at=thought,
    )  # fmt: skip
    _event(stage, following, "moved", moved, by=METTE)
    _event(stage, following, "topics", thought)


def _put(stage: Stage, meeting: str, about: str, starts_at: datetime, *, made_at: datetime, **known: object) -> None:
    """A meeting that Mette made."""
    young = stage.people["Amina"]
    content = Content(stage.t("Amina", f"meeting.{about}"), stage.t("Amina", "meeting.where"), METTE)
    stage.batch.add(
        "meeting", id=meeting, municipality_id=young.municipality_id, person_id=young.id, starts_at=starts_at,
        ends_at=rules.ends(starts_at, _MINUTES), made_by_id=stage.staff[METTE], made_at=made_at,
        content_sealed=seal_content(young.vault, meeting, content), **known,
    )  # fmt: skip
    _event(stage, meeting, "made", made_at, by=METTE)


def _event(stage: Stage, meeting: str, deed: str, at: datetime, *, by: str = "", words: str = "") -> None:
    young, key = stage.people["Amina"], new_id()
    stage.batch.add(
        "meeting_event", id=key, municipality_id=young.municipality_id, person_id=young.id, meeting_id=meeting,
        deed=deed, words_sealed=young.vault.seal("meeting_event", "words", key, words) if words else None,
        staff_id=stage.staff[by] if by else None, at=at,
    )  # fmt: skip


def _weekday(day: date, step: int) -> date:
    """The day itself, or the working day that is nearest to it in this direction."""
    while day.weekday() > 4:
        day += timedelta(days=step)
    return day
