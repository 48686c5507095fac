"""The people with a name in the demo: who they are, and where their conversations, offers and check-ins stand today.

Everything is told relative to `now`. Amina, Jonas, Leila, Noah and Freja are played by the visitor; the others have
phones that are not shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from hoert.demo import answers, writing
from hoert.demo.people import PLACE, Step, World, Young, born, dice_for
from hoert.demo.writing import HOURS, Talk
from locales import text
from models.actions.invented import Batch
from models.actions.offers import Content
from models.domain import promises
from models.domain.alerts import Reason, about_silence
from models.domain.localtime import instant, local_date
from models.domain.progress import Way
from models.domain.register import Group, leaves_at, offer_deadline
from models.tables.fields import new_id
from models.tables.keys import Vault


@dataclass(frozen=True, slots=True)
class Named:
    """One named person: turned `age` `since` days ago, joined `joined` days ago (0: not yet), came onto the register
    `entered` days ago (0: when their age says). `silent`: said no to check-ins, and has not been heard from.
    """

    first: str
    last: str
    age: int
    since: int
    caseworker: str
    joined: int
    language: str = "da"
    persona: bool = False
    state: str = "active"
    aftercare: str = "yes"
    offered: int = 200
    scores: tuple[int, ...] = ()
    entered: int = 0
    silent: bool = False
    purposes: tuple[str, ...] = ("messages", "checkins", "figures")


METTE, SIRI, LARS, KIRSTEN, PER = "Mette Holm", "Siri Kjær", "Lars Bech", "Kirsten Dam", "Per Lund"

#: Contacts outside the chat: who, by whom, days ago, at which hour, how, and what was said (demo.contact.<key>).
_CONTACTS = (
    ("Jonas", SIRI, 31, 10, Way.PHONE, "jonas"), ("Sofie", METTE, 12, 13, Way.VISIT, "sofie"),
    ("Victor", METTE, 19, 11, Way.VISIT, "victor"), ("Malou", KIRSTEN, 33, 9, Way.LETTER, "malou"),
    ("Elias", LARS, 26, 14, Way.VISIT, "elias"), ("Clara", LARS, 7, 10, Way.PHONE, "clara"),
    ("Noah", LARS, 6, 12, Way.VISIT, "noah"),
)  # fmt: skip

NAMED: tuple[Named, ...] = (
    Named("Amina", "Yusuf", 19, 191, METTE, 270, persona=True, offered=410,
          scores=(44, 48, 56, 60, 60, 64, 60, 52, 40), purposes=("messages", "checkins", "figures", "panel")),
    Named("Jonas", "Bak", 20, 110, SIRI, 420, persona=True, scores=(52, 60, 64, 64, 72, 68)),
    Named("Leila", "Haddad", 18, 272, METTE, 200, persona=True, state="blocked", aftercare="no", offered=0),
    Named("Noah", "Winther", 22, 297, LARS, 600, language="en", persona=True, scores=(64, 60, 68, 56, 60)),
    Named("Freja", "Lindholm", 18, 24, METTE, 0, persona=True, aftercare="no", offered=0),
    Named("Sofie", "Brink", 19, 60, METTE, 300, scores=(56, 48, 44)),
    Named("Mads", "Rold", 21, 200, SIRI, 500, aftercare="no", offered=40),
    Named("Emil", "Sonne", 18, 150, KIRSTEN, 120, aftercare="no", offered=9),
    Named("Elias", "Tang", 20, 300, LARS, 380, scores=(48, 44, 40, 28)),
    Named("Malou", "Kirk", 22, 90, KIRSTEN, 700),
    Named("Yasmin", "Amiri", 19, 320, SIRI, 330),
    Named("Josefine", "Rask", 20, 30, METTE, 410, aftercare="no", offered=0),
    Named("Oliver", "Fisker", 19, 250, SIRI, 310, aftercare="declined", offered=30),
    Named("Clara", "Stensgaard", 18, 220, LARS, 190, aftercare="no", offered=12),
    Named("Victor", "Damgaard", 21, 20, METTE, 450),
    Named("Frederik", "Aaby", 20, 160, KIRSTEN, 400, aftercare="declined", offered=260, silent=True),
    Named("Ida", "Ploug", 19, 10, METTE, 350),
    Named("Silas", "Damm", 18, 12, "", 0, aftercare="no", offered=0, entered=3),
)  # fmt: skip


@dataclass(slots=True)
class Stage:
    """Where the stories are told: what is written, when it is, and who works in Randers."""

    batch: Batch
    world: World
    now: datetime
    staff: dict[str, str]
    over: Vault
    people: dict[str, Young] = field(default_factory=dict)

    def ago(self, days: int, hour: int, minute: int = 0) -> datetime:
        """A local time some days ago, never later than a few minutes before now."""
        day = local_date(self.now) - timedelta(days=days)
        return min(instant(day, time(hour, minute)), self.now - timedelta(minutes=4))

    def worked(self, at: datetime, hours: float) -> datetime:
        """So many working hours after a moment, never in the future."""
        return min(promises.add_working_time(at, HOURS, timedelta(hours=hours)), self.now - timedelta(minutes=3))

    def next(self, before: datetime | None, wished: datetime) -> datetime:
        """When the next message of a thread is written: as wished, but after the one before it and before now."""
        earliest = wished if before is None else max(wished, before + timedelta(minutes=2))
        return min(earliest, self.now - timedelta(minutes=2))

    def t(self, who: str, key: str) -> str:
        """A text of the story in the language of the person it is about."""
        return text(f"demo.{key}", self.people[who].language)


def reference_of(number: int) -> str:
    """How the register of Randers knows a named person."""
    return f"RAN-N{number:03d}"


def joined_at(named: Named, today: date) -> datetime:
    """When a named person came to the chat."""
    return instant(today - timedelta(days=named.joined), time(16, 20))


def young_of(world: World, named: Named, vault: Vault, wrapped: bytes, number: int) -> Young:
    """A named person as the world knows everybody."""
    today = local_date(world.seeded_at)
    birth = born(today, named.age, named.since)
    offered = today - timedelta(days=named.offered) if named.offered else None
    return Young(
        id=vault.person_id, place=PLACE["randers"], municipality_id=vault.municipality_id,
        reference=reference_of(number), first_name=named.first, last_name=named.last, birth=birth,
        group=Group.PLACED if number % 3 else Group.CONTACT_PERSON, language=named.language,
        entered_on=today - timedelta(days=named.entered) if named.entered else max(offer_deadline(birth), world.begins),
        left_on=leaves_at(birth), offered_on=offered,
        joined_at=joined_at(named, today) if named.joined else None, situation="told", figures=True,
        checkins=not named.silent, leaning=0.2, eager=1.2, mood=55.0, who5_weeks=0, who5_day=0, talks=False,
        vault=vault, wrapped=wrapped, persona=named.persona, silent=named.silent,
    )  # fmt: skip


def tell(stage: Stage) -> None:
    """Write down all that has happened to the named people."""
    for named in NAMED:
        _scores(stage, stage.people[named.first], named.scores)
    _amina(stage)
    _jonas(stage)
    _noah(stage)
    _leila(stage)
    _waiting(stage)
    _quiet(stage)
    _offers(stage)
    _feedback(stage)


def _scores(stage: Stage, young: Young, scores: tuple[int, ...]) -> None:
    today, dice = local_date(stage.now), dice_for(stage.world.rng_seed, young.reference)
    for number, score in enumerate(scores):
        day = today - timedelta(days=28 * (len(scores) - number))
        answers.put(
            stage.batch, stage.world, answers.who5_asking(young, day, score, dice), stage.over, stage.now
        )  # fmt: skip


def _chat(stage: Stage, who: str, staff: str, lines: tuple[tuple[int, int, int, str], ...]) -> Talk:
    """A conversation: (days ago, hour, minute, key) for what the person writes; minute -1 for a human's answer, so many
    working hours later.
    """
    young, staff_id = stage.people[who], stage.staff[staff]
    talk = Talk(stage.batch, young)
    for days, hour, minute, key in lines:
        if minute >= 0:
            at = stage.next(talk.last_at, stage.ago(days, hour, minute))
            talk.hears(at, stage.t(who, key), key=f"invented:story:{key}")
        else:
            start = stage.ago(days, 8) if days else talk.last_at or stage.now
            at = stage.next(
                talk.last_at,
                stage.worked(max(start, talk.last_at or start), hour + len(key + who) * talk.version % 41 / 60),
            )
            message = talk.says(at, stage.t(who, key), staff_id)
            writing.put_trail(stage.batch, young, "thread.read", staff_id, at - timedelta(minutes=6), talk.thread_id)
            writing.put_trail(stage.batch, young, "thread.reply", staff_id, at, message)
    for name, by, days, hour, way, key in _CONTACTS:
        if name == who:
            at = stage.worked(stage.ago(days, hour - 1), 0.8)
            talk.met(at, text(f"demo.contact.{key}", "da"), stage.staff[by], way)
            writing.put_trail(stage.batch, young, "contact.note", stage.staff[by], at + timedelta(minutes=8))
    return talk


def _amina(stage: Stage) -> None:
    young, mette = stage.people["Amina"], stage.staff[METTE]
    talk = _chat(stage, "Amina", METTE, (
        (48, 19, 12, "amina.01"), (0, 2, -1, "amina.02"), (45, 20, 40, "amina.03"), (0, 1, -1, "amina.04"),
        (43, 16, 5, "amina.05"), (0, 1, -1, "amina.05b"), (40, 15, 30, "amina.06"), (0, 1, -1, "amina.07"),
        (37, 17, 2, "amina.08"),
        (0, 2, -1, "amina.09"), (29, 18, 44, "amina.10"), (0, 1, -1, "amina.11"), (26, 22, 50, "amina.12"),
        (0, 1, -1, "amina.13"), (23, 16, 20, "amina.14"), (0, 2, -1, "amina.15"), (20, 17, 15, "amina.16"),
        (0, 1, -1, "amina.17"),
    ))  # fmt: skip
    talk.notes(stage.next(talk.last_at, stage.worked(stage.ago(18, 9), 1)), stage.t("Amina", "amina.note"), mette)
    rest = (
        (17, "amina.18", True), (16, "amina.19", False), (12, "amina.20", False), (11, "amina.21", True),
        (6, "amina.22", False), (5, "amina.23", True), (4, "amina.24", False), (2, "amina.25", True),
    )  # fmt: skip
    for days, key, by_mette in rest:
        if by_mette:
            at = stage.next(talk.last_at, stage.worked(stage.ago(days, 8), 2 + days % 7 / 9))
            talk.says(at, stage.t("Amina", key), mette)
        else:
            at = stage.next(talk.last_at, stage.ago(days, 16, 31))
            talk.hears(at, stage.t("Amina", key), key=f"invented:story:{key}")
    talk.seen(stage.now - timedelta(hours=5), mette)
    talk.close(mette)
    fell = stage.ago(28, 17)
    writing.put_alert(
        stage.batch, young, Reason.FALLING_WELLBEING, fell, mette, taken_at=stage.worked(fell, 1),
        closed_at=stage.worked(fell, 4), done=stage.t("Amina", "done.falling_wellbeing"),
    )  # fmt: skip
    due = min(stage.now - timedelta(minutes=1), instant(local_date(stage.now), time(16)))
    stage.batch.add(
        "check_in", id=new_id(), municipality_id=young.municipality_id, person_id=young.id, instrument="who5",
        version=1, period=local_date(stage.now).isoformat(), asked_by="clock", state="due", due_at=due,
        expires_at=due + timedelta(days=4),
    )  # fmt: skip


def _jonas(stage: Stage) -> None:
    talk = _chat(stage, "Jonas", SIRI, (
        (22, 18, 20, "jonas.01"), (0, 2, -1, "jonas.02"), (18, 21, 5, "jonas.03"), (0, 1, -1, "jonas.04"),
        (4, 2, -1, "jonas.05"),
    ))  # fmt: skip
    at = stage.next(talk.last_at, stage.now - timedelta(minutes=70))
    talk.hears(at, stage.t("Jonas", "jonas.06"), key="invented:story:jonas.06")
    talk.close(stage.staff[SIRI])


def _noah(stage: Stage) -> None:
    _chat(stage, "Noah", LARS, (
        (13, 12, 15, "noah.01"), (0, 3, -1, "noah.02"), (9, 19, 30, "noah.03"), (0, 2, -1, "noah.04"),
    )).close(stage.staff[LARS])  # fmt: skip


def _leila(stage: Stage) -> None:
    young, mette = stage.people["Leila"], stage.staff[METTE]
    talk = _chat(stage, "Leila", METTE, ((24, 15, 10, "leila.01"), (0, 2, -1, "leila.02")))
    at = stage.next(talk.last_at, stage.worked(stage.ago(2, 8), 1))
    talk.says(at, stage.t("Leila", "leila.03"), mette, letter="held")
    stage.batch.new["letter"][-1]["reason"] = "blocked"
    talk.close(mette)
    writing.put_alert(stage.batch, young, Reason.BLOCKED, at, mette, about=young.link_id)


def _waiting(stage: Stage) -> None:
    """What needs somebody now: words of crisis, what cannot wait, a promise that was broken."""
    mette, siri, lars = stage.staff[METTE], stage.staff[SIRI], stage.staff[LARS]
    sofie = _chat(stage, "Sofie", METTE, ((16, 14, 10, "sofie.01"), (0, 2, -1, "sofie.02")))
    at = stage.now - timedelta(minutes=6)
    row = sofie.hears(at, stage.t("Sofie", "sofie.03"), key="invented:story:sofie.03", in_crisis=True)
    sofie.close(mette)
    young = stage.people["Sofie"]
    writing.put_alert(stage.batch, young, Reason.CRISIS_WORDS, at, mette, about="invented:story:sofie.03")
    writing.put_letter(stage.batch, young, "crisis", f"crisis:{row['id']}", str(row["id"]), at)

    mads, at = Talk(stage.batch, stage.people["Mads"]), stage.now - timedelta(minutes=21)
    row = mads.hears(at, stage.t("Mads", "mads.01"), key="invented:story:mads.01")
    mads.close(siri)
    writing.put_alert(stage.batch, mads.young, Reason.CANNOT_WAIT, at, siri, about=str(row["id"]))

    emil, at = Talk(stage.batch, stage.people["Emil"]), stage.ago(6, 15, 40)
    row = emil.hears(at, stage.t("Emil", "emil.01"), key="invented:story:emil.01")
    broken = row["promised_at"]
    if not isinstance(broken, datetime) or broken >= stage.now:
        # Around long holidays the promise still runs; then it is simply one more that waits.
        emil.close(lars)
        return
    emil.late(broken)
    renewed = row["promised_at"]
    if isinstance(renewed, datetime) and renewed <= stage.now:
        # Lars has said today by when.
        row["promised_at"] = renewed = promises.promise(stage.now - timedelta(minutes=20), HOURS, urgent=True)
    emil.seen(broken + timedelta(minutes=5), lars)
    emil.notes(stage.next(emil.last_at, stage.worked(broken, 1)), stage.t("Emil", "emil.note"), lars)
    emil.close(lars)
    key = str(row["id"])
    writing.put_letter(stage.batch, emil.young, "message.late", f"late:{key}", key, broken, args={"by": lars})
    taken = stage.worked(broken, 0.5)
    writing.put_alert(
        stage.batch, emil.young, Reason.BROKEN_PROMISE, broken, lars, about=str(row["id"]),
        taken_at=taken if isinstance(renewed, datetime) else None,
    )  # fmt: skip


def _quiet(stage: Stage) -> None:
    """Conversations that have come to rest, and letters with trouble on their way."""
    lars, kirsten = stage.staff[LARS], stage.staff[KIRSTEN]
    elias = _chat(stage, "Elias", LARS, ((5, 20, 30, "elias.01"),))
    at = stage.next(elias.last_at, stage.worked(elias.last_at or stage.now, 1))
    elias.says(at, stage.t("Elias", "elias.02"), lars, letter="unsure")
    stage.batch.new["letter"][-1]["reason"] = "read_timeout"
    elias.close(lars)
    low = stage.ago(28, 17)
    writing.put_alert(
        stage.batch, elias.young, Reason.LOW_WELLBEING, low, lars, taken_at=stage.worked(low, 1)
    )  # fmt: skip
    malou = _chat(stage, "Malou", KIRSTEN, ((34, 11, 5, "malou.01"),))
    malou.says(stage.worked(malou.last_at or stage.now, 3), stage.t("Malou", "malou.02"), kirsten, letter="dead")
    stage.batch.new["letter"][-1]["reason"] = "file_too_big"
    malou.close(kirsten)
    yasmin = Talk(stage.batch, stage.people["Yasmin"])
    yasmin.hears(stage.ago(3, 13, 48), stage.t("Yasmin", "yasmin.01"), key="invented:story:yasmin.01")
    yasmin.close(stage.staff[SIRI])
    josefine = Talk(stage.batch, stage.people["Josefine"])
    josefine.hears(stage.ago(8, 10, 2), stage.t("Josefine", "josefine.01"), key="invented:story:josefine.01")
    josefine.notes(
        stage.worked(stage.ago(8, 10, 2), 3), stage.t("Josefine", "josefine.contact"), stage.staff[METTE], contact=True
    )
    josefine.close(stage.staff[METTE])
    for who, staff in (("Victor", METTE), ("Clara", LARS)):
        _chat(stage, who, staff, ()).close(stage.staff[staff])
    _silence(stage)


def _silence(stage: Stage) -> None:
    """Frederik, who was last heard from ten weeks ago, was written to and called, and is followed up on since today."""
    young, kirsten = stage.people["Frederik"], stage.staff[KIRSTEN]
    talk = Talk(stage.batch, young)
    talk.says(stage.worked(stage.ago(66, 9), 2), stage.t("Frederik", "frederik.01"), kirsten)
    talk.notes(stage.worked(stage.ago(38, 9), 3), text("demo.frederik.missed", "da"), kirsten, missed=True)
    talk.close(kirsten)
    writing.put_alert(
        stage.batch, young, Reason.NO_CONTACT, stage.now - timedelta(hours=3), stage.staff[LARS],
        about=about_silence(local_date(last_heard(stage.now))),
    )  # fmt: skip


def last_heard(now: datetime) -> datetime:
    """When somebody who is silent last looked into the chat."""
    return instant(local_date(now) - timedelta(days=71), time(19, 12))


def _offers(stage: Stage) -> None:
    """An offer in every state; Amina's waits for her answer."""
    first = _next_month(local_date(stage.now))
    meeting = first + timedelta(days=(3 - first.weekday()) % 7)
    waiting = writing.content_of(
        {
            **offer_fields(stage.people["Amina"], "contact_person", "Rasmus Toft"),
            "starts": first.isoformat(),
            "next_meeting": instant(meeting, time(15)).isoformat(),
        }
    )
    day, at = timedelta(days=1), stage.ago
    amina = stage.people["Amina"]
    offered = max(stage.worked(at(2, 8), 1.5), at(3, 12))
    put = (
        ("Amina", METTE, "stay_on", "Birgit og Palle Krog", (
            ("published", at(410, 10)), ("seen", at(409, 16)), ("yes", at(405, 17)), ("started", at(395, 9)),
            ("ended", at(55, 12)),
        )),
        ("Jonas", SIRI, "contact_person", "Thit Nørby", (
            ("published", at(200, 11)), ("seen", at(199, 18)), ("yes", at(199, 18, 5)), ("started", at(190, 9)),
        )),
        ("Noah", LARS, "own_home", "Bo Ravnkilde", (
            ("published", at(200, 9)), ("seen", at(198, 20)), ("yes", at(197, 20)), ("started", at(188, 10)),
        )),
        ("Leila", METTE, "mentor", "", (("drafted", at(6, 13)),)),
        ("Freja", METTE, "contact_person", "", (("drafted", at(4, 9, 30)),)),
        ("Sofie", METTE, "own_home", "Bo Ravnkilde", (
            ("published", at(200, 9)), ("seen", at(198, 20)), ("yes", at(197, 20)), ("started", at(188, 10)),
        )),
        ("Mads", SIRI, "own_home", "Thit Nørby", (
            ("published", at(40, 9)), ("seen", at(38, 20)), ("yes", at(4, 20)),
        )),
        ("Emil", KIRSTEN, "mentor", "Carl Vestrup", (("published", at(9, 10)), ("seen", at(8, 15)))),
        ("Elias", LARS, "therapy", "", (
            ("published", at(200, 9)), ("seen", at(198, 20)), ("yes", at(190, 20)), ("started", at(180, 10)),
        )),
        ("Malou", KIRSTEN, "contact_person", "Thit Nørby", (
            ("published", at(200, 9)), ("yes", at(198, 20)), ("started", at(188, 10)), ("ended", at(36, 10)),
        )),
        ("Yasmin", SIRI, "group", "", (("published", at(200, 9)), ("yes", at(198, 20)), ("started", at(188, 10)))),
        ("Oliver", SIRI, "contact_person", "Thit Nørby", (
            ("published", at(30, 9)), ("seen", at(29, 20)), ("no", at(27, 20), "no.1"),
        )),
        ("Clara", LARS, "own_home", "Bo Ravnkilde", (
            ("published", at(12, 9)), ("seen", at(11, 19)), ("ask", at(11, 19, 4), "ask.1"),
            ("change", at(8, 20), "change.1"),
        )),
        ("Victor", METTE, "step_down", "Lis og Carsten", (
            ("published", at(200, 9)), ("yes", at(198, 20)), ("started", at(188, 10)), ("paused", at(20, 11)),
        )),
        ("Frederik", KIRSTEN, "group", "", (("published", at(260, 9)), ("no", at(250, 20), "no.3"))),
        ("Ida", METTE, "stay_on", "", (("published", at(200, 9)), ("yes", at(198, 20)), ("started", at(188, 10)))),
    )  # fmt: skip
    for who, staff, kind, whom, steps in put:
        young = stage.people[who]
        told = [Step(s[0], s[1], stage.t(who, str(s[2])) if len(s) > 2 else "") for s in steps]
        content = writing.content_of(offer_fields(young, kind, whom))
        writing.put_offer(stage.batch, young, kind, content, told, stage.staff[staff])
    writing.put_offer(
        stage.batch, amina, "contact_person", waiting,
        [Step("drafted", offered - day / 24), Step("published", offered)], stage.staff[METTE],
    )  # fmt: skip
    writing.put_trail(stage.batch, amina, "offer.publish", stage.staff[METTE], offered)


