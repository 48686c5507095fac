"""Going on after a deed: the redirect is raised when the deed is done, never inside it."""

from __future__ import annotations

from aiohttp import web


def going(path: str, *, said: str = "") -> web.HTTPSeeOther:
    """303 to a page of the desk, to be raised. `said` is the code of a sentence the page shows: desk.said.<code>."""
    path, _, anchor = path.partition("#")
    mark = "&" if "?" in path else "?"
    address = f"{path}{mark}said={said}" if said else path
    return web.HTTPSeeOther(f"{address}#{anchor}" if anchor else address)
