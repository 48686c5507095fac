"""The API walked as a case system does: people, offers, threads, alerts, check-ins and figures, with one token."""

from __future__ import annotations

import json
from hashlib import sha256

from models.actions import api, casefile, panels, staff_administered
from models.actions.staff_administered import Member
from models.domain.api import CALLS
from models.domain.casefile import Choice, Theme
from models.domain.figures.indicator import Counts, fingerprint, freeze
from models.domain.figures.periods import Period
from models.domain.staff import Role
from models.tables.audit import TrailEntry
from models.tables.figures import Publication
from models.transactions import HOUSE, Scope, reading
from tests.actions.panel_group import crowd, gather_group
from tests.actions.rows import add
from tests.actions.world import records
from tests.backend.browsing import MovedClock, Story, table_contents
from tests.backend.calling import OpenSystem
from tests.cast import Cast, leaves, link


async def test_a_person_is_put_on_the_register_read_corrected_and_listed(
    system: OpenSystem, cast: Cast, clock: MovedClock
) -> None:
    per = await system(cast.per)
    entered = {
        "reference": "R-2001", "name": "Noor  Dahl", "birth_date": "2008-04-01", "group": "placed",
        "caseworker_email": "Mette@example.org", "phone": "+45 20 11 22 33",
    }  # fmt: skip
    made = await per.post("/people", entered, key="noor")
    assert made.status == 201
    person = made.body["id"]
    again = await per.post("/people", entered, key="noor")
    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (201, made.body, "true")
    other = await per.post("/people", entered | {"name": "Nora Dahl"}, key="noor")
    assert (other.status, other.kind) == (422, "idempotency-key-reused")
    assert (await per.post("/people", entered)).body == made.body
    taken = await per.post("/people", entered | {"phone": ""}, Accept_Language="en")
    assert (taken.status, taken.body["code"], taken.body["errors"][0]["pointer"]) == (
        422, "register_taken", "/reference",
    )  # fmt: skip
    assert taken.body["detail"] == "Somebody else has that reference."
    read = await per.get(f"/people/{person}")
    assert read.body | {"thread": None} == read.body
    assert {key: read.body[key] for key in ("name", "first_name", "caseworker_email", "birth_date", "link")} == {
        "name": "Noor Dahl", "first_name": "Noor", "caseworker_email": "mette@example.org",
        "birth_date": "2008-04-01", "link": "none",
    }  # fmt: skip
    changed = await per.call(
        "PATCH", f"/people/{person}", {"name": "Noor Dahl Lund", "caseworker_email": "siri@example.org"},
        If_Match=read.headers["ETag"],
    )  # fmt: skip
    assert (changed.status, changed.body["name"], changed.body["caseworker_email"]) == (
        200, "Noor Dahl Lund", "siri@example.org",
    )  # fmt: skip
    stale = await per.call("PATCH", f"/people/{person}", {"phone": ""}, If_Match=read.headers["ETag"])
    assert (stale.status, stale.kind) == (412, "precondition-failed")
    cpr = await per.call("PATCH", f"/people/{person}", {"name": "Noor 010408-1234"})
    assert cpr.body["code"] == "register_cpr"
    left = await per.call("PATCH", f"/people/{person}", {"left_on": "2026-11-01", "birth_date": "2012-01-01"})
    assert {(one["pointer"], one["code"]) for one in left.body["errors"]} == {
        ("/birth_date", "register_too_young"), ("/left_why", "register_left_why_missing"),
    }  # fmt: skip
    first = await per.get("/people?limit=2")
    another = (await per.post("/people", entered | {"reference": "R-2002"})).body["id"]
    second = await per.get(f"/people?limit=100&cursor={first.body['next']}")
    seen = [one["id"] for one in first.body["items"] + second.body["items"]]
    assert len(seen) == len(set(seen))
    assert {cast.amina, cast.jonas, cast.leila, person} <= set(seen)
    assert cast.astrid not in seen
    mette = await system(cast.mette)
    assert {one["id"] for one in (await mette.get("/people")).body["items"]} == {cast.amina, cast.leila, another}
    invited = await per.post(f"/people/{person}/invitations")
    assert invited.body["web_link"].startswith("http")
    moved = await per.post(f"/people/{person}/transfer", {"to": "odsherred"})
    assert moved.status == 201
    erase = f"/people/{person}/erase"
    assert (await per.post(erase, {"reference": "R-2001", "kept": False})).body["errors"][0]["code"] == "keep_first"
    assert (await per.post(erase, {"reference": "R-2002", "kept": True})).body["code"] == "reference_differs"
    assert (await per.post(erase, {"reference": "R-2001", "kept": True})).status == 201
    assert (await per.get(f"/people/{person}")).status == 404
    deeds = await by_api(Scope(cast.randers), person)
    assert deeds[:4] == ["register.add", "person.view", "person.caseworker", "register.change"]
    assert deeds[-3:] == ["invitation.make", "transfer.offer", "person.erase"]