def offer_fields(young: Young, kind: str, with_whom: str) -> dict[str, str]:
    """What an offer of this kind says, in the young person's language."""
    told = {part: text(f"demo.offer.{kind}.{part}", young.language) for part in ("title", "what", "purpose")}
    often, where = text(f"demo.offer.{kind}.often", young.language), text("demo.offer.where", young.language)
    return {**told, "how_often": often, "with_whom": with_whom, "where": where if kind == "contact_person" else ""}


def _feedback(stage: Stage) -> None:
    at, lars, mette = stage.ago, stage.staff[LARS], stage.staff[METTE]
    for who, about, days, by, state, heard in (
        ("Clara", "offer", 40, lars, "done", 5),
        ("Victor", "decision", 52, mette, "explained", 3),
        ("Amina", "something_good", 61, mette, "done", 5),
        ("Jonas", "something_else", 75, stage.staff[SIRI], "done", 4),
    ):
        writing.put_feedback(
            stage.batch, stage.people[who], about, "caseworker", at(days, 17, 25), state=state, by=by, heard=heard,
            words=stage.t(who, f"feedback.{about}.words"), answer=stage.t(who, f"feedback.{about}.answer"),
            seen_at=at(days - 1, 9), closed_at=at(days - 2, 11),
        )  # fmt: skip
    writing.put_feedback(
        stage.batch, stage.people["Ida"], "meeting", "caseworker", at(1, 17, 25),
        words=stage.t("Ida", "feedback.meeting.words"),
    )  # fmt: skip
    writing.put_feedback(
        stage.batch, stage.people["Oliver"], "caseworker", "someone_else", at(1, 8, 25), state="seen",
        words=stage.t("Oliver", "feedback.caseworker.words"), seen_at=stage.worked(at(1, 8, 25), 3),
        by=stage.staff[PER],
    )  # fmt: skip
    writing.put_feedback(
        stage.batch, stage.people["Yasmin"], "decision", "statistics", at(15, 17, 25), state="done",
        closed_at=at(15, 17, 25),
    )  # fmt: skip


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def offered_content(young: Young, kind: str, with_whom: str, starts: date | None) -> Content:
    """The content of an ordinary offer, with its first day where that is known."""
    return writing.content_of({**offer_fields(young, kind, with_whom), "starts": starts.isoformat() if starts else ""})
