"""What /metrics says, made at the moment it is asked: gauges read from rows, counters kept by this process.

A label is a bot, a class, a state, a tick or a version: never a person, a municipality or an id.
"""

from __future__ import annotations

import platform
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from models.domain.delivery import LetterClass, LetterState
from models.queries.watch import Watch
from scheduler.jobs import TICKS

#: Every figure of ours: its name and what it says. `docs/operations.md` lists the same.
HELP: Final[Mapping[str, str]] = {
    "hoert_build_info": "1, with the version of Hørt and of Python.",
    "hoert_schema_info": "1, with the newest migration the database has.",
    "hoert_database_up": "1 when the database answered this time, else 0 (then nothing that is read from it is here).",
    "hoert_database_answer_seconds": "How long the database took to answer.",
    "hoert_draining": "1 while this process finishes what it has in hand and stops.",
    "hoert_inbox_waiting": "Updates on disk that are not processed yet.",
    "hoert_inbox_oldest_seconds": "For how long the oldest of them has waited; 0 when none waits.",
    "hoert_inbox_dead": "Updates that could not be processed and that no coordinator has dealt with.",
    "hoert_letters": "Letters to young people that are not settled, and those only staff can settle.",
    "hoert_letters_due": "Letters that may leave now and have not.",
    "hoert_letters_due_oldest_seconds": "For how long the oldest of them could have left; 0 when none is due.",
    "hoert_deliveries": "Calls that carried a letter, by what became of the letter, since this process began.",
    "hoert_receiver_contact_age_seconds": "Since the server of a bot was last reached, or last reached us.",
    "hoert_webhook_pending": "Updates Telegram keeps because we have not taken them (webhook only).",
    "hoert_webhook_answers": "Calls of the webhook, by what was made of them, since this process began.",
    "hoert_bot_frozen_seconds": "For how long the server of a bot still wants nothing from us; 0 when it is open.",
    "hoert_bot_stopped": "1 when the token is refused or somebody else receives for this bot.",
    "hoert_tick_age_seconds": "Since a tick of the clock last ran to its end.",
    "hoert_tick_interval_seconds": "How often a tick is meant to run.",
    "hoert_journal_bytes": "Size of the journal of updates that came by webhook.",
}
#: States a letter does not stay in by success; the others are history and are not counted at every scrape.
UNSETTLED: Final = tuple(
    one.value for one in LetterState if one not in {LetterState.SENT, LetterState.CANCELLED}
)  # fmt: skip
_CLASSES: Final = tuple(one.value for one in LetterClass)
_LABEL = re.compile(r"[a-z][a-z0-9_]{0,23}", re.ASCII)


class Deliveries:
    """Counts what became of letters, for `hoert_deliveries`. One per process; thread-safe enough for one loop."""

    def __init__(self) -> None:
        self._counted: Counter[tuple[str, str]] = Counter()

    def count(self, letter_class: str, outcome: str) -> None:
        """One call to a Bot API was settled: the class of its letter and the state the letter then had."""
        self._counted[_label(letter_class), _label(outcome)] += 1

    def items(self) -> Iterable[tuple[tuple[str, str], int]]:
        """((class, outcome), how often), in order."""
        return sorted(self._counted.items())


