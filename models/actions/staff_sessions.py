"""Sessions of staff: opened, kept alive by use, proved again, ended."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models import crypto
from models.actions import trail
from models.domain.errors import NotFound
from models.domain.staff import IDLE, LONGEST, Role, Viewer
from models.tables.fields import instant
from models.tables.staff import Staff, StaffSession, codes_vault, searches_of
from models.transactions import Scope, Scoped, atomic, reading, rows

#: So many searches of a session can be gone back to.
_SEARCHES = 12


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the token exists only here and in the browser's cookie."""

    token: str = field(repr=False)
    viewer: Viewer
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Resumed:
    """Somebody who is signed in, and what the frame of every page shows of them; `municipality` is its name, "" where
    they have none."""

    viewer: Viewer
    language: str
    municipality: str
    shortcuts: bool


@atomic
async def open_session(scope: Scoped, staff_id: str, *, now: datetime, browser: str = "") -> SignedIn:
    """Open a session for whoever has proved who they are; by itself only the demo and tests do.

    `browser`: two words by which its owner knows it again.
    """
    staff = await Staff.get(id=staff_id, active=True)
    token = secrets.token_urlsafe(32)
    await StaffSession.create(
        token_hash=crypto.token_hash(token), staff_id=staff.id, created_at=now, seen_at=now, proved_at=now,
        expires_at=now + LONGEST, browser=browser,
    )  # fmt: skip
    if staff.municipality_id:
        await trail.record(Scope(staff.municipality_id), "staff.sign_in", about=staff.id, now=now)
    return SignedIn(token, viewer_of(staff), now + LONGEST)


@reading
async def resume(scope: Scoped, token: str, *, real_now: datetime, touch: bool = True) -> Resumed | None:
    """Whose session this is; None when it has ended, idled out, or the account is closed. One question.

    Kept alive by it, unless `touch` is false: what a page asks for by itself is no sign of a human. Only that takes a
    write, at most once a minute.
    """
    token_hash = crypto.token_hash(token)
    # By columns and not as objects: every page and every hint asks this.
    found = await rows(
        "SELECT s.expires_at, s.seen_at, f.id, f.municipality_id, f.role, f.name, f.language, f.shortcuts, "
        "m.name AS place FROM staff_session s JOIN staff f ON f.id = s.staff_id AND f.active = ? "
        "LEFT JOIN municipality m ON m.id = f.municipality_id WHERE s.token_hash = ? AND s.ended_at IS NULL",
        True, token_hash,
    )  # fmt: skip
    if not found:
        return None
    session, seen_at = found[0], instant(found[0]["seen_at"])
    if instant(session["expires_at"]) <= real_now or seen_at + IDLE <= real_now:
        return None
    if touch and real_now - seen_at > timedelta(minutes=1):
        await _touch(scope, token_hash, now=real_now)
    viewer = Viewer(session["id"], session["municipality_id"], Role(session["role"]), session["name"])
    return Resumed(viewer, session["language"], session["place"] or "", bool(session["shortcuts"]))


@atomic
async def sign_out(scope: Scoped, token: str, *, real_now: datetime) -> None:
    """End a session; its cookie is worth nothing from now on."""
    await StaffSession.filter(token_hash=crypto.token_hash(token), ended_at=None).update(ended_at=real_now)


@atomic
async def sign_out_everywhere(viewer: Viewer, *, now: datetime, real_now: datetime) -> None:
    """End every session of this member of staff, the one that asks among them."""
    await StaffSession.filter(staff_id=viewer.staff_id, ended_at=None).update(ended_at=real_now)
    await trail.record(viewer, "staff.sign_out_all", now=now)


@atomic
async def sign_out_elsewhere(viewer: Viewer, token: str, *, now: datetime, real_now: datetime) -> None:
    """End every session of this member of staff but the one that asks."""
    mine = StaffSession.filter(staff_id=viewer.staff_id, ended_at=None)
    await mine.exclude(token_hash=crypto.token_hash(token)).update(ended_at=real_now)
    await trail.record(viewer, "staff.sign_out_others", now=now)


@atomic
async def end_session(viewer: Viewer, session_id: str, *, now: datetime, real_now: datetime) -> None:
    """End one session of one's own, by the id its list gives. Raises NotFound for anybody else's and for none."""
    mine = StaffSession.filter(staff_id=viewer.staff_id, ended_at=None, token_hash__startswith=session_id)
    if len(session_id) != 32 or await mine.update(ended_at=real_now) == 0:
        raise NotFound
    await trail.record(viewer, "staff.sign_out_one", now=now)


@atomic
async def prove(scope: Scoped, token: str, *, real_now: datetime) -> None:
    """Somebody has just proved again, in this session, who they are."""
    await StaffSession.filter(token_hash=crypto.token_hash(token), ended_at=None).update(proved_at=real_now)


@atomic
async def keep_search(viewer: Viewer, token: str, words: str, older: str = "") -> str:
    """Keep, sealed and with the session, what was searched for, so that whoever goes back finds it again; only the
    latest. Returns the name it is found by; "" without such a session."""
    session = await StaffSession.get_or_none(
        token_hash=crypto.token_hash(token), staff_id=viewer.staff_id, ended_at=None
    )
    if session is None:
        return ""
    asked = [words, older]
    kept = [[name, *said] for name, *said in searches_of(session) if said != asked][-(_SEARCHES - 1) :]
    name = secrets.token_hex(8)
    session.searches_sealed = codes_vault().seal(
        "staff_session", "searches", session.token_hash, json.dumps([*kept, [name, *asked]])
    )
    await session.save(update_fields=["searches_sealed"])
    return name


def viewer_of(staff: Staff) -> Viewer:
    """A member of staff as the viewer every deed and view is scoped by."""
    return Viewer(staff.id, staff.municipality_id, Role(staff.role), staff.name)


@atomic
async def _touch(scope: Scoped, token_hash: str, *, now: datetime) -> None:
    await StaffSession.filter(token_hash=token_hash, ended_at=None).update(seen_at=now)
