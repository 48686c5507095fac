"""Laws 4, 6 and 11: one door to a transaction, nothing hung on it, time told from outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import PACKAGES, calls, dotted, imported, place, python_files, tree

DOOR = "models/transactions.py"
#: Where journeys meet; what a room offers without a scope of its own joins the transaction of the deed that calls it.
ROOMS = {"letters", "trail", "alerts", "events"}
#: What makes a task inside a transaction, or cancels one.
TASKS = {"create_task", "ensure_future", "gather", "wait", "wait_for", "timeout", "timeout_at", "TaskGroup", "shield"}
#: What ends work by cancelling it.
CANCELLING = {"asyncio.wait_for", "asyncio.timeout", "asyncio.timeout_at"}
#: The engine wakes hands by the machine's time and decides nothing.
ENGINE = "models/jobs.py"
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
WRITES = {"save", "create", "bulk_create", "bulk_update", "update", "delete", "update_or_create", "get_or_create"}
RAW_WRITES = {"execute", "execute_many", "atomic"}


def test_a_transaction_is_opened_in_one_place_only() -> None:
    opened = {
        place(path)
        for path in python_files(*PACKAGES, "benchmarks")
        for name in imported(path).values()
        if name.startswith("tortoise") and name.endswith(("in_transaction", "tortoise.transactions", ".atomic"))
    }
    assert opened == {DOOR}


def test_no_task_is_made_or_cut_short_inside_deeds_views_and_tables() -> None:
    found = [
        place(path, node)
        for path in python_files("models/actions", "models/queries", "models/tables", "models/domain")
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Attribute) and dotted(node).startswith("asyncio.") and node.attr in TASKS)
        or (isinstance(node, ast.ImportFrom) and node.module == "asyncio" and TASKS & {a.name for a in node.names})
    ]
    assert found == []


def test_no_deed_or_view_runs_under_a_time_limit() -> None:
    found = [
        place(path, call)
        for path in python_files()
        for limited in _limited(path)
        for call in calls(limited)
        if _is_models(path, dotted(call.func))
    ]
    assert found == []


def test_every_public_deed_is_one_transaction() -> None:
    bare = [
        place(path, function)
        for path, function in _public_coroutines("models/actions")
        if not {"atomic", "reading"} & _decorators(function)
        and path.stem.partition("_")[0] not in ROOMS  # a room in several files: each carries its name
        and not _only_awaits_deeds(path, function)
    ]
    assert bare == []


def test_what_the_shared_rooms_do_inside_a_deed_is_called_by_deeds_only() -> None:
    inside = {
        f"models.actions.{path.stem}.{function.name}"
        for path, function in _public_coroutines("models/actions")
        if not {"atomic", "reading"} & _decorators(function) and not _only_awaits_deeds(path, function)
    }
    found = [
        place(path, node)
        for path in python_files("bot", "backend", "scheduler", "hoert", "models/queries")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name | ast.Attribute) and _full(path, node) in inside
    ]
    assert found == []


def test_every_public_view_is_a_scoped_read() -> None:
    bare = [
        place(path, function)
        for path, function in _public_coroutines("models/queries")
        if "reading" not in _decorators(function)
    ]
    assert bare == []


def test_views_never_write() -> None:
    found = [
        place(path, node)
        for path in python_files("models/queries")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Await)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr in WRITES
    ]
    found += [
        place(path)
        for path in python_files("models/queries")
        if {f"models.transactions.{name}" for name in RAW_WRITES} & set(imported(path).values())
    ]
    assert found == []


def test_the_models_ask_no_clock() -> None:
    found = [
        place(path, node)
        for path in python_files("models")
        if place(path) != ENGINE
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Attribute) and dotted(node).removeprefix("datetime.") in CLOCKS)
        or (isinstance(node, ast.Attribute) and dotted(node) in CLOCKS)
        or (isinstance(node, ast.Import) and "time" in {alias.name for alias in node.names})
        or (isinstance(node, ast.ImportFrom) and node.module == "time")
    ]
    assert found == []


def _full(path: Path, node: ast.AST) -> str:
    """The full dotted name that an expression has by the file's imports."""
    first, _, rest = dotted(node).partition(".")
    return ".".join(filter(None, (imported(path).get(first, first), rest)))


def _limited(path: Path) -> Iterator[ast.AST]:
    """The arguments of wait_for, and the bodies under a timeout."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and _full(path, node.func) in CANCELLING:
            yield from node.args
        elif isinstance(node, ast.AsyncWith) and any(
            isinstance(item.context_expr, ast.Call) and _full(path, item.context_expr.func) in CANCELLING
            for item in node.items
        ):
            yield from node.body


def _is_models(path: Path, name: str) -> bool:
    first = imported(path).get(name.partition(".")[0], "")
    return first.startswith(("models.actions", "models.queries", "models.tables", "models.transactions", "tortoise"))


def _public_coroutines(folder: str) -> list[tuple[Path, ast.AsyncFunctionDef]]:
    return [
        (path, node)
        for path in python_files(folder)
        for node in tree(path).body
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_")
    ]


def _only_awaits_deeds(path: Path, function: ast.AsyncFunctionDef) -> bool:
    """Whether a coroutine waits only for deeds of its file and for slow sums in a thread (hashing a password)."""
    deeds = {
        node.name
        for node in tree(path).body
        if isinstance(node, ast.AsyncFunctionDef) and "atomic" in _decorators(node)
    }
    waits = [node for node in ast.walk(function) if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith)]
    return all(
        isinstance(wait, ast.Await)
        and isinstance(wait.value, ast.Call)
        and dotted(wait.value.func) in deeds | {"asyncio.to_thread", "off_the_loop"}
        for wait in waits
    )


def _decorators(function: ast.AsyncFunctionDef) -> set[str]:
    return {dotted(decorator) for decorator in function.decorator_list}
