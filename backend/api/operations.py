"""The table of operations: every call of the API, in the order in which it is described. Nothing else is served."""

from __future__ import annotations

from typing import Final

from backend.api import alerts, casefiles, checkins, figures, offers, people, reports, surveys, threads, webhooks
from backend.api.calls import Match, Operation
from backend.api.schemas import an_id

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("GET", "/people", "people-list", people.index, "people.read", people.PEOPLE, query=people.LISTED),
    Operation("POST", "/people", "people-create", people.create, "register.write", people.REF, 201, people.CREATE),
    Operation("GET", "/people/{person_id}", "people-read", people.show, "people.read", people.PERSON, tagged=True),
    Operation(
        "PATCH", "/people/{person_id}", "people-update", people.update, "register.write", people.PERSON,
        body=people.UPDATE, match=Match.MAY, tagged=True,
    ),
    Operation(
        "POST", "/people/{person_id}/erase", "people-erase", people.erase, "people.erase", people.ERASED, 201,
        people.ERASE, house=True,
    ),
    Operation(
        "POST", "/people/{person_id}/transfer", "people-transfer", people.transfer, "people.transfer", people.REF, 201,
        people.TRANSFER,
    ),
    Operation(
        "POST", "/people/{person_id}/invitations", "invitations-create", people.invite, "invitations.write",
        people.INVITATION, 201,
    ),
    Operation(
        "GET", "/people/{person_id}/timeline", "timeline-read", people.happened, "people.read", people.TIMELINE,
        query=people.LISTED,
    ),
    Operation(
        "GET", "/people/{person_id}/case-file", "case-file-read", casefiles.show, "casefile.decide",
        casefiles.CASE_FILE,
    ),
    Operation(
        "POST", "/people/{person_id}/hand-overs", "hand-overs-create", casefiles.hand_over, "casefile.decide",
        casefiles.MADE, 201, slow=True,
    ),
    Operation(
        "GET", "/hand-overs/{hand_over_id}", "hand-overs-read", casefiles.document, "casefile.decide",
        casefiles.DOCUMENT,
    ),
    Operation("POST", "/offers", "offers-create", offers.create, "offers.write", offers.REF, 201, offers.CREATE),
    Operation("GET", "/offers/{offer_id}", "offers-read", offers.show, "offers.read", offers.OFFER, tagged=True),
    Operation(
        "PATCH", "/offers/{offer_id}", "offers-revise", offers.revise, "offers.write", offers.OFFER,
        body=offers.REVISE, match=Match.MAY, tagged=True,
    ),
    Operation("POST", "/offers/{offer_id}/publish", "offers-publish", offers.publish, "offers.write", None, 204),
    Operation("POST", "/offers/{offer_id}/end", "offers-end", offers.end, "offers.write", None, 204),
    Operation(
        "GET", "/check-ins", "check-ins-read", checkins.show, "checkins.read", checkins.CHECK_INS,
        query={"person": an_id()}, needs=frozenset({"person"}),
    ),
    Operation(
        "POST", "/check-ins", "check-ins-ask", checkins.ask, "checkins.ask", people.REF, 201, checkins.ASK
    ),
    Operation("GET", "/threads", "threads-list", threads.index, "messages.read", threads.THREADS, query=threads.LISTED),
    Operation(
        "GET", "/threads/{thread_id}", "threads-read", threads.show, "messages.read", threads.THREAD,
        query=threads.SHOWN, tagged=True,
    ),
    Operation(
        "POST", "/threads/{thread_id}/replies", "replies-create", threads.reply, "messages.reply", people.REF, 201,
        threads.REPLY, match=Match.MUST,
    ),
    Operation(
        "POST", "/threads/{thread_id}/notes", "notes-create", threads.note, "messages.note", people.REF, 201,
        threads.NOTE,
    ),
    Operation(
        "POST", "/threads/{thread_id}/assign", "threads-assign", threads.assign, "messages.assign", None, 204,
        threads.ASSIGN,
    ),
    Operation(
        "POST", "/threads/{thread_id}/close", "threads-close", threads.close, "messages.reply", None, 204,
        match=Match.MUST,
    ),
    Operation("GET", "/alerts", "alerts-list", alerts.index, "alerts.read", alerts.ALERTS, query=alerts.LISTED),
    Operation(
        "POST", "/alerts/{alert_id}/acknowledge", "alerts-acknowledge", alerts.acknowledge, "alerts.acknowledge", None,
        204,
    ),
    Operation("POST", "/surveys", "surveys-create", surveys.create, "surveys.write", surveys.REF, 201, surveys.CREATE),
    Operation("POST", "/surveys/{survey_id}/publish", "surveys-publish", surveys.publish, "surveys.write", None, 204),
    Operation(
        "GET", "/surveys/{survey_id}/results", "surveys-results", surveys.results, "surveys.results", surveys.RESULTS
    ),
    Operation("GET", "/figures", "figures-list", figures.index, "figures.read", figures.FIGURES, query=figures.LISTED),
    Operation("GET", "/reports", "reports-read", reports.index, "reports.read", reports.REPORT, query=reports.LISTED),
    Operation("GET", "/reports/file", "reports-file", reports.file, "reports.read", reports.FILE, query=reports.LISTED),
    Operation("GET", "/webhooks", "webhooks-list", webhooks.index, "webhooks.administer", webhooks.WEBHOOKS),
    Operation(
        "POST", "/webhooks", "webhooks-create", webhooks.create, "webhooks.administer", webhooks.MADE, 201,
        webhooks.CREATE,
    ),
    Operation("DELETE", "/webhooks/{webhook_id}", "webhooks-delete", webhooks.remove, "webhooks.administer", None, 204),
    Operation(
        "POST", "/webhooks/{webhook_id}/test", "webhooks-test", webhooks.test, "webhooks.administer", webhooks.TESTED,
        201,
    ),
)  # fmt: skip
