"""Everything about a young person as a document to read and as data: one HTML page that needs nothing else, one JSON.

The page prints well, stands alone, and holds nothing that runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from html import escape, unescape

from locales import dates, has, text
from models.domain.instruments import INSTRUMENTS
from models.domain.localtime import local_date
from models.domain.offers import changes
from models.domain.rights import opens
from models.queries.rights_export import Everything, Row

_STYLE = """
:root{color-scheme:light}
body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:44rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.8rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.25rem;margin:2.2rem 0 .6rem;padding-top:.6rem;border-top:1px solid #d0d0d0}
h3{font-size:1rem;margin:1.2rem 0 .2rem}
p{margin:.4rem 0}
ul{padding-left:1.2rem;margin:.4rem 0}
nav ul{columns:2;list-style:none;padding:0}
a{color:#0b5cad}
.said{margin:.6rem 0;padding:.5rem .8rem;border-left:3px solid #8a8a8a;break-inside:avoid}
.mine{border-left-color:#0b5cad;background:#f3f7fb}
.said p{white-space:pre-wrap;overflow-wrap:anywhere}
.who{font-weight:600}
.small{color:#555;font-size:.875rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #e3e3e3}
td{overflow-wrap:anywhere}
@media print{body{margin:0;max-width:none}nav{display:none}h2{break-after:avoid}a{color:inherit}}
@media (max-width:30rem){nav ul{columns:1}}
"""


def as_json(found: Everything, now: datetime) -> bytes:
    """The data: one object per table, instants in UTC."""
    whole = {
        "name": found.name,
        "municipality": found.municipality,
        "made_at": now,
        "kept_back": "internal notes of staff, and what is only technical",
        "tables": found.tables,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, default=_plain).encode("utf-8", "replace")


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return None
    raise TypeError(type(value).__name__)


def as_document(found: Everything, now: datetime, language: str) -> bytes:
    """The document, in the person's language."""
    say = _Words(language)
    sections = [
        ("register", _about(found, say)),
        ("messages", _messages(found.tables["message"], say)),
        ("offers", _offers(found.tables, say)),
        ("wishes", _wishes(found.tables["wish"], say)),
        ("meetings", _meetings(found.tables, say)),
        ("feedback", _feedback(found.tables, say)),
        ("check_ins", _check_ins(found.tables, say)),
        ("consents", _consents(found.tables["consent"], say)),
        ("files", _files(found.tables["attachment"], say)),
        ("opened", _opened(found.tables["trail_entry"], say)),
        ("alerts", _alerts(found.tables["alert"], say)),
        ("more", _others(found.tables, say, tuple(sorted(found.tables.keys() - _WRITTEN_OUT)))),
    ]
    said = [(key, body) for key, body in sections if body]
    contents = "".join(f'<li><a href="#{key}">{say(f"title.{key}")}</a></li>' for key, _ in said)
    rest = [("where_from", _paragraphs(say, "where_from")), ("kept", _paragraphs(say, "kept")),
            ("not_here", _paragraphs(say, "not_here", name=found.municipality))]  # fmt: skip
    contents += "".join(f'<li><a href="#{key}">{say(f"title.{key}")}</a></li>' for key, _ in rest)
    body = "".join(f'<h2 id="{key}">{say(f"title.{key}")}</h2>{content}' for key, content in said + rest)
    title = say("title", name=found.name)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="referrer" content="no-referrer"><title>{title}</title><style>{_STYLE}</style></head><body><main>'
        f"<h1>{title}</h1><p>{say('made', municipality=found.municipality, at=say.at(now))}</p><p>{say('careful')}</p>"
        f"<nav><ul>{contents}</ul></nav>{body}</main></body></html>\n"
    ).encode("utf-8", "replace")


#: Tables with a section of their own, or that are told as part of one.
_WRITTEN_OUT = frozenset(
    {
        "person", "message", "thread", "offer", "offer_event", "wish", "meeting", "meeting_event", "feedback",
        "feedback_step", "check_in", "answer", "consent", "attachment", "trail_entry", "alert", "link", "rhythm",
    }
)  # fmt: skip


class _Words:
    """The texts of the document, safe to put into HTML."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        return escape(text(f"chat.document.{key}", self.language, **values))

    def known(self, group: str, code: str) -> str:
        """The words for a code; the code itself where it has none yet."""
        key = f"{group}.{code}"
        return escape(text(key, self.language)) if has(key) else escape(code)

    def at(self, value: object) -> str:
        """An instant or a day, with its year."""
        if isinstance(value, datetime):
            day = dates.day(local_date(value), self.language, year=True)
            return escape(f"{day} {dates.clock(value, self.language)}")
        if isinstance(value, date):
            return escape(dates.day(value, self.language, year=True))
        return ""


def _paragraphs(say: _Words, key: str, **values: object) -> str:
    return "".join(f"<p>{line}</p>" for line in say(key, **values).split("\n"))


def _list(lines: Iterable[str]) -> str:
    made = "".join(f"<li>{line}</li>" for line in lines if line)
    return f"<ul>{made}</ul>" if made else ""


def _about(found: Everything, say: _Words) -> str:
    row = found.tables["person"][0]
    birth = date.fromisoformat(row["birth"])
    lines = [
        say("about.name", value=found.name),
        say("about.birth", value=say.at(birth)),
        say("about.phone", value=row["phone"]) if row.get("phone") else "",
        say("about.caseworker", value=row["caseworker_id"]) if row.get("caseworker_id") else "",
        say("about.entered", value=say.at(row["entered_on"])),
        say("about.quiet", start=row["quiet_from"], end=row["quiet_to"]),
        *(
            say("about.chat", value=_channel(link["bot"]), at=say.at(link["opened_at"]))
            for link in found.tables["link"]
        ),
    ]
    return _list(lines)


def _channel(bot: str) -> str:
    return "Telegram" if bot == "telegram" else "Hørt"


def _messages(rows: list[Row], say: _Words) -> str:
    made = []
    for row in rows:
        mine = row["direction"] == "in"
        who = say("messages.you") if mine else escape(str(row["staff_id"] or say("messages.us")))
        read = ""
        if mine and row["read_at"]:
            read = say("messages.read", name=row["read_by_id"] or "?", at=say.at(row["read_at"]))
        earlier = "".join(
            f'<p class="small">{say("messages.before", at=say.at(one["replaced_at"]))} {escape(one["body"])}</p>'
            for one in row.get("earlier", [])
        )
        made.append(
            f'<div class="said{" mine" if mine else ""}"><span class="who">{who}</span> '
            f'<span class="small">{say.at(row["at"])}</span><p>{escape(row["body"])}</p>{earlier}'
            + (f'<p class="small">{read}</p>' if read else "")
            + "</div>"
        )
    return "".join(made)


def _offers(tables: Mapping[str, list[Row]], say: _Words) -> str:
    made = []
    for offer in tables["offer"]:
        content = offer["content"]
        state = say.known("chat.offer.state", offer["state"])
        facts = [
            f"{say.known('chat.document.offer', key)}: {escape(str(value))}"
            for key, value in content.items()
            if value and key != "title"
        ]
        events = [event for event in tables["offer_event"] if event["offer_id"] == offer["id"]]
        changed = _changed(events, content, say)
        history = [
            f"{say.at(event['at'])}: {say.known('chat.offer.deed', event['deed'])}"
            + (f" – {escape(event['words'])}" if event["words"] else "")
            + changed.get(event["id"], "")
            for event in events
        ]
        made.append(f"<h3>{escape(str(content.get('title', '')))}</h3><p>{state}</p>{_list(facts)}{_list(history)}")
    return "".join(made)


def _changed(events: list[Row], content: Mapping[str, str], say: _Words) -> dict[str, str]:
    """What each revision changed, before and after, by its event."""
    made: dict[str, str] = {}
    after = content
    for event in reversed(events):
        if event["before"]:
            found = changes(event["before"], after)
            made[event["id"]] = _list(
                f"{say.known('chat.offer.field', one.field)}: {escape(one.before) or '–'} → {escape(one.after) or '–'}"
                for one in found
            )
            after = event["before"]
    return made


def _wishes(rows: list[Row], say: _Words) -> str:
    return _list(
        f"{say.at(row['made_at'])}: {escape(str(row['range_offer_id']))}"
        + (f" – {escape(row['words'])}" if row["words"] else "")
        + (f" · {say.at(row['settled_at'])} {escape(row['answer'])}" if row["answer"] else "")
        for row in rows
    )


def _meetings(tables: Mapping[str, list[Row]], say: _Words) -> str:
    made = []
    for meeting in tables["meeting"]:
        content = meeting["content"]
        facts = [
            f"{say.at(meeting['starts_at'])} – {say.at(meeting['ends_at'])}",
            *(escape(content.get(key, "")) for key in ("where", "with_whom")),
            say("meeting.topics", words=meeting["topics"]) if meeting["topics"] else "",
            say("meeting.agreed", words=meeting["agreed"]) if meeting["agreed"] else "",
        ]
        history = [
            f"{say.at(event['at'])}: {say.known('chat.meeting.deed', event['deed'])}"
            + (f" – {escape(event['words'])}" if event["words"] else "")
            for event in tables["meeting_event"]
            if event["meeting_id"] == meeting["id"]
        ]
        made.append(f"<h3>{escape(content['about'])}</h3>{_list(facts)}{_list(history)}")
    return "".join(made)


def _feedback(tables: Mapping[str, list[Row]], say: _Words) -> str:
    steps: dict[str, list[Row]] = {}
    for step in sorted(tables["feedback_step"], key=lambda row: row["at"]):
        steps.setdefault(step["feedback_id"], []).append(step)
    made = []
    for row in tables["feedback"]:
        if row["said_at"] is None:
            continue
        about = say.known("chat.feedback.subject", row["about"])
        answer = ""
        if row["answer"]:
            answer = f"<p>{say('feedback.answer', at=say.at(row['answered_at']))} {escape(row['answer'])}</p>"
        taken = steps.get(row["id"], [])
        if taken:
            # They tell the answer too, and every earlier one.
            answer = "".join(f"<p>{_step(step, say)}</p>" for step in taken)
        heard = f'<p class="small">{say("feedback.heard", n=row["heard"])}</p>' if row["heard"] else ""
        made.append(
            f'<div class="said mine"><span class="who">{about}</span> <span class="small">{say.at(row["said_at"])}'
            f" · {say.known('chat.document.audience', row['audience'])}</span>"
            f"<p>{escape(row['body'] or '')}</p>{answer}{heard}</div>"
        )
    return "".join(made)


def _step(step: Row, say: _Words) -> str:
    taken = escape(text(f"chat.feedback.step.{step['deed']}", say.language, day=unescape(say.at(step["at"]))))
    return f"{taken} {escape(step['words'])}" if step["words"] else taken


def _check_ins(tables: Mapping[str, list[Row]], say: _Words) -> str:
    answers: dict[str, list[Row]] = {}
    for row in tables["answer"]:
        answers.setdefault(row["check_in_id"], []).append(row)
    made = []
    for check_in in tables["check_in"]:
        given = answers.get(check_in["id"], [])
        if not given:
            continue
        title = _instrument(check_in["instrument"], say.language)
        score = f'<p class="small">{say("check_in.score", n=check_in["score"])}</p>' if check_in["score"] else ""
        lines = (
            f"<tr><td>{escape(question)}</td><td>{escape(answer)}{_shared(one, say)}</td></tr>"
            for one in given
            for question, answer in [_worded(check_in["instrument"], one, say.language)]
        )
        made.append(
            f"<h3>{escape(title)}, {say.at(check_in['closed_at'] or check_in['due_at'])}</h3>"
            f"<table>{''.join(lines)}</table>{score}"
        )
    return "".join(made)


def _shared(answer: Row, say: _Words) -> str:
    """That the person has shown this very answer to their caseworker, and not taken that back."""
    return f'<br><span class="small">{say("check_in.shared")}</span>' if answer["shared_at"] else ""


def _instrument(key: str, language: str) -> str:
    return INSTRUMENTS[key].title[language] if key in INSTRUMENTS else key


def _worded(instrument: str, row: Row, language: str) -> tuple[str, str]:
    """The question and the answer in words; the codes where the instrument no longer has them."""
    known = INSTRUMENTS.get(instrument)
    item = next((one for one in known.items if one.key == row["item"]), None) if known else None
    if known is None or item is None:
        return row["item"], str(row["code"])
    chosen = next((option.label[language] for option in item.options if option.code == row["code"]), None)
    skipped = text("chat.document.check_in.skipped", language)
    return item.text[language], chosen if chosen is not None else skipped


def _consents(rows: list[Row], say: _Words) -> str:
    def line(row: Row) -> str:
        label = say.known("chat.document.purpose", row["purpose"])
        if row["withdrawn_at"] is None:
            return say("consent.since", label=label, at=say.at(row["given_at"]))
        return say("consent.until", label=label, at=say.at(row["given_at"]), end=say.at(row["withdrawn_at"]))

    return _list(line(row) for row in rows)


def _files(rows: list[Row], say: _Words) -> str:
    whose = {direction: say(f"file.{direction}") for direction in ("in", "out")}
    lines = [
        f"{escape(row['file'] or row['name'] or row['kind'])} ({whose[row['direction']]}, {say.at(row['created_at'])})"
        + ("" if row["file"] else f" – {say('file.none')}")
        for row in rows
    ]
    return f"<p>{say('files')}</p>{_list(lines)}" if lines else ""


def _opened(rows: list[Row], say: _Words) -> str:
    lines = [
        f"{say.at(row['at'])}: {escape(row['actor_id'])} – {say.known('chat.rights.deed', row['deed'])}"
        for row in rows
        if row["actor"] == "staff" and opens(row["deed"])
    ]
    return _list(lines) or f"<p>{say('opened.nobody')}</p>"


def _alerts(rows: list[Row], say: _Words) -> str:
    lines = [f"{say.at(row['raised_at'])}: {say.known('chat.document.alert', row['reason'])}" for row in rows]
    return f"<p>{say('alerts')}</p>{_list(lines)}" if lines else ""


def _others(tables: Mapping[str, list[Row]], say: _Words, names: Iterable[str]) -> str:
    """Tables that have no words of their own yet: what they hold, as it is."""
    made = []
    for name in names:
        lines = [
            ", ".join(f"{escape(column)}: {_shown(value, say)}" for column, value in row.items() if value not in _EMPTY)
            for row in tables.get(name, [])
        ]
        if lines:
            made.append(f"<h3>{say.known('chat.document.table', name)}</h3>{_list(lines)}")
    return "".join(made)


_EMPTY: tuple[object, ...] = (None, "", [], {})


def _shown(value: object, say: _Words) -> str:
    return say.at(value) or escape(str(value))
