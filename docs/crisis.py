"""The table of docs/crisis.md: what the words of crisis find, batch by batch. `--write` brings it up to date."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[1]
if str(TOP) not in sys.path:
    sys.path.insert(0, str(TOP))

from models.domain.crisis import check  # noqa: E402 (run from anywhere)

PAGE = TOP / "docs" / "crisis.md"
SENTENCES = TOP / "tests" / "domain" / "crisis_sentences.toml"
BEGIN, END = "<!-- crisis -->", "<!-- /crisis -->"
KINDS = ("suicide", "selfharm", "violence", "danger")


def table() -> str:
    """The table in Markdown: a batch a row; found of how many, recall and precision, before its mending and now."""
    rows = [
        "| batch | to find | calm | recall, unseen | precision, unseen | recall now | precision now | "
        + " | ".join(f"{kind} now" for kind in KINDS) + " |",
        "|---|" + "--:|" * (6 + len(KINDS)),
    ]  # fmt: skip
    batches = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    rows += [_row(name, batch) for name, batch in batches.items()]
    return "\n".join([*rows, _sum(list(batches.values()))])


def written() -> str:
    """The table as it stands in the page."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def write() -> None:
    """Put the table as it is now into the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")


def _row(name: str, batch: dict[str, Any]) -> str:
    found, false, graves, calms = _count([batch])
    recall, precision = _unseen(batch, graves)
    return (
        f"| {name} | {graves} | {calms} | {recall} | {precision} | {_share(sum(found.values()), graves)} | "
        f"{_share(sum(found.values()), sum(found.values()) + false)} | "
        + " | ".join(f"{found[kind]} of {len(batch['crisis'][kind])}" for kind in KINDS) + " |"
    )  # fmt: skip


def _sum(batches: list[dict[str, Any]]) -> str:
    found, false, graves, calms = _count(batches)
    return (
        f"| all | {graves} | {calms} | | | {_share(sum(found.values()), graves)} | "
        f"{_share(sum(found.values()), sum(found.values()) + false)} | "
        + " | ".join(f"{found[kind]} of {sum(len(one['crisis'][kind]) for one in batches)}" for kind in KINDS) + " |"
    )  # fmt: skip


def _count(batches: list[dict[str, Any]]) -> tuple[dict[str, int], int, int, int]:
    found = {kind: sum(check(one).found for batch in batches for one in batch["crisis"][kind]) for kind in KINDS}
    calm = [one for batch in batches for texts in batch["calm"].values() for one in texts]
    graves = sum(len(texts) for batch in batches for texts in batch["crisis"].values())
    return found, sum(check(one).found for one in calm), graves, len(calm)


def _unseen(batch: dict[str, Any], graves: int) -> tuple[str, str]:
    before = batch.get("before")
    if before is None:
        return "", ""
    if "recall" in before:
        return f"{before['recall']:.2f}", f"{before['precision']:.2f}"
    found = sum(before[kind] for kind in KINDS)
    return _share(found, graves), _share(found, found + before["false"])


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}"


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    print(table())
