"""What happens on the stage while somebody is killed, and what must be true afterwards."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from typing import Any

from models.actions import inbox, messages
from models.domain.delivery import LetterClass
from models.tables.outbox import Letter
from models.transactions import HOUSE, Scoped, reading
from tests.kill.points import POINTS, Point
from tests.kill.stage import Stage, Truth

CRISIS = "jeg vil ikke leve mere"
REPLIES = {"amina": "Jeg ringer til dig i morgen.", "jonas": "Nøglen ligger hos Siri.", "astrid": "Vi ses i Odsherred."}
#: What each person may see of staff; anybody else's name in the chat would be somebody else's message.
CASEWORKERS = {"amina": "Mette", "leila": "Mette", "jonas": "Siri", "astrid": "Odd"}


class Story(ABC):
    """One story. `kind`: the letter whose fate is told. `points`: where it may be killed."""

    name: str
    kind: str
    #: The passage at which the victim is killed, point by point; the first where none is named.
    passages: dict[str, int] = {}  # noqa: RUF012 (each story names its own)
    without: frozenset[str]

    @classmethod
    def points(cls) -> tuple[Point, ...]:
        """Where this story passes."""
        return tuple(point for point in POINTS if point.name not in cls.without)

    @abstractmethod
    async def play(self, stage: Stage) -> None:
        """Everything until the victim begins."""

    @abstractmethod
    def holds(self, truth: Truth) -> None:
        """What this story wants of the database, wherever somebody was killed."""

    def fate(self, point: Point) -> tuple[str, int, int]:
        """Of the letter in hand: its state in the end, how often it was seen, how often its end was unknown."""
        seen = {"claimed": 1, "gone": 2}.get(point.letter, 1)
        return "sent", seen, int(point.letter in {"claimed", "gone"})


class YoungPersonWrites(Story):
    """Amina writes three times, Jonas and Astrid once: every word is kept once, every receipt comes."""

    name, kind = "a young person writes", "message.receipt"
    without = frozenset({"writing", "posted"})
    passages = {"storing": 2, "due": 2}  # noqa: RUF012
    written = (
        ("amina", "Kan jeg få hjælp til min husleje?"), ("jonas", "Hvornår skal jeg møde?"),
        ("amina", CRISIS), ("astrid", "Hvem er min kontaktperson nu?"), ("amina", "Er du der?"),
    )  # fmt: skip

    async def play(self, stage: Stage) -> None:
        for name, words in self.written:
            await stage.phones[name].write(words)

    def holds(self, truth: Truth) -> None:
        for name in ("amina", "jonas", "astrid"):
            assert truth.messages[name] == [("in", words) for who, words in self.written if who == name]
        assert [row["state"] for row in truth.updates] == ["done"] * len(self.written)
        assert truth.alerts == [("amina", "crisis_words")]
        kinds = Counter((letter["name"], letter["kind"]) for letter in truth.letters)
        assert kinds == {
            ("amina", "message.first"): 1, ("amina", "crisis"): 1, ("amina", "message.receipt"): 2,
            ("jonas", "message.first"): 1, ("astrid", "message.first"): 1,
        }  # fmt: skip
        assert all(row["promised_at"] is not None and row["waiting_since"] is not None for row in truth.threads)
        assert sorted(row["version"] for row in truth.threads) == [1, 1, 3]


class StaffReply(Story):
    """Three members of staff answer; each answer is seen, twice only where the end was unknown, and then marked."""

    name, kind = "staff reply", "message.reply"
    without = frozenset({"fetched", "storing", "stored", "offset", "claimed", "handling", "undone", "done"})
    passages = {"due": 2, "rendering": 2, "taken": 2, "settled": 2}  # noqa: RUF012

    async def play(self, stage: Stage) -> None:
        await _asked(stage)
        stage.deeds = [stage.reply(name, words) for name, words in REPLIES.items()]

    def holds(self, truth: Truth) -> None:
        for name, words in REPLIES.items():
            assert truth.messages[name] == [("in", f"Spørgsmål fra {name}?"), ("out", words)]
        assert [(letter["name"], letter["kind"], letter["state"]) for letter in truth.letters] == [
            (name, "message.reply", "sent") for name in REPLIES
        ]
        assert all(letter["resent"] == bool(letter["unknowns"]) for letter in truth.letters)
        assert [(row["waiting_since"], row["promised_at"]) for row in truth.threads] == [(None, None)] * 3
        assert truth.alerts == []


class QuestionPressed(Story):
    """Amina presses an answer: it counts once, and the next question stands where the first one stood."""

    name, kind = "a check-in answer is pressed", "checkin.question"
    without = frozenset({"writing", "posted"})

    async def play(self, stage: Stage) -> None:
        phone = stage.phones["amina"]
        async with stage.at_home() as bot:
            await phone.write("/tjekind")
            await stage.pump(bot)
            await phone.press(*await _first_button(HOUSE, "checkin.choose"))
            await stage.pump(bot)
            await stage.remember(letters=2)
            question = await _first_button(HOUSE, "checkin.question")
        await phone.press(*question)

    def holds(self, truth: Truth) -> None:
        assert [name for name, _ in truth.answers] == ["amina"]
        assert [row["state"] for row in truth.updates] == ["done"] * 3
        assert [(letter["kind"], letter["state"]) for letter in truth.letters] == [
            ("checkin.choose", "sent"), ("checkin.question", "sent"), ("checkin.question", "sent")
        ]  # fmt: skip
        assert truth.alerts == []

    def fate(self, point: Point) -> tuple[str, int, int]:
        state, _, unknowns = super().fate(point)
        # The same words put in the same place twice are seen once.
        return state, 1, unknowns


class ReadNudge(Story):
    """Staff read what was written; the receipt then says so, once or not at all, never twice."""

    name, kind = "a nudge: your message was read", "message.read"
    without = StaffReply.without

    async def play(self, stage: Stage) -> None:
        await _asked(stage, receipts=True)
        stage.deeds = [stage.read(name) for name in REPLIES]

    def holds(self, truth: Truth) -> None:
        assert Counter((letter["name"], letter["kind"]) for letter in truth.letters) == {
            (name, kind): 1 for name in REPLIES for kind in ("message.first", "message.read")
        }
        assert all(letter["state"] == ("unsure" if letter["unknowns"] else "sent") for letter in truth.letters)
        assert all(row["waiting_since"] is not None for row in truth.threads)

    def fate(self, point: Point) -> tuple[str, int, int]:
        if point.letter == "claimed":
            return "unsure", 0, 1
        return ("unsure", 1, 1) if point.letter == "gone" else ("sent", 1, 0)


STORIES: tuple[type[Story], ...] = (YoungPersonWrites, StaffReply, QuestionPressed, ReadNudge)


async def nothing_is_lost_or_doubled(stage: Stage, truth: Truth, *, kills: int = 1) -> None:
    """What holds in every story: each chat saw each of its letters, and nothing else, as often as it may have."""
    assert [letter for letter in truth.letters if letter["state"] in {"queued", "waiting", "sending", "dead"}] == []
    assert len({row["update_id"] for row in truth.updates}) == len(truth.updates)
    for name in stage.phones:
        own = [letter for letter in truth.letters if letter["name"] == name and letter["id"] > stage.letters_before]
        seen = await stage.seen(name, "message", "edit")
        surely = sum(letter["state"] == "sent" for letter in own)
        assert surely <= len(seen) <= len(own) + sum(_may_double(letter) for letter in own), name
        foreign = {who for who in CASEWORKERS.values() if who != CASEWORKERS[name]}
        foreign |= {words for other, words in REPLIES.items() if other != name}
        foreign |= {f"til {other}." for other in REPLIES if other != name}
        assert [words for words in foreign for entry in seen if words in entry["text"]] == []
    assert sum(letter["unknowns"] for letter in truth.letters) <= kills * len(stage.phones)


def _may_double(letter: dict[str, Any]) -> int:
    never = letter["letter_class"] in {LetterClass.NUDGE.value, LetterClass.BROADCAST.value}
    return 0 if never else int(letter["unknowns"])


async def _asked(stage: Stage, *, receipts: bool = False) -> None:
    """Everybody but Leila has asked something, and perhaps has a receipt on the screen."""
    async with stage.at_home() as bot:
        for name in REPLIES:
            person = stage.people[name]
            await messages.receive(
                person, f"Spørgsmål fra {name}?", source_key=inbox.source_key(person, 1), now=stage.now(),
                receipt=receipts,
            )  # fmt: skip
        await bot.deliveries["webchat"].drain()
        await stage.remember(letters=len(REPLIES) if receipts else 0)


@reading
async def _first_button(scope: Scoped, kind: str) -> tuple[int, str]:
    """Where the first button of the newest letter of this kind is, and what it sends."""
    letter = await Letter.filter(kind=kind).order_by("-id").first()
    assert letter is not None
    assert letter.message_id is not None
    return letter.message_id, f"{letter.nonce}.0"
