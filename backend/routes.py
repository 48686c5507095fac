"""Every route of the desk, and who may: the application is made from this table, and nothing else adds a page."""

from __future__ import annotations

from typing import Final

from backend.guard import ANYONE, SIGNED_IN, Route
from backend.pages import (
    alerts,
    feedback,
    figures,
    files,
    inbox,
    invitation,
    meetings,
    offers,
    offers_range,
    people,
    person,
    plain,
    settings,
    signing_in,
    today,
)

_ID: Final = "[0-9a-f]{32}"
_PERSON: Final = f"{{person_id:{_ID}}}"
_OFFER: Final = f"{{offer_id:{_ID}}}"
_WISH: Final = f"{{wish_id:{_ID}}}"
_RANGE: Final = f"{{range_id:{_ID}}}"
_MEETING: Final = f"{{meeting_id:{_ID}}}"
_ALERT: Final = f"{{alert_id:{_ID}}}"
_FEEDBACK: Final = f"{{feedback_id:{_ID}}}"
_MESSAGE: Final = f"{{message_id:{_ID}}}"
_FILE: Final = f"{{attachment_id:{_ID}}}"
_LINK: Final = f"{{link_id:{_ID}}}"
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
    Route("POST", f"/people/{_PERSON}/read", "read", inbox.read, "messages.read"),
    Route("POST", f"/people/{_PERSON}/assign", "assign", inbox.assign, "messages.assign"),
    Route("POST", f"/people/{_PERSON}/messages/{_MESSAGE}", "delivery", inbox.decide, "messages.reply"),
    Route("GET", f"/files/{_FILE}", "file", files.one, "messages.read"),
    Route("GET", "/people", "people", people.show, "people.read"),
    Route("POST", "/people", "people-find", people.find, "people.search"),
    Route("POST", "/search", "search", people.everywhere, "people.search"),
    Route("GET", f"/people/{_PERSON}", "person", person.conversation, "people.read"),
    Route("GET", f"/people/{_PERSON}/offers", "person-offers", person.offers_tab, "offers.read"),
    Route("GET", f"/people/{_PERSON}/meetings", "person-meetings", person.meetings_tab, "people.read"),
    Route("GET", f"/people/{_PERSON}/wellbeing", "person-wellbeing", person.wellbeing_tab, "checkins.read"),
    Route("GET", f"/people/{_PERSON}/plan", "person-plan", person.plan, "people.read"),
    Route("GET", f"/people/{_PERSON}/case", "person-case", person.case, "people.read"),
    Route("POST", f"/people/{_PERSON}/check-ins", "check-in-ask", person.ask, "checkins.ask"),
    Route("GET", f"/people/{_PERSON}/invitation", "invitation", invitation.show, "invitations.write"),
    Route("POST", f"/people/{_PERSON}/invitation", "invitation-make", invitation.make, "invitations.write"),
    Route("POST", f"/people/{_PERSON}/links/{_LINK}/confirm", "link-confirm", invitation.confirm, "links.confirm"),
    Route("POST", f"/people/{_PERSON}/links/{_LINK}/close", "link-close", invitation.close, "invitations.write"),
    Route("GET", f"/people/{_PERSON}/offers/new", "offer-new", offers.new, "offers.write"),
    Route("POST", f"/people/{_PERSON}/offers", "offer-draft", offers.draft, "offers.write"),
    Route("GET", "/offers", "offers", offers.show, "offers.read"),
    Route("GET", f"/offers/{_OFFER}", "offer", offers.one, "offers.read"),
    Route("GET", f"/offers/{_OFFER}/edit", "offer-edit", offers.edit, "offers.write"),
    Route("POST", f"/offers/{_OFFER}", "offer-revise", offers.revise, "offers.write"),
    Route("POST", f"/offers/{_OFFER}/move", "offer-move", offers.move, "offers.write"),
    Route("POST", f"/offers/{_OFFER}/answer", "offer-answer", offers.answer, "offers.write"),
    Route("POST", f"/offers/{_OFFER}/files", "offer-attach", offers.attach, "offers.write", files=True),
    Route("GET", f"/wishes/{_WISH}", "wish", offers_range.wish, "offers.read"),
    Route("POST", f"/wishes/{_WISH}/explain", "wish-explain", offers_range.explain, "offers.write"),
    Route("GET", "/range", "range", offers_range.show, "offers.range"),
    Route("POST", "/range", "range-add", offers_range.add, "offers.range"),
    Route("GET", f"/range/{_RANGE}", "range-edit", offers_range.edit, "offers.range"),
    Route("POST", f"/range/{_RANGE}", "range-change", offers_range.change, "offers.range"),
    Route("GET", f"/people/{_PERSON}/meetings/new", "meeting-new", meetings.new, "meetings.write"),
    Route("POST", f"/people/{_PERSON}/meetings", "meeting-make", meetings.make, "meetings.write"),
    Route("GET", f"/meetings/{_MEETING}", "meeting", meetings.one, "people.read"),
    Route("GET", f"/meetings/{_MEETING}/edit", "meeting-edit", meetings.edit, "meetings.write"),
    Route("POST", f"/meetings/{_MEETING}", "meeting-change", meetings.change, "meetings.write"),
    Route("POST", f"/meetings/{_MEETING}/cancel", "meeting-cancel", meetings.cancel, "meetings.write"),
    Route("POST", f"/meetings/{_MEETING}/held", "meeting-held", meetings.correct, "meetings.write"),
    Route("POST", f"/meetings/{_MEETING}/agreed", "meeting-agreed", meetings.agree, "meetings.write"),
    Route("GET", "/alerts", "alerts", alerts.show, "alerts.read"),
    Route("GET", f"/alerts/{_ALERT}", "alert", alerts.one, "alerts.read"),
    Route("POST", f"/alerts/{_ALERT}/acknowledge", "alert-acknowledge", alerts.acknowledge, "alerts.acknowledge"),
    Route("POST", f"/alerts/{_ALERT}/close", "alert-close", alerts.close, "alerts.close"),
    Route("GET", "/feedback", "feedbacks", feedback.show, "feedback.read"),
    Route("GET", f"/feedback/{_FEEDBACK}", "feedback", feedback.one, "feedback.read"),
    Route("POST", f"/feedback/{_FEEDBACK}/seen", "feedback-seen", feedback.see, "feedback.read"),
    Route("POST", f"/feedback/{_FEEDBACK}/answer", "feedback-answer", feedback.answer, "feedback.answer"),
    Route("GET", "/figures", "figures", figures.show, "figures.read"),
    Route("GET", "/settings", "settings", settings.show, "account.own"),
    Route("POST", "/settings/absence", "absence", settings.be_absent, "account.own"),
    Route("POST", "/settings/sign-out-everywhere", "sign-out-everywhere", settings.sign_out_everywhere, "account.own"),
)