async def test_a_thread_is_read_answered_noted_handed_over_and_closed(
    system: OpenSystem, cast: Cast, story: Story, clock: MovedClock
) -> None:
    mette = await system(cast.mette)
    listed = (await mette.get("/threads")).body["items"]
    assert [(one["id"], one["person"], one["assigned_email"]) for one in listed] == [
        (story.thread, story.person, "mette@example.org")
    ]
    path = f"/threads/{story.thread}"
    thread = await mette.get(path)
    assert [one["direction"] for one in thread.body["messages"]] == ["in", "out", "note", "note", "in", "note", "note"]
    assert thread.body["messages"][1]["delivery"] == "held"
    seen = thread.headers["ETag"]
    assert (await mette.post(f"{path}/replies", {"text": "Ja"})).kind == "precondition-required"
    replied = await mette.post(f"{path}/replies", {"text": "Ja, på torsdag."}, key="one", If_Match=seen)
    assert replied.status == 201
    assert (
        await mette.post(f"{path}/replies", {"text": "Ja, på torsdag."}, key="one", If_Match=seen)
    ).body == replied.body
    late = await mette.post(f"{path}/replies", {"text": "Og tag kagen med."}, If_Match=seen)
    assert (late.status, late.body["code"]) == (412, "thread_moved_on")
    assert (await mette.post(f"{path}/notes", {"text": "Ringede", "contact": True})).status == 201
    thread = await mette.get(path)
    assert [one["answered"] for one in thread.body["messages"] if one["direction"] == "in"] == [True, True]
    assert thread.body["messages"][-2]["text"] == "Ja, på torsdag."
    assert (await mette.post(f"{path}/close", If_Match='"v1"')).status == 412
    assert (await mette.post(f"{path}/close", If_Match=thread.headers["ETag"])).status == 204
    unknown = await mette.post(f"{path}/assign", {"to": "nobody@example.org"})
    assert [one["code"] for one in unknown.body["errors"]] == ["colleague_unknown"]
    assert (await mette.post(f"{path}/assign", {"to": "siri@example.org"})).status == 204
    siri = await system(cast.siri)
    assert [one["id"] for one in (await siri.get("/threads")).body["items"]] == [story.thread]


