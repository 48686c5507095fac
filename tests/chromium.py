"""Which Chromium the tests drive: Debian's headless shell, which paints no window of its own and so costs half, else a
whole one from the path, else Playwright's own."""

from __future__ import annotations

import shutil

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip

_WHOLE = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def executable(*, whole: bool = False) -> str | None:
    """Where it is; `whole` where the shell will not do: it shows no notices. None leaves it to Playwright, which fails
    when it has none either."""
    names = _WHOLE if whole else ("chromium-headless-shell", *_WHOLE)
    return next((path for name in names if (path := shutil.which(name))), None)
