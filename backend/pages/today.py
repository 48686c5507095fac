"""Today: everything that waits for me, each with its reason and one thing to do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web

from backend import context, words
from backend.context import VIEWER
from backend.pages.alerts import also_to, title_of, with_earlier
from backend.pages.leaving import going
from backend.pages.meetings import untold
from backend.rendering import menu, page
from locales import dates, text
from models.actions import inbox as updates
from models.domain.localtime import local_date
from models.domain.meetings import MeetingState
from models.domain.staff import Viewer, sees_people
from models.queries import away, deadletters, receiving, register_moves, staff
from models.queries import today as view
from models.queries.casefile import MOST_COUNTED
from models.queries.meetings import MeetingLine
from models.queries.messages import ThreadLine
from models.queries.register_moves import Incoming
from models.queries.today import Some, Today
from models.transactions import HOUSE

_NAMED = 3
_BY_NAME = {"not_heard", "without_link"}


async def show(request: web.Request) -> web.StreamResponse:
    """What waits, in the order it should be done. Whoever meets no young people is shown their own first page."""
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    if not sees_people(viewer.role):
        raise going(f"/{menu(viewer.role)[0]}")
    now = desk.now
    found = await view.today(viewer, now=now)
    duty = await staff.duty(viewer, now=now)
    untold = await away.missed(viewer, now=now)
    arriving = await register_moves.incoming(HOUSE, viewer, now=now)
    return await page(
        request, "today.html", current="today",
        day=dates.weekday_and_day(local_date(now), language),
        items=[*_items(found, viewer, now, language), *_arriving(arriving, language)],
        duty=_duty(duty, language),
        untold=text("desk.today.untold", language) if "failed" in untold.values() else "",
        lost=[
            text("desk.receiving.lost", language, since=words.moment(one.since, now, language),
                 until=words.moment(one.until, now, language))
            for one in await receiving.lost(viewer, now=now)
        ],
        promises=found.promises, done=found.done,
    )  # fmt: skip


async def dead_letter(request: web.Request) -> web.StreamResponse:
    """A message that could not be processed, read by a coordinator."""
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    inbox_id = _number(request)
    letter = await deadletters.dead_letter(viewer, inbox_id)
    await updates.read_dead(viewer, inbox_id, now=desk.now)
    return await page(
        request, "dead_letter.html", current="today",
        letter={"id": letter.inbox_id, "name": letter.name, "person_href": f"/people/{letter.person_id}",
                "words": letter.words, "when": words.moment(letter.received_at, desk.now, language)},
    )  # fmt: skip


async def dead_letter_done(request: web.Request) -> web.StreamResponse:
    """The coordinator has dealt with it: off the list, and written down."""
    await updates.read_dead(request[VIEWER], _number(request), now=context.desk(request).now, dealt_with=True)
    raise going("/", said="dead_letter_done")


def _number(request: web.Request) -> int:
    found = request.match_info["inbox_id"]
    return int(found) if len(found) <= 18 else 0


def _duty(duty: staff.Duty, language: str) -> dict[str, Any] | None:
    if not duty.name:
        return {"words": text("desk.today.duty_nobody", language), "missing": True}
    if duty.away:
        return {"words": text("desk.today.duty_away", language, name=duty.name), "missing": True}
    return None


def _items(found: Today, viewer: Viewer, now: datetime, language: str) -> list[dict[str, Any]]:
    """Alerts; what was promised an answer; what did not arrive; then what is agreed or waits for them."""
    meetings = _meetings(found, now, language)
    return [
        *_alerts(found, viewer, now, language),
        *_threads(found, now, language),
        *_offers(found, now, language),
        *(one for one in meetings if one["kind"] == "due"),
        *_feedback(found, now, language),
        *_not_arrived(found, now, language),
        *(one for one in meetings if one["kind"] == "failed"),
        *_dead_letters(found, now, language),
        *(one for one in meetings if one["kind"] in {"waiting", "quiet"}),
        *_openings(found, now, language),
        *_declined(found, now, language),
        *_due(found, now, language),
        *_people(found, now, language),
        *_undecided(found, language),
    ]


def _item(
    kind: str, what: str, *, params: dict[str, Any], quote: str = "", meta: str = "", **more: Any
) -> dict[str, Any]:
    return {"kind": kind, "what": what, "params": params, "quote": quote, "meta": meta, "promise": None, "actions": [],
            "posts": [], **more}  # fmt: skip


def _alerts(found: Today, viewer: Viewer, now: datetime, language: str) -> list[dict[str, Any]]:
    items = []
    for alert in found.alerts:
        taken = alert.state == "acknowledged"
        items.append(
            _item(
                "now" if alert.kind == "read_now" and not taken else "due",
                "alert",
                params={"title": title_of(alert, language)},
                quote=alert.words,
                meta=with_earlier(
                    text("desk.today.alert_taken", language) if taken and alert.mine
                    else text("desk.today.alert_left", language, name=alert.owner) if taken
                    else text(
                        "desk.alerts.since_and_deadline", language, since=dates.ago(alert.raised_at, now, language),
                        deadline=dates.when(alert.deadline_at, now, language),
                    ),
                    alert, language,
                ),
                actions=[{"words": text("desk.alerts.close" if taken else "desk.base.open", language),
                          "href": f"/alerts/{alert.alert_id}", "about": alert.name},
                         *also_to(alert, viewer, language)],
                posts=[] if taken else [{"words": text("desk.alerts.acknowledge", language),
                                         "action": f"/alerts/{alert.alert_id}/acknowledge", "about": alert.name}],
            )
        )  # fmt: skip
    return items + _rest("alerts", found.more_alerts, "/alerts", language)


def _rest(what: str, n: int, href: str, language: str) -> list[dict[str, Any]]:
    """Where the rest of a long list is."""
    about = text(f"desk.today.{what}_more", language, n=n)
    see = {"words": text("desk.base.see", language), "href": href, "about": about}
    return [_item("waiting", f"{what}_more", params={"n": n}, actions=[see])] if n else []


def _threads(found: Today, now: datetime, language: str) -> list[dict[str, Any]]:
    items = [
        _item(
            "due" if line.promised_at else "waiting",
            _thread_why(line),
            params={"name": line.name, "by": line.last_by},
            quote=line.line if line.last in {"in", "handed"} else "",
            meta=" · ".join(filter(None, (dates.ago(line.last_at, now, language), _covers(line, language)))),
            promise=words.promise(line.promised_at, now, language, broken=line.broken),
            actions=[{"words": text("desk.today.read_and_answer" if line.unread else "desk.today.answer", language),
                      "href": f"/inbox/{line.person_id}#latest", "about": line.name}],
        )
        for line in found.threads
    ]  # fmt: skip
    return items + _rest("threads", found.more_threads, "/inbox?folder=all", language)


def _thread_why(line: ThreadLine) -> str:
    if line.unread:
        return "handed" if line.last == "handed" else "unread"
    return "back" if line.later else "promise"


def _covers(line: ThreadLine, language: str) -> str:
    return text("desk.inbox.covers", language, name=line.cover.name) if line.cover else ""


def _offers(found: Today, now: datetime, language: str) -> list[dict[str, Any]]:
    """Proposals to an offer, and wishes: what somebody asked for, by when they get an answer."""
    proposed = [
        _item(
            "due",
            "proposal",
            params={"name": line.name, "about": line.content.get("title", "")},
            quote=line.asked[0].words if line.asked else "",
            meta=dates.ago(line.asked[0].at if line.asked else line.answered_at or line.created_at, now, language),
            promise=words.promise(line.asked[0].promised_at, now, language, broken=line.asked[0].broken)
            if line.asked
            else None,
            actions=[{"words": text("desk.today.answer", language), "href": f"/offers/{line.offer_id}",
                      "about": line.name}],
        )
        for line in found.proposals
    ]  # fmt: skip
    return proposed + [
        _item(
            "due",
            "wish",
            params={"name": line.name, "about": line.title},
            quote=line.words,
            meta=dates.ago(line.made_at, now, language),
            promise=words.promise(line.promised_at, now, language, broken=line.broken),
            actions=[{"words": text("desk.today.answer", language), "href": f"/wishes/{line.wish_id}",
                      "about": line.name}],
        )
        for line in found.wishes
    ]  # fmt: skip


def _meetings(found: Today, now: datetime, language: str) -> list[dict[str, Any]]:
    """Meetings that need somebody: can't come, not told, over and not written down; and those that are near."""
    items = []
    order = ("cannot", "untold", "not_quite", "unwritten", "soon")
    for line in sorted((*found.meetings, *found.unwritten), key=lambda one: order.index(_why(one))):
        what = _why(line)
        items.append(
            _item(
                {"untold": "failed", "soon": "quiet", "unwritten": "waiting"}.get(what, "due"),
                f"meeting_{what}",
                params={"name": line.name, "when": dates.when(line.starts_at, now, language)},
                quote=line.topics if what == "soon" else "",
                meta=untold(line, language) if what == "untold" else line.content.get("about", ""),
                promise=words.promise(line.promised_at, now, language, broken=line.broken)
                if what in {"cannot", "not_quite"}
                else None,
                actions=[{"words": text("desk.base.open", language), "href": f"/meetings/{line.meeting_id}",
                          "about": line.name}],
            )
        )  # fmt: skip
    return items


