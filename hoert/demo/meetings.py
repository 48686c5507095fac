"""Meetings: Amina's with Mette, one written down and one moved to her school; and the others', held and ahead."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from hoert.demo import writing
from hoert.demo.stories import LARS, METTE, SIRI, Stage
from models.actions.meetings import Content, seal_content
from models.domain import meetings as rules
from models.domain.localtime import instant, local_date
from models.domain.meetings import MeetingState, Verdict
from models.tables.fields import new_id

_MINUTES = 45

#: Who, with whom, in so many days, at which hour, where (demo.meeting.at.<key>). About what is demo.meeting.<who>.
_OTHERS: Final = (
    ("Victor", METTE, -19, 11, "work"), ("Yasmin", SIRI, -26, 14, "phone"), ("Sofie", METTE, -2, 13, "home"),
    ("Ida", METTE, 1, 15, "office"), ("Mads", SIRI, 3, 9, "office"), ("Clara", LARS, 5, 16, "phone"),
    ("Noah", LARS, 4, 14, "library"), ("Jonas", SIRI, 6, 10, "office"),
)  # fmt: skip


def tell(stage: Stage) -> None:
    """Amina's two, with what she wants to talk about and what they agreed (she has not said yet whether it is right),
    and those of the others. Nobody has written down Sofie's yet.
    """
    vault, today = stage.people["Amina"].vault, local_date(stage.now)
    held = instant(_weekday(today - timedelta(days=14), -1), time(14))
    written, first, agreed = held + timedelta(hours=2), new_id(), stage.t("Amina", "meeting.agreed")
    _put(
        stage, "Amina", METTE, first, ("first", "where"), held, made_at=held - timedelta(days=6),
        state=MeetingState.HELD.value, agreed_sealed=vault.seal("meeting", "agreed", first, agreed),
        agreed_at=written, agreed_by=stage.staff[METTE], agreed_version=1,
    )  # fmt: skip
    _event(stage, "Amina", first, "held", rules.ends(held, _MINUTES))
    _event(stage, "Amina", first, "agreed", written, by=METTE, words=agreed)

    ahead, following = instant(_weekday(today + timedelta(days=3), 1), time(13)), new_id()
    moved, thought = stage.ago(5, 11), stage.ago(1, 20, 12)
    _put(
        stage, "Amina", METTE, following, ("next", "where"), ahead, made_at=written, told_at=moved, sequence=1,
        **_topics(stage, "Amina", following, "meeting.topics", thought),
    )  # fmt: skip
    _event(stage, "Amina", following, "moved", moved, by=METTE)
    _event(stage, "Amina", following, "topics", thought)
    for who, by, days, hour, where in _OTHERS:
        _other(
            stage, who, by, instant(_weekday(today + timedelta(days=days), 1 if days > 0 else -1), time(hour)), where
        )


def _other(stage: Stage, who: str, by: str, starts_at: datetime, where: str) -> None:
    key, content = new_id(), (who.lower(), f"at.{where}")
    ends_at = rules.ends(starts_at, _MINUTES)
    if ends_at > stage.now:
        made, thought = stage.ago(4, 10), stage.ago(1, 18, 40)
        about = _topics(stage, who, key, "meeting.noah.topics", thought) if who == "Noah" else {}
        _put(stage, who, by, key, content, starts_at, made_at=made, **about)
        if about:
            _event(stage, who, key, "topics", thought)
        return
    agreed: dict[str, Any] = {}
    written = stage.worked(ends_at, 1.5)
    if who != "Sofie":
        words = stage.t(who, f"meeting.{who.lower()}.agreed")
        sealed = stage.people[who].vault.seal("meeting", "agreed", key, words)
        agreed = {"agreed_sealed": sealed, "agreed_at": written, "agreed_by": stage.staff[by], "agreed_version": 1,
                  "verdict": Verdict.RIGHT.value}  # fmt: skip
    _put(
        stage, who, by, key, content, starts_at, made_at=starts_at - timedelta(days=8), state=MeetingState.HELD.value,
        **agreed,
    )  # fmt: skip
    _event(stage, who, key, "held", ends_at)
    if agreed:
        _event(stage, who, key, "agreed", written, by=by, words=words)


def _topics(stage: Stage, who: str, meeting: str, key: str, at: datetime) -> dict[str, Any]:
    sealed = stage.people[who].vault.seal("meeting", "topics", meeting, stage.t(who, key))
    return {"topics_sealed": sealed, "topics_at": at}


def _put(
    stage: Stage, who: str, by: str, meeting: str, content: tuple[str, str], starts_at: datetime, *, made_at: datetime,
    told_at: datetime | None = None, state: str = MeetingState.PLANNED.value, **known: object,
) -> None:  # fmt: skip
    """A meeting that somebody of the desk made; `content` is about what, and where."""
    young, told = stage.people[who], told_at or made_at
    about, where = (stage.t(who, f"meeting.{part}") for part in content)
    stage.batch.add(
        "meeting", id=meeting, municipality_id=young.municipality_id, person_id=young.id, starts_at=starts_at,
        ends_at=rules.ends(starts_at, _MINUTES), made_by_id=stage.staff[by], made_at=made_at, told_at=told,
        content_sealed=seal_content(young.vault, meeting, Content(about, where, by)), state=state,
        remind_at=rules.remind_at(starts_at, told) if state == MeetingState.PLANNED.value else None, **known,
    )  # fmt: skip
    _event(stage, who, meeting, "made", made_at, by=by)
    writing.put_trail(stage.batch, young, "meeting.make", stage.staff[by], made_at, meeting)


def _event(stage: Stage, who: str, meeting: str, deed: str, at: datetime, *, by: str = "", words: str = "") -> None:
    young, key = stage.people[who], new_id()
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
