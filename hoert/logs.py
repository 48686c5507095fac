"""Logging: one line per event, an event name and a few allowed codes. Never text of exceptions, never personal data."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

#: Attributes every record has; what a caller adds with `extra` is whatever is not among them.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
#: Libraries that write addresses (and so tokens) or SQL values when asked to be talkative.
_QUIET = ("httpx", "httpcore", "aiohttp.access", "telegram", "tortoise", "db_client", "aiosqlite", "apscheduler",
          "asyncio", "psycopg", "psycopg.pool")  # fmt: skip


def _where(record: logging.LogRecord) -> list[str]:
    """The frames of an exception, without its text: the text may quote what somebody wrote."""
    if not record.exc_info or record.exc_info[2] is None:
        return []
    frames = traceback.extract_tb(record.exc_info[2])
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}:{frame.name}" for frame in frames[-8:]]


def _content(record: logging.LogRecord) -> dict[str, object]:
    ours = record.name.split(".")[0] in {"hoert", "bot", "backend", "scheduler", "models"}
    line: dict[str, object] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "from": record.name,
        # A library's message may carry anything; its name and level say enough.
        "event": record.msg if ours and isinstance(record.msg, str) else "library",
    }
    line |= {
        name: value
        for name, value in vars(record).items()
        if name not in _STANDARD and isinstance(value, str | int | float | bool | None)
    }
    if record.exc_info and record.exc_info[0] is not None:
        line["fault"] = record.exc_info[0].__name__
        line["where"] = _where(record)
    return line


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return json.dumps(_content(record), ensure_ascii=True)


class TextFormatter(logging.Formatter):
    """The same for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        content = _content(record)
        head = f"{str(content.pop('at'))[11:19]} {content.pop('level')!s:7} {content.pop('event')}"
        content.pop("from")
        return head + "".join(f" {name}={value}" for name, value in content.items())


def set_up(level: str, style: str) -> None:
    """Send everything to stderr in one of the two styles ("json", "text")."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TextFormatter() if style == "text" else JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # APScheduler and asyncio describe jobs and tasks in words we do not control.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
