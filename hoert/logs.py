"""Logging: one line per event, a fixed name and a few allowed codes. Never text of exceptions, never personal data.

The formatter holds the line by itself, whoever calls it: a field that is not on the list, or a value that is no number
and no short code, is left out and counted in `dropped`. Whatever else a process could write to stderr (exceptions
nobody caught, threads, tasks, destructors, warnings) goes the same way.
"""

from __future__ import annotations

import json
import logging
import math
import re
import sys
import threading
import traceback
import warnings
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, TextIO

#: What may stand beside an event: opaque ids of rows, codes, counts, durations, the type of a fault. Nothing a person
#: wrote, nobody's name, number, address or chat, no token. A new field is added here, in review.
FIELDS: Final = frozenset({
    "age_seconds", "attempt", "attempts", "bot", "bytes", "code", "count", "edge", "fault", "file", "inbox", "job",
    "kind", "letter", "letter_class", "limit", "method", "migration", "milliseconds", "mode", "municipality", "office",
    "offset", "port", "queue", "reason", "retry_after", "route", "seconds", "setting", "signal", "size", "state",
    "status", "table", "tick", "version", "waiting", "worker",
})  # fmt: skip

#: What a line says by itself: when, how bad, whose logger, what happened, and of an exception its kind and its frames.
OWN_FIELDS: Final = ("at", "level", "from", "event", "where", "dropped")

#: A record of ours whose event has no shape of one, and one of a library: its words may carry anything.
UNNAMED, LIBRARY = "unnamed", "library"
#: asyncio tells of tasks and futures whose exception nobody took; it alone among the libraries has an event of its own.
EVENTS_OF_LIBRARIES: Final = {"asyncio": "process.task_failed"}

_CODE = re.compile(r"[A-Za-z0-9_.:-]{0,80}", re.ASCII)
#: Codes in shape, and yet a secret or a person: a bot's token, a civil registration number.
_NEVER = re.compile(r"[0-9]{6,}:[A-Za-z0-9_-]{30,}|(?<![0-9])[0-9]{6}-[0-9]{4}(?![0-9])", re.ASCII)
_EVENT = re.compile(r"[a-z][a-z0-9_. -]{0,59}", re.ASCII)
_OURS: Final = frozenset({"hoert", "bot", "backend", "scheduler", "models", "locales"})

#: Attributes every record has; what a caller adds with `extra` is whatever is not among them.
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
#: Libraries that write addresses (and so tokens), SQL values or the arguments of jobs when asked to be talkative.
_QUIET: Final = ("httpx", "httpcore", "aiohttp.access", "telegram", "tortoise", "db_client", "aiosqlite", "apscheduler",
                 "asyncio", "psycopg", "psycopg.pool", "procrastinate")  # fmt: skip

log = logging.getLogger("hoert.process")


def content(record: logging.LogRecord) -> dict[str, object]:
    """What may be written of a record, in order. Never raises, whatever somebody put into it."""
    ours = record.name.split(".", 1)[0] in _OURS
    dropped = 0
    event = EVENTS_OF_LIBRARIES.get(record.name, LIBRARY)
    if ours:
        named = isinstance(record.msg, str) and not record.args and _EVENT.fullmatch(record.msg)
        event = record.msg if named else UNNAMED
        dropped += not named
    line: dict[str, object] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower() if _may(record.levelname) else "other",
        "from": record.name if _may(record.name) else UNNAMED,
        "event": event,
    }
    if ours:
        # A library's fields mean what it likes: none of them is taken.
        for name, value in vars(record).items():
            if name in _STANDARD:
                continue
            if name in FIELDS and _may(value):
                line[name] = value
            else:
                dropped += 1
    if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
        line["fault"] = record.exc_info[0].__name__ if _may(record.exc_info[0].__name__) else UNNAMED
        line["where"] = _where(record.exc_info[2])
    if dropped:
        line["dropped"] = dropped
    return line


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return json.dumps(content(record), ensure_ascii=True)


class TextFormatter(logging.Formatter):
    """The same for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = content(record)
        head = f"{str(line.pop('at'))[11:19]} {line.pop('level')!s:7} {line.pop('event')}"
        origin = line.pop("from")
        if head.endswith(LIBRARY):
            head += f" {origin}"
        return head + "".join(f" {name}={value}" for name, value in line.items())


def set_up(level: str, style: str) -> None:
    """Send everything this process says to stderr, in one of the two styles ("json", "text"). May be called again.

    `level` is a name of `logging` in any case; one that is none counts as "info" (the doctor says so).
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TextFormatter() if style == "text" else JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    wanted = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    root.setLevel(wanted)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Its warnings describe slow callbacks; what is an error there is an exception nobody took.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    # A handler that fails would print the record, arguments and all.
    logging.raiseExceptions = False
    sys.excepthook = _uncaught
    threading.excepthook = _in_a_thread
    sys.unraisablehook = _in_a_destructor
    warnings.showwarning = _warned


def _may(value: object) -> bool:
    """Whether a value is a number, a truth value, nothing, or a short code."""
    if value is None or isinstance(value, bool | int):
        return True
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str) and _CODE.fullmatch(value) is not None and _NEVER.search(value) is None


def _where(trace: TracebackType | None) -> list[str]:
    """The last frames of an exception, without its text: the text may quote what somebody wrote."""
    frames = traceback.StackSummary.extract(traceback.walk_tb(trace), limit=-8, lookup_lines=False)
    return [
        re.sub(r"[^A-Za-z0-9_.:-]", "", f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}:{frame.name}")[:80]
        for frame in frames
    ]


def _uncaught(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        log.critical("process.uncaught", exc_info=(kind, fault, trace))


def _in_a_thread(told: threading.ExceptHookArgs) -> None:
    if not issubclass(told.exc_type, SystemExit):
        fault = told.exc_value or told.exc_type()
        log.critical("process.thread_failed", exc_info=(told.exc_type, fault, told.exc_traceback))


def _in_a_destructor(told: sys.UnraisableHookArgs) -> None:
    fault = told.exc_value or told.exc_type()
    log.error("process.destructor_failed", exc_info=(told.exc_type, fault, told.exc_traceback))


def _warned(
    message: Warning | str,  # noqa: ARG001 (it may quote anything)
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    log.warning(
        "process.warning", extra={"fault": category.__name__, "reason": f"{filename.rsplit('/', 1)[-1]}:{lineno}"}
    )
