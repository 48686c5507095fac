import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ROOT / "models" / "domain"

# Run without site-packages: whatever is not in the standard library cannot even be found.
IMPORT_EVERYTHING = """
import importlib, pathlib, sys
root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root))
for path in sorted((root / "models" / "domain").rglob("*.py")):
    parts = path.relative_to(root).with_suffix("").parts
    importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
ours = {name for name in sys.modules if name.split(".")[0] == "models"}
roots = {name.split(".")[0] for name in sys.modules} - {"models", "__main__"} - set(sys.stdlib_module_names)
# The build configuration of this very Python: zoneinfo reads it, its name differs by platform, no list holds it.
roots = {name for name in roots if not name.startswith("_sysconfigdata")}
floors = {name for name in ours if name != "models" and not (name + ".").startswith("models.domain.")}
print(len(ours - {"models"}), sorted(roots), sorted(floors))
"""

MODULES = frozenset(
    {"asyncio", "http", "multiprocessing", "os", "random", "secrets", "shelve", "socket", "sqlite3", "ssl"}
    | {"subprocess", "tempfile", "threading", "time", "urllib", "uuid"}
)
CLOCKS = frozenset({"now", "utcnow", "today"})
DATES = frozenset({"datetime", "date", "dt"})
EFFECTS = frozenset({"open", "input", "print", "breakpoint", "exec", "eval", "__import__"})


def impurities(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [f"import {alias.name}" for alias in names if alias.name.split(".")[0] in MODULES]
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in MODULES:
                found.append(f"import {module}")
            case ast.Attribute(attr=attr, value=ast.Name(id=name) | ast.Attribute(attr=name)):
                if attr in CLOCKS and name in DATES:
                    found.append(f"{name}.{attr}")
            case ast.AsyncFunctionDef() | ast.Await() | ast.AsyncFor() | ast.AsyncWith():
                found.append("await")
            case ast.Call(func=ast.Name(id=name)) if name in EFFECTS:
                found.append(f"{name}()")
    return found


def test_the_rules_import_nothing_but_the_standard_library():
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-c", IMPORT_EVERYTHING, str(ROOT)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    modules = len(list(DOMAIN.rglob("*.py")))
    assert (done.returncode, done.stderr, done.stdout) == (0, "", f"{modules} [] []\n")


def test_the_rules_have_no_clock_no_chance_no_waiting_and_no_input_or_output():
    found = {str(path.relative_to(ROOT)): impurities(path.read_text("utf-8")) for path in sorted(DOMAIN.rglob("*.py"))}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from datetime import datetime\nx = datetime.now()", ["datetime.now"]),
        ("import datetime\nx = datetime.datetime.utcnow()", ["datetime.utcnow"]),
        ("from datetime import date\nmake = date.today", ["date.today"]),
        ("import time", ["import time"]),
        ("from secrets import token_hex", ["import secrets"]),
        ("import os.path", ["import os.path"]),
        ("async def f():\n    await g()", ["await", "await"]),
        ("open('x')", ["open()"]),
        ("from datetime import time\nx = time(9)\ny = answers.today", []),
    ],
)
def test_the_search_for_impurities_finds_them(source, found):
    assert impurities(source) == found