async def test_offers_check_ins_alerts_timeline_and_figures(
    system: OpenSystem, cast: Cast, story: Story, clock: MovedClock
) -> None:
    mette = await system(cast.mette)
    drafted = await mette.post(
        "/offers", {"person": cast.leila, "kind": "mentor", "title": "Mentor", "starts": "2026-12-01"}
    )
    offer = f"/offers/{drafted.body['id']}"
    assert [(await mette.post(f"{offer}/publish", key="p")).status for _ in range(2)] == [204, 204]
    before = await mette.get(offer)
    assert (before.body["state"], before.body["starts"], before.body["next_meeting"]) == (
        "published",
        "2026-12-01",
        None,
    )
    revised = await mette.call("PATCH", offer, {"title": "Mentor hver uge"}, If_Match=before.headers["ETag"])
    assert (revised.body["revision"], revised.body["title"], revised.body["starts"]) == (
        2,
        "Mentor hver uge",
        "2026-12-01",
    )
    assert (await mette.call("PATCH", offer, {"title": "x"}, If_Match=before.headers["ETag"])).status == 412
    assert (await mette.post(f"{offer}/end")).status == 204
    assert (await mette.get(offer)).body["state"] == "withdrawn"
    asked = await mette.post("/check-ins", {"person": cast.leila, "instrument": "who5"})
    assert asked.status == 201
    assert (await mette.post("/check-ins", {"person": cast.leila, "instrument": "hoert5"})).status == 422
    wellbeing = (await mette.get(f"/check-ins?person={story.person}")).body
    assert ([one["score"] for one in wellbeing["who5"]], wellbeing["shared"]) == ([24], [])
    happened = await mette.get(f"/people/{story.person}/timeline?limit=3")
    rest = await mette.get(f"/people/{story.person}/timeline?cursor={happened.body['next']}")
    kinds = {one["kind"] for one in happened.body["items"] + rest.body["items"]}
    assert {"offer", "meeting", "check_in", "alert", "link", "consent"} <= kinds
    open_alerts = (await mette.get("/alerts?state=open")).body["items"]
    assert story.alert in [one["id"] for one in open_alerts]
    taken = f"/alerts/{story.alert}/acknowledge"
    assert [(await mette.post(taken)).status, (await mette.post(taken)).status] == [204, 204]
    assert (await mette.get("/figures")).body == {
        "items": [{"municipality": "randers", "name": "Randers Kommune", "figures": []}]
    }
    assert (await mette.get("/figures?municipality=odsherred")).status == 404
    nanna = await system(cast.nanna)
    assert [one["municipality"] for one in (await nanna.get("/figures")).body["items"]] == ["odsherred", "randers"]


async def test_the_case_file_is_handed_over_once_and_fetched_as_it_was_and_reports_are_lines(
    system: OpenSystem, cast: Cast, story: Story, clock: MovedClock
) -> None:
    mette, siri = await system(cast.mette), await system(cast.siri)
    path = f"/people/{story.person}/case-file"
    before = (await mette.get(path)).body
    assert (before["undecided"] > 0, before["ready"], [one["number"] for one in before["hand_overs"]]) == (True, 0, [1])
    assert (await mette.post(f"/people/{story.person}/hand-overs")).body["code"] == "casefile_nothing"
    chosen = (await records(cast.mette, story.person))[-1]
    await casefile.decide(cast.mette, story.person, [chosen], Choice.FILE, theme=Theme.HOUSING, now=clock.now())
    handed = await mette.post(f"/people/{story.person}/hand-overs", key="case")
    assert (handed.status, handed.body["number"]) == (201, 2)
    again = await mette.post(f"/people/{story.person}/hand-overs", key="case")
    assert (again.body, again.headers["Idempotency-Replayed"]) == (handed.body, "true")
    clock.move(hours=2)
    document = await mette.get(f"/hand-overs/{handed.body['id']}")
    assert document.headers["Content-Type"] == "application/pdf"
    assert sha256(document.body.encode("latin-1")).hexdigest() == handed.body["sha256"]
    assert [(await siri.get(one)).status for one in (path, f"/hand-overs/{handed.body['id']}")] == [404, 404]
    assert (await by_api(Scope(cast.randers), story.person))[-2:] == ["casefile.hand_over", "casefile.export"]
    nanna = await system(cast.nanna)
    counts, quarter = Counts(population=40, responded=30, computable=28, heard=20), Period.parse("2026Q3")
    frozen = freeze(counts, quarter, "randers")
    await add(
        Publication(
            municipality_id=cast.randers, figure="heard", period=quarter.key, definition="hoert-1", frozen=frozen,
            sha256=fingerprint(frozen), published_at=clock.now(),
        )
    )  # fmt: skip
    (line,) = (await nanna.get("/reports")).body["items"]
    assert {key: line[key] for key in ("geography", "status", "n", "N", "responded", "response_rate", "sha256")} == {
        "geography": "randers", "status": "shown", "n": 28, "N": 40, "responded": 30, "response_rate": 0.75,
        "sha256": fingerprint(frozen),
    }  # fmt: skip
    (figure,) = (await mette.get("/figures")).body["items"][0]["figures"]
    shown = figure["result"]
    assert (shown["interval"], shown["bounds"]) == ([line["lower"], line["upper"]], [0.5, 0.8])
    assert (await nanna.get("/reports?period=2026Q2")).body == {"items": []}
    assert (await nanna.get("/reports?period=2026Q5")).body["errors"][0]["code"] == "period_unreadable"
    assert (await mette.get("/reports?municipality=odsherred")).status == 404
    file = await nanna.get("/reports/file?period=2026Q3")
    assert (file.headers["Content-Type"], "randers,2026Q3,heard,,,shown,30,28,40" in file.body) == (
        "text/csv; charset=utf-8", True,
    )  # fmt: skip