def _why(line: MeetingLine) -> str:
    if line.state is not MeetingState.PLANNED:
        return "not_quite" if line.agreed else "unwritten"
    if line.cannot_at:
        return "cannot"
    return "untold" if line.trouble else "soon"


def _feedback(found: Today, now: datetime, language: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = [
        _item(
            "due",
            "feedback",
            params={"name": line.name},
            meta=text(f"desk.feedback.about.{line.about}", language),
            promise=words.promise(line.promised_at, now, language),
            actions=[{"words": text("desk.base.open", language), "href": f"/feedback/{line.feedback_id}",
                      "about": line.name}],
        )
        for line in found.feedback
    ]  # fmt: skip
    return items + _rest("feedback", found.more_feedback, "/feedback", language)


def _not_arrived(found: Today, now: datetime, language: str) -> list[dict[str, Any]]:
    return [
        _item(
            "failed",
            "unsure" if line.state == "unsure" else "not_arrived",
            params={"name": line.name},
            meta=" · ".join(
                filter(None, (words.letter_reason(line.reason, language), dates.ago(line.at, now, language)))
            ),
            actions=[{"words": text("desk.today.decide", language),
                      "href": f"/inbox/{line.person_id}#m-{line.message_id}", "about": line.name}],
        )
        for line in found.not_arrived
    ]  # fmt: skip


def _dead_letters(found: Today, now: datetime, language: str) -> list[dict[str, Any]]:
    return [
        _item(
            "failed",
            "dead_letter",
            params={},
            meta=dates.ago(line.received_at, now, language),
            actions=[
                {"words": text("desk.base.open", language), "href": f"/dead-letters/{line.inbox_id}", "about": ""}
            ],
        )
        for line in found.dead_letters
    ]


def _openings(found: Today, now: datetime, language: str) -> list[dict[str, Any]]:
    return [
        _item(
            "waiting",
            "opening",
            params={"name": line.name, "who": line.who},
            quote=line.why,
            meta=dates.ago(line.at, now, language),
            actions=[{"words": text("desk.base.open", language), "href": f"/people/{line.person_id}/case",
                      "about": line.name}],
            posts=[{"words": text("desk.opening.seen", language), "action": f"/openings/{line.opening_id}/seen",
                    "about": line.name}],
        )
        for line in found.openings
    ]  # fmt: skip


def _declined(found: Today, now: datetime, language: str) -> list[dict[str, Any]]:
    return [
        _item(
            "waiting",
            "declined",
            params={"name": line.name, "municipality": line.new},
            meta=dates.ago(line.at, now, language),
            actions=[{"words": text("desk.base.open", language), "href": f"/people/{line.person_id}/transfer",
                      "about": line.name}],
            posts=[{"words": text("desk.opening.seen", language),
                    "action": f"/people/{line.person_id}/transfer/seen", "about": line.name}],
        )
        for line in found.declined
    ]  # fmt: skip


def _undecided(found: Today, language: str) -> list[dict[str, Any]]:
    """What nobody has decided about: of who moved away, and for too long; and who is deleted by itself soon."""
    items = []
    undecided = "undecided" if found.undecided <= MOST_COUNTED else "undecided_many"
    for kind, what, n, place in (
        ("due", "left_behind", found.left_behind, ""), ("quiet", undecided, min(found.undecided, MOST_COUNTED), ""),
        ("quiet", "going", found.going, "#going"),
    ):  # fmt: skip
        about = text(f"desk.today.{what}", language, n=n)
        see = {"words": text("desk.base.see", language), "href": f"/case-files{place}", "about": about}
        items += [_item(kind, what, params={"n": n}, actions=[see])] if n else []
    return items


def _due(found: Today, now: datetime, language: str) -> list[dict[str, Any]]:
    """Goals to look at, and people to ask again, on the day that was agreed."""
    return [
        _item(
            "due",
            f"due_{line.kind}",
            params={"name": line.name},
            quote=line.words,
            meta=text(
                "desk.today.due_today" if line.on == local_date(now) else "desk.today.due_since", language,
                day=words.day(line.on, language),
            ),
            actions=[{"words": text("desk.base.open", language), "href": f"/people/{line.person_id}/plan#{line.kind}s",
                      "about": line.name}],
        )
        for line in found.due
    ]  # fmt: skip


def _arriving(found: list[Incoming], language: str) -> list[dict[str, Any]]:
    if not found:
        return []
    see = text("desk.base.see", language)
    about = text("desk.today.transfers", language, n=len(found))
    return [
        _item(
            "waiting", "transfers", params={"n": len(found)}, meta=", ".join(one.name for one in found[:_NAMED]),
            actions=[{"words": see, "href": "/transfers", "about": about}],
        )
    ]  # fmt: skip


def _people(found: Today, now: datetime, language: str) -> list[dict[str, Any]]:
    groups = (
        ("due", "turned_23", found.turned_23, "", None),
        ("waiting", "offers_waiting", found.offers_waiting, "/offers", now),
        ("quiet", "not_heard", found.not_heard, "/people?show=not_heard", None),
        ("quiet", "without_link", found.without_link, "/people?show=no_chat", None),
        ("quiet", "without_caseworker", found.without_caseworker, "/people?show=no_caseworker", None),
    )
    items = []
    for kind, what, people, all_of_them, since in groups:
        if not people.first:
            continue
        # A few who are silent or not on the chat are a press away each; of more, the list is.
        listed = bool(all_of_them) and (people.n > len(people.first) or what not in _BY_NAME)
        see = text("desk.base.see", language)
        actions = (
            [{"words": see, "href": all_of_them, "about": text(f"desk.today.{what}", language, n=people.n)}]
            if listed
            else [{"words": one.name, "href": f"/people/{one.person_id}", "about": ""} for one in people.first]
        )
        items.append(
            _item(kind, what, params={"n": people.n}, meta=_who(people, since, language, named=listed),
                  actions=actions)
        )  # fmt: skip
    items += [
        _item("due", "stray", params={"name": one.name},
              actions=[{"words": text("desk.base.open", language), "href": f"/people/{one.person_id}/apart",
                        "about": one.name}])
        for one in found.strays.first
    ]  # fmt: skip
    return items


def _who(people: Some, now: datetime | None, language: str, *, named: bool) -> str:
    names = ", ".join(one.name for one in people.first) if named else ""
    left = people.n - len(people.first)
    more = text("desk.today.and_more", language, n=left) if left else ""
    longest = people.first[0].since
    ago = text("desk.today.longest", language, ago=dates.ago(longest, now, language)) if now and longest else ""
    return " · ".join(filter(None, (names, more, ago)))
