"""People on the register: create, read, list, update, transfer, erase; their invitations and their timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from backend.api.calls import Call, as_seen, day, etag, made, moment, ok, unusable
from backend.api.pages import CURSOR, LIMIT, a_page, after, cut, place
from backend.api.schemas import Choice, Day, Flag, Moment, Perhaps, Record, Text, Token, Whole, an_id
from models.actions import consent, erasure, register_kept
from models.actions import register as deeds
from models.actions.api import Answer
from models.actions.register_kept import FIELDS, LEFT_WHY, Filled
from models.domain.joining import spoken_code
from models.domain.register import Aftercare, Group
from models.queries import api, register, timeline
from models.queries.register import PersonView
from models.queries.timeline import Happening

EMAIL: Final = Token(r"[^\s@]{1,80}@[^\s@]{1,80}", "email_unreadable", "mette@example.org")
SLUG: Final = Token(r"[a-z0-9-]{1,40}", "slug_unreadable", "odsherred")
_GROUP: Final = Choice(tuple(one.value for one in Group))
_AFTERCARE: Final = Choice(tuple(one.value for one in Aftercare))
_LEFT_WHY: Final = Choice(LEFT_WHY)
_WAYS: Final = Choice(("none", "invited", "unconfirmed", "active", "blocked"))

LINE: Final = Record(
    "PersonLine",
    {
        "id": an_id(), "reference": Text(40), "name": Text(120), "group": _GROUP, "aftercare": _AFTERCARE,
        "caseworker_email": Perhaps(EMAIL), "thread": Perhaps(an_id()),
    },
)  # fmt: skip
PERSON: Final = Record(
    "Person",
    {
        "id": an_id(), "reference": Text(40), "name": Text(120), "first_name": Text(120), "birth_date": Day(),
        "phone": Text(40, blank=True), "group": _GROUP, "aftercare": _AFTERCARE, "caseworker_email": Perhaps(EMAIL),
        "thread": Perhaps(an_id()), "link": _WAYS, "offer": Text(20), "placement_end": Perhaps(Day()),
        "offered_on": Perhaps(Day()), "decided_on": Perhaps(Day()), "entered_on": Day(), "left_on": Perhaps(Day()),
        "left_why": Perhaps(_LEFT_WHY), "offer_deadline": Day(), "leaves_at": Day(),
    },
)  # fmt: skip
PEOPLE: Final = a_page("People", LINE)
CREATE: Final = Record(
    "PersonCreate",
    {
        "reference": Text(40, example="R-1042"), "name": Text(120, example="Noah Lind"), "birth_date": Day(),
        "group": _GROUP, "aftercare": _AFTERCARE, "phone": Text(40, blank=True), "caseworker_email": Perhaps(EMAIL),
        "placement_end": Perhaps(Day()), "offered_on": Perhaps(Day()), "decided_on": Perhaps(Day()),
        "left_on": Perhaps(Day()), "left_why": Perhaps(_LEFT_WHY),
    },
    may=frozenset(
        {
            "aftercare", "phone", "caseworker_email", "placement_end", "offered_on", "decided_on", "left_on",
            "left_why",
        }
    ),
)  # fmt: skip
_CHANGED: Final = {
    "reference": Text(40), "name": Text(120), "birth_date": Day(), "phone": Text(40, blank=True), "group": _GROUP,
    "aftercare": _AFTERCARE, "caseworker_email": EMAIL, "placement_end": Perhaps(Day()), "offered_on": Perhaps(Day()),
    "decided_on": Perhaps(Day()), "left_on": Perhaps(Day()), "left_why": Perhaps(_LEFT_WHY),
}  # fmt: skip
UPDATE: Final = Record("PersonUpdate", _CHANGED, may=frozenset(_CHANGED), least=1)
REF: Final = Record("Reference", {"id": an_id()})
TRANSFER: Final = Record("TransferCreate", {"to": SLUG})
ERASE: Final = Record("PersonErase", {"reference": Text(40, example="R-1042"), "kept": Flag()})
ERASED: Final = Record("PersonErased", {"receipt": Text(80)})
INVITATION: Final = Record(
    "Invitation",
    {"web_link": Text(400), "telegram_link": Perhaps(Text(400)), "code": Text(40), "expires_at": Moment()},
)
HAPPENING: Final = Record(
    "Happening",
    {
        "at": Moment(), "kind": Text(20), "what": Text(40), "by": Perhaps(Text(120)), "words": Text(16000, blank=True),
        "about": Text(40, blank=True), "score": Perhaps(Whole(0, 100)),
    },
)  # fmt: skip
TIMELINE: Final = a_page("Timeline", HAPPENING)
LISTED: Final = {"cursor": CURSOR, "limit": LIMIT}


async def index(call: Call) -> Answer:
    """Everybody within reach, in an order that never moves."""
    limit = call.query.get("limit", 50)
    found = await api.people(call.viewer, after=after(call), limit=limit + 1)
    emails = await api.emails(call.viewer)
    lines = [
        {
            "id": one.person_id, "reference": one.reference, "name": one.name, "group": one.group,
            "aftercare": one.aftercare, "caseworker_email": emails.get(one.caseworker_id),
            "thread": one.thread_id or None,
        }
        for one in found
    ]  # fmt: skip
    return ok(cut(lines, limit, lambda line: line["id"]))


async def show(call: Call) -> Answer:
    """One person; that they were looked at is written down."""
    body = await _person(call)
    await deeds.looked_at(call.viewer, body["id"], now=call.now)
    return ok(body, ETag=etag(body))


async def create(call: Call) -> Answer:
    """Somebody new on the register."""
    filled = await _filled(call, {"aftercare": Aftercare.NO.value, **call.body})
    return made({"id": await register_kept.add_one(call.viewer, filled, now=call.now)})


async def update(call: Call) -> Answer:
    """What has changed about somebody; a new caseworker is introduced to them."""
    as_seen(call, etag(await _person(call)))
    filled = await _filled(call, call.body)
    await register_kept.change_one(call.viewer, call.ids["person_id"], filled, now=call.now)
    body = await _person(call)
    return ok(body, ETag=etag(body))


async def _filled(call: Call, given: Mapping[str, Any]) -> Filled:
    """What a caller says, as the register's one deed takes it from everybody."""
    cells = {
        key: "" if value is None else " ".join(str(value).split()) for key, value in given.items() if key in FIELDS
    }
    return Filled(
        cells, await colleague(call, given.get("caseworker_email")) or "",
        left_why=(given["left_why"] or "") if "left_why" in given else None,
    )  # fmt: skip