async def test_a_survey_is_made_published_and_its_results_told_as_far_as_they_may_be(
    system: OpenSystem, cast: Cast, clock: MovedClock
) -> None:
    now, randers = clock.now(), Scope(cast.randers)
    amina, jonas = [
        await link(randers, person, chat, now=now, confirmed_by=cast.per.staff_id)
        for chat, person in enumerate((cast.amina, cast.jonas), 1)
    ]
    astrid = await link(Scope(cast.odsherred), cast.astrid, 3, now=now, confirmed_by=cast.odd.staff_id)
    group = await gather_group(cast, amina, jonas, astrid, now)
    host, per, nanna = [await system(viewer) for viewer in (group.host, cast.per, cast.nanna)]
    asked = {"key": "live", "kind": "single", "text": {"da": "Hvor bor du?", "en": "Where do you live?"}}
    draft = {"panel": group.panel, "title": {"da": "Bolig", "en": "Home"}, "questions": [asked]}
    made = await host.post("/surveys", draft)
    survey = f"/surveys/{made.body['id']}"
    wrong = await host.post(f"{survey}/publish")
    assert (made.status, wrong.status, wrong.body["errors"][0]["pointer"]) == (201, 422, "/live")
    options = [{"key": key, "label": {"da": key, "en": key}} for key in ("alone", "shared")]
    better = await per.post("/surveys", draft | {"questions": [asked | {"choices": options}]})
    assert (await host.post(f"/surveys/{better.body['id']}/publish")).status == 204
    assert (await host.get(f"/surveys/{better.body['id']}/results")).body == {"items": []}
    assert (await nanna.get(f"/surveys/{better.body['id']}/results")).status == 403

    results = f"/surveys/{group.survey}/results"
    await crowd(cast, group.sendout, 23, now)
    (running,) = (await host.get(results)).body["items"]
    assert (running["state"], running["opens_at"][-6:], running["invited"], running["outcomes"]) == (
        "open", "+00:00", None, [],
    )  # fmt: skip
    clock.move(days=14)
    await panels.close_due(HOUSE, now=clock.now())
    clock.move(days=3)
    told = await host.get(results)
    (counted,) = told.body["items"]
    outcomes = {one["question"]: one for one in counted["outcomes"]}
    live = {line["key"]: line["count"] for line in outcomes["live"]["lines"]}
    assert (counted["answered"], counted["invited"], live) == (23, 23, {"alene": 8, "sammen": 15})
    assert [outcomes["why"]["how"], "Ord fra" in json.dumps(told.body)] == ["words", False]
    assert (await per.get(results)).body["items"][0]["outcomes"] == []  # the host has not let other desks see it
    await panels.release(group.host, group.sendout, now=clock.now())
    assert (await per.get(results)).body["items"][0]["outcomes"] == counted["outcomes"]


