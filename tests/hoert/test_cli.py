"""The command line: what an operator types, and the plain words that come back."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hoert.cli import run
from models.actions import register
from models.database import opened
from models.domain.register import Aftercare, Group
from models.settings import Settings
from models.transactions import HOUSE, Scope

ROOT = Path(__file__).parents[2]


@pytest.fixture
def operator(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """An operator's environment around a migrated database."""
    key = tmp_path / "key"
    key.write_text(urlsafe_b64encode(settings.master_key).decode())
    key.chmod(0o600)
    monkeypatch.setenv("HOERT_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("HOERT_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("HOERT_MASTER_KEY_FILE", str(key))
    return settings


def put(settings: Settings, reference: str, birth: date) -> None:
    """One municipality with one young person on its register."""

    async def work() -> None:
        async with opened(settings):
            now = datetime.now(UTC)
            place = await register.add_municipality(HOUSE, slug="randers", name="Randers Kommune", now=now)
            entry = register.Entry(reference, "Amina Yusuf", birth, Group.PLACED, Aftercare.NO)
            await register.add_person(Scope(place), entry, now=now)

    asyncio.run(work())


def test_without_a_key_nothing_starts_and_the_sentence_names_the_mend(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HOERT_MASTER_KEY", raising=False)
    monkeypatch.setenv("HOERT_DATA_DIR", str(tmp_path / "d"))
    assert run(["migrate"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("HOERT_MASTER_KEY is missing")
    assert "HOERT_MASTER_KEY_FILE" in said


def test_a_fresh_database_would_be_migrated_then_is_then_is_current(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOERT_DATA_DIR", str(tmp_path / "d"))
    monkeypatch.setenv("HOERT_MASTER_KEY", urlsafe_b64encode(bytes(32)).decode())
    monkeypatch.delenv("HOERT_DATABASE_URL", raising=False)
    answers = [(run(["migrate", "--check"]), capsys.readouterr().out), (run(["migrate"]), capsys.readouterr().out)]
    answers.append((run(["migrate", "--check"]), capsys.readouterr().out))
    names = ", ".join(sorted(path.stem for path in (ROOT / "models/migrations").glob("[0-9]*.py")))
    assert answers == [
        (1, f"Would apply: {names}\n"),
        (0, f"Applied: {names}\n"),
        (0, "The database is at this version.\n"),
    ]


def test_the_first_administrator_gets_a_one_time_link(operator: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    create = ["admin", "create", "anna@example.org", "--name", "Anna Dam"]
    assert run(["migrate"]) == 0
    capsys.readouterr()
    assert run(create) == 1
    assert capsys.readouterr().err == "There is no municipality yet. First: hoert municipality add SLUG NAME\n"
    put(operator, "R-1", date(2007, 8, 3))
    assert run(create) == 0  # of the only one there is
    assert re.search(r"/welcome#[\w-]{40,}\n$", capsys.readouterr().out)
    assert run(["municipality", "add", "odsherred", "Odsherred"]) == 0
    capsys.readouterr()
    # Which helplines somebody is shown is never left to chance.
    assert run(["municipality", "add", "thisted", "Thisted"]) == 1
    assert capsys.readouterr().err.startswith("In which region is Thisted? Add --region")
    assert run(["municipality", "add", "thisted", "Thisted", "--region", "nordjylland"]) == 0
    capsys.readouterr()
    said = []
    for more in ([], ["--municipality", "nowhere"], ["--municipality", "odsherred"]):
        assert run([*create, *more]) == 1
        said.append(capsys.readouterr().err)
    assert said == [
        "Of which municipality? Add --municipality and one of: odsherred, randers, thisted.\n",
        "There is no municipality called nowhere here.\n",
        "That address has an account already.\n",
    ]


def test_a_panel_is_founded_for_its_host_and_who_has_no_municipality_gets_in_and_out(
    operator: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    put(operator, "R-1", date(2007, 8, 3))
    assert run(["municipality", "add", "odsherred", "Odsherred"]) == 0

    def said(*words: str) -> tuple[int, str]:
        status, told = run(words), capsys.readouterr()
        return status, re.sub(r"(?<=#)[\w-]{40,}", "TOKEN", told.out + told.err).strip()

    capsys.readouterr()
    link = "One-time link, for 24 hours, to choose a password:\nhttp://127.0.0.1:8080/welcome#TOKEN"
    host = ("hanne@example.org", "--name", "Hanne Vind", "--role", "panel_host")
    assert said("staff", "list") == (0, "Nobody yet.")
    assert said("staff", "add", *host) == (0, link)
    assert said("staff", "add", *host) == (1, "That address has an account already.")
    assert said("staff", "add", "eva@example.org", "--name", "Eva Juul", "--role", "evaluator") == (0, link)
    founded = ("panel", "found", "Ungepanelet", "--host", "hanne@example.org", "--municipality", "randers")
    assert said(*founded[:4], "eva@example.org", *founded[5:])[0] == 1  # an evaluator hosts no panel
    assert said(*founded)[0] == 0
    assert said(*founded) == (1, "There is a panel called Ungepanelet already.")
    assert said("panel", "widen", "ungepanelet", "--municipality", "odsherred")[0] == 0
    assert said("panel", "list") == (0, "Ungepanelet · hanne@example.org · odsherred, randers")
    assert said("staff", "close", "hanne@example.org") == (
        1, "Still hosts a panel. Give it to another host first.",
    )  # fmt: skip
    assert said("staff", "add", "hugo@example.org", "--name", "Hugo Sand", "--role", "panel_host") == (0, link)
    assert said("panel", "give", "Ungepanelet", "--host", "hugo@example.org")[0] == 0
    assert said("staff", "close", "hanne@example.org") == (0, "Closed. They are signed out everywhere.")
    assert said("staff", "reset", "eva@example.org") == (0, link)
    assert [said("staff", deed, "who@example.org")[0] for deed in ("reset", "close")] == [1, 1]
    assert said("staff", "list")[1].splitlines() == [
        "eva@example.org · Eva Juul · evaluator · has not chosen a password yet",
        "hanne@example.org · Hanne Vind · panel_host · closed",
        "hugo@example.org · Hugo Sand · panel_host · has not chosen a password yet",
    ]


def test_an_invitation_is_a_link_a_code_and_a_picture_and_no_name(
    operator: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    put(operator, "R-1", date(2007, 8, 3))
    assert run(["invite", "R-1"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"/chat/#start=[\w-]{32}\n", said)
    assert re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}\n", said)
    assert "Amina" not in said
    assert run(["invite", "R-2"]) == 1
    assert capsys.readouterr().err == "Nobody on the register has that reference.\n"


def test_nobody_under_eighteen_is_invited(operator: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    put(operator, "R-1", date(datetime.now(UTC).year - 17, 1, 1))
    assert run(["invite", "R-1"]) == 1
    assert capsys.readouterr().err == "They are not 18 yet; an invitation can be made from their birthday.\n"


def test_publishing_without_anything_due_says_so_and_verifying_finds_everything_as_frozen(
    operator: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    put(operator, "R-1", date(2007, 8, 3))
    assert (run(["figures", "publish"]), capsys.readouterr().out) == (0, "Nothing is due.\n")
    assert run(["figures", "verify"]) == 0
    assert capsys.readouterr().out == "Every published figure is as it was frozen.\n"
    assert run(["receipt", "0278-1288-90"]) == 1
    assert capsys.readouterr().out == "No deletion has this number.\n"


def test_a_second_process_on_an_embedded_database_gets_a_plain_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOERT_DATA_DIR", str(tmp_path / "d"))
    monkeypatch.setenv("HOERT_MASTER_KEY", urlsafe_b64encode(bytes(32)).decode())
    monkeypatch.delenv("HOERT_DATABASE_URL", raising=False)
    assert run(["migrate"]) == 0
    holder = subprocess.Popen(
        [sys.executable, "-c",
         "import fcntl,sys,time; f=open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); "
         "time.sleep(60)",
         str(tmp_path / "d" / "hoert.sqlite3.lock")],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    holder.stdout.readline()
    capsys.readouterr()
    try:
        assert run(["migrate"]) == 1
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    assert capsys.readouterr().err.startswith("This database is already in use by another Hørt process.")


def test_wrong_usage_is_two_and_never_a_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hoert", "frobnicate"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_register_is_tried_then_imported_and_a_fault_changes_nothing(
    operator: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["migrate"]) == 0
    today = datetime.now(UTC).date()
    adult = date(today.year - 19, 1, 1)
    put(operator, "R-1", adult)
    file = tmp_path / "register.csv"
    head = "reference;name;birth_date;group;phone\n"
    file.write_text(head + f"R-2;Jonas Birk;{adult};placed;\nR-1;Amina Yusuf;{adult};placed;+45 20 00 00 00\n", "utf-8")
    importing = ["import", "register", str(file), "--municipality"]
    capsys.readouterr()
    assert run([*importing, "Nowhere"]) == 1
    assert capsys.readouterr().err == "There is no municipality called Nowhere here.\n"
    said = "1 new, 1 changed, 0 unchanged, 0 missing in the file.\n"
    assert run([*importing, "Randers", "--dry-run"]) == 0
    assert capsys.readouterr().out == f"R-1: phone\n{said}Nothing was written.\n"
    assert run([*importing, "randers"]) == 0
    assert capsys.readouterr().out == f"2 of 2\n{said}Done.\n"
    file.write_text(head + f"R-1;Amina;{adult};placed;\nR-1;Amina;2007-31-12;placed;\n", "utf-8")
    assert run([*importing, "Randers Kommune"]) == 1
    assert capsys.readouterr().err == (
        "row 3 · reference: The same reference stands in row 2 too.\n"
        "row 3 · birth_date: The date cannot be read. Write for example 3.8.2007.\n"
        "Nothing was changed: 2 to mend.\n"
    )
    assert run([*importing[:2], str(tmp_path / "none.csv"), "--municipality", "randers"]) == 1
    assert capsys.readouterr().err.endswith("cannot be read (FileNotFoundError).\n")