async def transfer(call: Call) -> Answer:
    """Offer a person who moves to their new municipality, which accepts at its own desk."""
    to = await api.municipality_called(call.viewer, call.body["to"])
    if not to:
        raise unusable("to", "choose_municipality")
    made_id = await deeds.offer_transfer(call.viewer, call.ids["person_id"], to, now=call.now)
    return made({"id": made_id})


async def erase(call: Call) -> Answer:
    """Begin to erase, as at the desk: the person named by their reference, and what must be kept kept."""
    if not call.body["kept"]:
        raise unusable("kept", "keep_first")
    number = await erasure.erase_rest(call.viewer, call.ids["person_id"], call.body["reference"], now=call.now)
    return made({"receipt": number})


async def invite(call: Call) -> Answer:
    """An invitation, shown this once; an earlier open one is void."""
    given = await consent.invite(call.viewer, call.ids["person_id"], now=call.now)
    settings, bot = call.desk.settings, call.desk.bot_username
    return made(
        {
            "web_link": f"{settings.public_url}/chat/#start={quote(given.token, safe='')}",
            "telegram_link": f"https://t.me/{bot}?start={given.token}" if settings.telegram_token and bot else None,
            "code": spoken_code(given.code),
            "expires_at": moment(given.expires_at),
        }
    )


async def happened(call: Call) -> Answer:
    """What happened around a person besides messages, oldest first."""
    person_id, limit = call.ids["person_id"], call.query.get("limit", 50)
    found = await timeline.happenings(call.viewer, person_id)
    await deeds.looked_at(call.viewer, person_id, now=call.now)
    lines = sorted(((_where(one), one) for one in found), key=lambda pair: pair[0])
    begin = after(call)
    rest = [(where, one) for where, one in lines if where > begin]
    page = cut([(where, _happening(one)) for where, one in rest[: limit + 1]], limit, lambda pair: pair[0])
    return ok({"items": [one for _, one in page["items"]], "next": page["next"]})


async def colleague(call: Call, email: str | None) -> str | None:
    """The id of a colleague who meets young people here. Raises Wrong where nobody has that address."""
    if email is None:
        return None
    found = {address.casefold(): staff_id for staff_id, address in (await api.emails(call.viewer)).items()}
    if email.casefold() not in found:
        raise unusable("caseworker_email" if "caseworker_email" in call.body else "to", "colleague_unknown")
    return found[email.casefold()]


async def _person(call: Call) -> dict[str, Any]:
    found: PersonView = await register.person(call.viewer, call.ids["person_id"], now=call.now)
    emails = await api.emails(call.viewer)
    thread = await api.thread_of(call.viewer, found.person_id)
    return {
        "id": found.person_id, "reference": found.reference, "name": found.name, "first_name": found.first_name,
        "birth_date": day(found.birth), "phone": found.phone, "group": found.group, "aftercare": found.aftercare,
        "caseworker_email": emails.get(found.caseworker_id), "thread": thread or None, "link": found.link,
        "offer": found.offer, "placement_end": day(found.placement_end), "offered_on": day(found.offered_on),
        "decided_on": day(found.decided_on), "entered_on": day(found.entered_on), "left_on": day(found.left_on),
        "left_why": found.left_why or None, "offer_deadline": day(found.offer_deadline),
        "leaves_at": day(found.leaves_at),
    }  # fmt: skip


def _where(one: Happening) -> str:
    return place(one.at, one.kind, one.what, one.about)


def _happening(one: Happening) -> dict[str, Any]:
    return {
        "at": moment(one.at), "kind": one.kind, "what": one.what, "by": one.who or None, "words": one.words,
        "about": one.about, "score": one.score,
    }  # fmt: skip
