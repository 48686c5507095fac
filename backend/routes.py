"""Every route of the desk, and who may: the application is made from this table, and nothing else adds a page."""

from __future__ import annotations

from typing import Final

from backend.guard import ANYONE, SIGNED_IN, Route
from backend.pages import (
    alerts,
    feedback,
    figures,
    files,
    helplines,
    inbox,
    invitation,
    offers,
    panels,
    people,
    person,
    plain,
    register,
    settings,
    signing_in,
    today,
)

_ID: Final = "[0-9a-f]{32}"
_PERSON: Final = f"{{person_id:{_ID}}}"
_OFFER: Final = f"{{offer_id:{_ID}}}"
_ALERT: Final = f"{{alert_id:{_ID}}}"
_FEEDBACK: Final = f"{{feedback_id:{_ID}}}"
_PANEL: Final = f"{{panel_id:{_ID}}}"
_MESSAGE: Final = f"{{message_id:{_ID}}}"
_FILE: Final = f"{{attachment_id:{_ID}}}"
_LINK: Final = f"{{link_id:{_ID}}}"
_TRANSFER: Final = f"{{transfer_id:{_ID}}}"
_INBOX: Final = "{inbox_id:[0-9]+}"

ROUTES: Final[tuple[Route, ...]] = (
    Route("GET", "/healthz", "healthz", plain.healthz, ANYONE),
    Route("GET", "/readyz", "readyz", plain.readyz, ANYONE),
    Route("GET", "/about", "about", plain.about, ANYONE),
    Route("GET", "/sign-in", "sign-in", signing_in.show_sign_in, ANYONE),
    Route("POST", "/sign-in", "sign-in-do", signing_in.sign_in, ANYONE),
    Route("GET", "/welcome", "welcome", signing_in.show_welcome, ANYONE),
    Route("POST", "/welcome", "welcome-do", signing_in.welcome, ANYONE),
    Route("POST", "/sign-out", "sign-out", signing_in.sign_out, SIGNED_IN),
    Route("POST", "/language", "language", signing_in.choose_language, SIGNED_IN),
    Route("GET", "/events", "events", plain.events, SIGNED_IN),
    Route("GET", "/", "today", today.show, SIGNED_IN),
    Route("GET", f"/dead-letters/{_INBOX}", "dead-letter", today.dead_letter, "messages.dead_letters"),
    Route("POST", f"/dead-letters/{_INBOX}/done", "dead-letter-done", today.dead_letter_done, "messages.dead_letters"),
    Route("GET", "/inbox", "inbox", inbox.show, "messages.read"),
    Route("GET", f"/inbox/{_PERSON}", "thread", inbox.thread, "messages.read"),
    Route("POST", f"/people/{_PERSON}/reply", "reply", inbox.reply, "messages.reply", files=True),
    Route("POST", f"/people/{_PERSON}/note", "note", inbox.note, "messages.note"),
    Route("POST", f"/people/{_PERSON}/missed", "call-missed", inbox.missed, "messages.note"),
    Route("POST", f"/people/{_PERSON}/read", "read", inbox.read, "messages.read"),
    Route("POST", f"/people/{_PERSON}/assign", "assign", inbox.assign, "messages.assign"),
    Route("POST", f"/people/{_PERSON}/messages/{_MESSAGE}", "delivery", inbox.decide, "messages.reply"),
    Route("GET", f"/files/{_FILE}", "file", files.one, "messages.read"),
    Route("GET", "/people", "people", people.show, "people.read"),
    Route("POST", "/people", "people-find", people.find, "people.search"),
    Route("POST", "/search", "search", people.everywhere, "people.search"),
    Route("GET", f"/people/{_PERSON}", "person", person.conversation, "people.read"),
    Route("GET", f"/people/{_PERSON}/offers", "person-offers", person.offers_tab, "offers.read"),
    Route("GET", f"/people/{_PERSON}/wellbeing", "person-wellbeing", person.wellbeing_tab, "checkins.read"),
    Route("GET", f"/people/{_PERSON}/plan", "person-plan", person.plan, "people.read"),
    Route("GET", f"/people/{_PERSON}/case", "person-case", person.case, "people.read"),
    Route("POST", f"/people/{_PERSON}/check-ins", "check-in-ask", person.ask, "checkins.ask"),
    Route("GET", f"/people/{_PERSON}/invitation", "invitation", invitation.show, "invitations.write"),
    Route("POST", f"/people/{_PERSON}/invitation", "invitation-make", invitation.make, "invitations.write"),
    Route("POST", f"/people/{_PERSON}/links/{_LINK}/confirm", "link-confirm", invitation.confirm, "links.confirm"),
    Route("POST", f"/people/{_PERSON}/links/{_LINK}/close", "link-close", invitation.close, "invitations.write"),
    Route("POST", f"/people/{_PERSON}/links/{_LINK}/differ", "link-differ", invitation.differ, "links.confirm"),
    Route("POST", f"/people/{_PERSON}/links/{_LINK}/bar", "link-bar", invitation.bar, "invitations.write"),
    Route("POST", f"/people/{_PERSON}/links/{_LINK}/unbar", "link-unbar", invitation.unbar, "invitations.write"),
    Route("GET", f"/people/{_PERSON}/apart", "apart", register.apart, "messages.dead_letters"),
    Route("POST", f"/people/{_PERSON}/apart/seen", "apart-seen", register.apart_seen, "messages.dead_letters"),
    Route("GET", f"/people/{_PERSON}/caseworker", "caseworker", register.caseworker, "people.assign"),
    Route("POST", f"/people/{_PERSON}/caseworker", "caseworker-do", register.change_caseworker, "people.assign"),
    Route("GET", "/hand-over", "hand-over", register.hand_over, "people.assign"),
    Route("POST", "/hand-over", "hand-over-do", register.hand_over_all, "people.assign"),
    Route("GET", f"/people/{_PERSON}/transfer", "transfer", register.transfer, "people.transfer"),
    Route("POST", f"/people/{_PERSON}/transfer", "transfer-offer", register.offer_transfer, "people.transfer"),
    Route(
        "POST",
        f"/people/{_PERSON}/transfer/withdraw",
        "transfer-withdraw",
        register.withdraw_transfer,
        "people.transfer",
    ),
    Route("GET", "/transfers", "transfers", register.transfers, "people.transfer"),
    Route("POST", f"/transfers/{_TRANSFER}/accept", "transfer-accept", register.accept_transfer, "people.transfer"),
    Route("POST", f"/transfers/{_TRANSFER}/decline", "transfer-decline", register.decline_transfer, "people.transfer"),
    Route("GET", f"/people/{_PERSON}/offers/new", "offer-new", offers.new, "offers.write"),
    Route("POST", f"/people/{_PERSON}/offers", "offer-draft", offers.draft, "offers.write"),
    Route("GET", "/offers", "offers", offers.show, "offers.read"),
    Route("GET", f"/offers/{_OFFER}", "offer", offers.one, "offers.read"),
    Route("GET", f"/offers/{_OFFER}/edit", "offer-edit", offers.edit, "offers.write"),
    Route("POST", f"/offers/{_OFFER}", "offer-revise", offers.revise, "offers.write"),
    Route("POST", f"/offers/{_OFFER}/move", "offer-move", offers.move, "offers.write"),
    Route("GET", "/alerts", "alerts", alerts.show, "alerts.read"),
    Route("GET", f"/alerts/{_ALERT}", "alert", alerts.one, "alerts.read"),
    Route("POST", f"/alerts/{_ALERT}/acknowledge", "alert-acknowledge", alerts.acknowledge, "alerts.acknowledge"),
    Route("POST", f"/alerts/{_ALERT}/close", "alert-close", alerts.close, "alerts.close"),
    Route("GET", "/feedback", "feedbacks", feedback.show, "feedback.read"),
    Route("GET", f"/feedback/{_FEEDBACK}", "feedback", feedback.one, "feedback.read"),
    Route("POST", f"/feedback/{_FEEDBACK}/seen", "feedback-seen", feedback.see, "feedback.read"),
    Route("POST", f"/feedback/{_FEEDBACK}/answer", "feedback-answer", feedback.answer, "feedback.answer"),
    Route("POST", f"/feedback/{_FEEDBACK}/close", "feedback-close", feedback.close, "feedback.answer"),
    Route("GET", "/panels", "panels", panels.show, "surveys.read"),
    Route("GET", f"/panels/{_PANEL}", "panel", panels.one, "surveys.read"),
    Route("POST", f"/panels/{_PANEL}", "panel-do", panels.do, "surveys.write"),
    Route("GET", "/figures", "figures", figures.show, "figures.read"),
    Route("GET", "/helplines", "helplines", helplines.show, "helplines.administer"),
    Route("POST", "/helplines/{key:[a-z_]+}/checked", "helpline-checked", helplines.checked, "helplines.administer"),
    Route("POST", "/helplines/own", "helpline-own", helplines.save, "helplines.administer"),
    Route("GET", "/settings", "settings", settings.show, "account.own"),
    Route("POST", "/settings/absence", "absence", settings.be_absent, "account.own"),
    Route("POST", "/settings/hello", "hello", settings.hello, "people.write"),
    Route("POST", "/settings/sign-out-everywhere", "sign-out-everywhere", settings.sign_out_everywhere, "account.own"),
)