async def test_a_token_works_until_it_is_revoked_over_or_its_account_is_closed(
    system: OpenSystem, cast: Cast, clock: MovedClock
) -> None:
    nobody = await system()
    refused = await nobody.get("/people")
    assert (refused.status, refused.kind, refused.headers["WWW-Authenticate"]) == (
        401, "unauthorized", 'Bearer realm="hoert"',
    )  # fmt: skip
    assert refused.headers["Content-Type"].startswith("application/problem+json")
    first, second, third = [await system(cast.mette, read_only=number == 0) for number in range(3)]
    assert (await first.get("/people")).status == 200
    assert (await first.post("/offers", {"person": cast.amina, "kind": "x", "title": "y"})).kind == "read-only-token"
    await api.revoke_token(cast.mette, first.token_id, now=clock.now(), real_now=clock.real_now())
    assert (await first.get("/people")).status == 401
    await leaves(cast, cast.mette, now=clock.now(), real_now=clock.real_now())
    assert (await second.get("/people")).status == 401
    await staff_administered.change_member(
        cast.admin, cast.mette.staff_id, Member("Mette Holm", Role.CASEWORKER), active=True, now=clock.now(),
        real_now=clock.real_now(),
    )  # fmt: skip
    assert (await third.get("/people")).status == 401
    siri = await system(cast.siri)
    assert (await siri.get("/people")).status == 200
    clock.move(days=31)
    assert (await siri.get("/people")).status == 401


async def test_too_many_calls_wait_and_are_told_how_long(system: OpenSystem, cast: Cast, clock: MovedClock) -> None:
    mette, siri = await system(cast.mette), await system(cast.siri)
    # Another process has answered all of the minute's calls but one.
    spent = [await api.pace(HOUSE, mette.token_id, real_now=clock.real_now()) for _ in range(CALLS - 1)]
    assert set(spent) == {0}
    assert (await mette.get("/figures?nothing=1")).status == 422
    waits = await mette.get("/figures")
    assert (waits.status, waits.kind, waits.headers["Retry-After"]) == (429, "too-many-requests", "61")
    assert (await siri.get("/figures")).status == 200
    clock.move(minutes=1)
    assert (await mette.get("/figures")).status == 200


async def test_what_cannot_be_used_is_said_by_field_and_does_nothing(
    system: OpenSystem, cast: Cast, clock: MovedClock
) -> None:
    per = await system(cast.per)
    before = await table_contents(HOUSE)
    wrong = await per.post(
        "/people", {"reference": "", "name": 7, "birth_date": "2008-02-30", "group": "other", "cpr": "x"}
    )
    assert {(one["pointer"], one["code"]) for one in wrong.body["errors"]} == {
        ("/reference", "text_empty"), ("/name", "text_wanted"), ("/birth_date", "date_unreadable"),
        ("/group", "choice_unknown"), ("/cpr", "field_unknown"),
    }  # fmt: skip
    refused = [
        (await per.post("/people", {}, key=None)).kind,
        (await per.call("POST", "/people", raw=b"{")).kind,
        (await per.call("POST", "/people", raw=b'{"name": NaN}')).kind,
        (await per.call("POST", "/people", raw=b'{"name": "a", "name": "b"}')).kind,
        (await per.call("POST", "/people", raw=b"[" * 100_000)).kind,
        (await per.call("POST", "/people", raw=b'{"name": "' + b"a" * 300_000 + b'"}')).kind,
        (await per.call("POST", "/people", raw=b"a=b", Content_Type="application/x-www-form-urlencoded")).kind,
        (await per.get("/people?cursor=Zm9v&cursor=Zm9v")).kind,
        (await per.get("/people?cursor=AA")).kind,  # NUL
        (await per.get(f"/threads?cursor={'OTk5' * 1500}")).kind,
        (await per.get("/nothing")).kind,
        (await per.call("PUT", "/people")).kind,
    ]
    assert refused == [
        "idempotency-key-missing", "malformed", "malformed", "malformed", "malformed", "too-large",
        "unsupported-media-type", "invalid", "invalid", "invalid", "not-found", "method-not-allowed",
    ]  # fmt: skip
    assert await table_contents(HOUSE) == before


@reading
async def by_api(scope: Scope, person_id: str) -> list[str]:
    """What stands in the trail about a person as done by a token, in order."""
    found = await TrailEntry.filter(person_id=person_id, actor="api").order_by("id")
    return [one.deed for one in found]