@dataclass(frozen=True, slots=True)
class Hooks:
    """What only a running part of this process knows. Each callable is asked at every scrape; None is "unknown".

    `webhook_pending`: by bot, Telegram's pending_update_count. `webhook_answers`: by bot, how often a call of the
    webhook ended in which way. `journal_bytes`: the size of the journal; called in a thread.
    """

    webhook_pending: Mapping[str, Callable[[], int | None]] = field(default_factory=dict)
    webhook_answers: Mapping[str, Callable[[], Mapping[str, int]]] = field(default_factory=dict)
    journal_bytes: Callable[[], int | None] | None = None
    deliveries: Deliveries = field(default_factory=Deliveries)


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything one scrape needs. `watch` is None when the database did not answer."""

    now: datetime
    real_now: datetime
    watch: Watch | None
    answer_seconds: float
    draining: bool
    journal_bytes: int | None


class HoertCollector(Collector):
    """Turns a moment into figures. `moment` is set right before each scrape."""

    def __init__(self, bots: Iterable[str], hooks: Hooks) -> None:
        self._bots = tuple(sorted(bots))
        self._hooks = hooks
        self.moment: Moment | None = None

    def describe(self) -> Iterable[Metric]:
        """Nothing: the names do not collide with anything registered beside us."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The figures of the moment."""
        moment = self.moment
        if moment is None:
            return
        yield _gauge(
            "hoert_build_info", ["version", "python"], {(build_version(), platform.python_version()): 1}, exact=True
        )
        yield _one("hoert_draining", moment.draining)
        yield _one("hoert_database_up", moment.watch is not None)
        yield _one("hoert_database_answer_seconds", moment.answer_seconds)
        counted = self._hooks.deliveries.items()
        yield _counter("hoert_deliveries", ["letter_class", "outcome"], counted)
        yield from self._hooked(moment)
        if moment.watch is not None:
            yield from self._inbox(moment, moment.watch)
            yield from self._letters(moment, moment.watch)
            yield from self._bots_and_ticks(moment, moment.watch)

    def _hooked(self, moment: Moment) -> Iterator[Metric]:
        yield _gauge("hoert_webhook_pending", ["bot"], {(b,): ask() for b, ask in self._hooks.webhook_pending.items()})
        answers = [
            ((bot, outcome), count)
            for bot, ask in self._hooks.webhook_answers.items()
            for outcome, count in sorted(ask().items())
        ]
        yield _counter("hoert_webhook_answers", ["bot", "outcome"], answers)
        if moment.journal_bytes is not None:
            yield _one("hoert_journal_bytes", moment.journal_bytes)

    def _inbox(self, moment: Moment, watch: Watch) -> Iterator[Metric]:
        found = {one.bot: one for one in watch.inbox}
        bots = sorted({*self._bots, *found})
        by_bot = {(bot,): found.get(bot) for bot in bots}
        yield _gauge("hoert_inbox_waiting", ["bot"], {bot: one.new if one else 0 for bot, one in by_bot.items()})
        ages = {bot: _since(one.since if one else None, moment.now) or 0 for bot, one in by_bot.items()}
        yield _gauge("hoert_inbox_oldest_seconds", ["bot"], ages)
        yield _gauge("hoert_inbox_dead", ["bot"], {bot: one.dead if one else 0 for bot, one in by_bot.items()})

    def _letters(self, moment: Moment, watch: Watch) -> Iterator[Metric]:
        counts: Counter[tuple[str, ...]] = Counter()
        due: Counter[tuple[str, ...]] = Counter()
        oldest: dict[tuple[str, ...], float] = {}
        for bot in self._bots:
            for letter_class in _CLASSES:
                due[bot, letter_class] = 0
                oldest[bot, letter_class] = 0
                counts.update({(bot, letter_class, state): 0 for state in UNSETTLED})
        for one in watch.letters:
            counts[one.bot, one.letter_class, one.state] += one.count
            due[one.bot, one.letter_class] += one.due
            age = _since(one.due_since, moment.now) or 0
            oldest[one.bot, one.letter_class] = max(oldest.get((one.bot, one.letter_class), 0), age)
        yield _gauge("hoert_letters", ["bot", "letter_class", "state"], counts)
        yield _gauge("hoert_letters_due", ["bot", "letter_class"], due)
        yield _gauge("hoert_letters_due_oldest_seconds", ["bot", "letter_class"], oldest)

    def _bots_and_ticks(self, moment: Moment, watch: Watch) -> Iterator[Metric]:
        frozen = {(bot,): 0.0 for bot in self._bots}
        stopped = {(bot,): 0 for bot in self._bots}
        for one in watch.bots:
            left = (one.frozen_until - moment.now).total_seconds() if one.frozen_until else 0.0
            frozen[one.bot,], stopped[one.bot,] = max(0.0, left), int(bool(one.stopped))
        yield _gauge("hoert_bot_frozen_seconds", ["bot"], frozen)
        yield _gauge("hoert_bot_stopped", ["bot"], stopped)
        contacts = {(bot,): _since(at, moment.real_now) for bot, at in watch.contacts.items()}
        yield _gauge("hoert_receiver_contact_age_seconds", ["bot"], contacts)
        ticks = {(name,): _since(at, moment.real_now) for name, at in watch.ticks.items()}
        yield _gauge("hoert_tick_age_seconds", ["tick"], ticks)
        yield _gauge("hoert_tick_interval_seconds", ["tick"], {(tick.name,): tick.seconds for tick in TICKS})
        yield _gauge("hoert_schema_info", ["version"], {(watch.schema or "none",): 1}, exact=True)


def registry(collector: HoertCollector) -> CollectorRegistry:
    """A registry of our own: our figures, and what the machine knows of this process (start, memory, CPU, files)."""
    made = CollectorRegistry()
    made.register(collector)
    ProcessCollector(registry=made)
    return made


@cache
def build_version() -> str:
    """The version of Hørt: of the installed package, else of the source tree, else "unknown"."""
    try:
        return version("hoert")
    except PackageNotFoundError:
        project = Path(__file__).parents[1] / "pyproject.toml"
        if not project.is_file():
            return "unknown"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def _gauge(name: str, labels: list[str], values: Mapping[Any, float | None], *, exact: bool = False) -> Metric:
    """A figure with labels: `values` by tuple of labels, None left out. `exact`: the labels are versions of ours, not
    codes out of a row."""
    made = GaugeMetricFamily(name, HELP[name], labels=labels)
    for label, value in values.items():
        if value is not None:
            made.add_metric(label if exact else [_label(one) for one in label], value)
    return made


def _counter(name: str, labels: list[str], values: Iterable[tuple[tuple[str, ...], int]]) -> Metric:
    made = CounterMetricFamily(name, HELP[name], labels=labels)
    for label, count in values:
        made.add_metric([_label(one) for one in label], count)
    return made


def _one(name: str, value: float) -> Metric:
    return GaugeMetricFamily(name, HELP[name], value=float(value))


def _label(code: str) -> str:
    """A code as a label; what has no shape of a code is "other", and a letter that belongs to no bot yet "none"."""
    if not code:
        return "none"
    return code if _LABEL.fullmatch(code) else "other"


def _since(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else max(0.0, (now - at).total_seconds())
