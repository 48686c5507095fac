"""Screens and buttons: every letter has one, every button leads somewhere, nothing on the wire says anything."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from telegram.ext import ApplicationBuilder, CommandHandler, ContextTypes

import locales
from bot import app, presses, screens
from bot.context import Context
from bot.help import offline_texts, read_help_file, write_help_file
from bot.phrases import genitive, rows, shorten
from bot.screens import Button, Screen, markup, render
from locales import LANGUAGES, catalogue
from models.actions.letters import Taken
from models.domain.consent import Purpose
from models.domain.feedback import About, Audience
from models.domain.letters import KINDS
from models.domain.offers import Answer, OfferState
from models.domain.rhythm import WEEKS
from models.tables.consent import Link
from models.transactions import HOUSE
from tests.bot.talk import World, all_of

HERE = Path(app.__file__).parent
LONGEST_NONCE = "n" * 24
#: Kinds that speak of one row; when it is gone there is nothing left to say.
ABOUT_A_ROW = {
    "join.explain", "join.more", "join.purposes", "join.words", "message.first", "message.receipt", "message.thanks",
    "message.late", "message.read", "message.reply", "media.refused", "media.lost", "message.file", "unreadable",
    "offer.show", "offer.new", "offer.reminder", "offer.answered", "offer.reply", "offer.told",
    "offer.document", "range.asked", "meeting.told", "meeting.reminder", "meeting.show", "meeting.said",
    "meeting.words", "meeting.agreed", "meeting.calendar", "call.booked", "call.missed", "feedback.change",
    "feedback.closed", "feedback.late", "feedback.missing", "feedback.one", "feedback.seen", "feedback.words",
    "feedback.receipt", "feedback.thanks", "feedback.answer", "checkin.question", "checkin.done", "checkin.invite",
    "checkin.reminder", "pulse.invite", "caseworker.new", "move.offered", "move.welcome", "checkin.never",
    "checkin.closed", "checkin.change", "checkin.one", "checkin.share", "checkin.preview", "checkin.shown",
    "panel.invite", "panel.reminder", "panel.question", "panel.done", "panel.stopped", "panel.result",
    "panel.result.new", "panel.done.new", "rights.files",
}  # fmt: skip


def test_every_kind_of_letter_has_a_screen() -> None:
    assert screens.kinds() == frozenset(KINDS)


def test_every_deed_a_button_names_is_registered_and_every_deed_has_a_button() -> None:
    named = {
        call.args[1].value
        # What the desk shows as well stands among the texts, as taps.
        for path in (*HERE.glob("*.py"), *Path(locales.__file__).parent.glob("*_screens.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"Button", "Tap"}
        if len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
    }
    assert named == presses.deeds()


def test_the_texts_that_are_chosen_by_a_code_all_exist() -> None:
    wanted = {
        *(f"chat.purpose.{one.value}" for one in Purpose),
        *(f"chat.offer.button.{one.value}" for one in Answer),
        *(f"chat.offer.state.{one.value}" for one in OfferState if one is not OfferState.DRAFT),
        *(f"chat.offer.answered.{why}" for why in ("yes", "no", "regret", "reason")),
        *(f"chat.offer.words.{why}" for why in ("change", "ask")),
        *(f"chat.feedback.button.{one.value}" for one in About),
        *(f"chat.feedback.button.heard_{code}" for code in range(1, 6)),
        *(f"chat.feedback.audience.button.{one.value}" for one in Audience),
        *(f"chat.feedback.reader.{one.value}" for one in Audience if one is not Audience.STATISTICS),
        *(f"chat.checkin.after.{event}" for event in ("offer", "meeting", "feedback")),
        *(f"chat.checkin.closed.{kept}" for kept in ("nothing", "kept", "counts")),
        *(f"chat.checkin.curve.{way}" for way in ("same", "higher", "lower")),
        *(f"chat.rhythm.weeks.{weeks}" for weeks in WEEKS),
        *(f"chat.rhythm.ask_{part}" for part in ("weeks", "day", "hour", "quiet")),
        *(f"chat.rhythm.button.{part}" for part in ("weeks", "day", "hour", "from", "to")),
        *(f"chat.join.closed.{why}" for why in ("unknown", "expired", "used", "void", "linked", "too_many")),
        *(key for commands in app.COMMANDS.values() for _, key in commands),
    }
    assert wanted - set(catalogue()) == set()


def test_what_is_on_the_wire_is_a_reference_and_a_place_and_help_is_a_fixed_word() -> None:
    made = Screen("x", ((Button("a", "offer.answer", "yes"), Button("b", "help")), (Button("c", "home"),)))
    assert markup(made, "nonce") == {
        "inline_keyboard": [
            [{"text": "a", "callback_data": "nonce.0"}, {"text": "b", "callback_data": "help"}],
            [{"text": "c", "callback_data": "nonce.2"}],
        ]
    }
    assert len(f"{LONGEST_NONCE}.99".encode()) <= 64


def test_rows_leave_out_what_is_not_there() -> None:
    one = Button("a", "home")
    assert rows([None, one], [None], []) == ((one,),)


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [("Mette", "da", "Mettes"), ("Lars", "da", "Lars'"), ("Mette", "en", "Mette's"), ("Randers Kommune", "da",
                                                                                   "Randers Kommunes")],
)  # fmt: skip
def test_a_name_in_the_genitive(name: str, language: str, expected: str) -> None:
    assert genitive(name, language) == expected


def test_a_long_name_is_cut_for_a_button() -> None:
    assert shorten("x" * 40) == "x" * 29 + "…"


def test_the_menu_has_commands_telegram_allows_and_each_of_them_is_understood() -> None:
    application = (
        ApplicationBuilder()
        .token("1:x")
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=Context))
        .build()
    )
    app.register(application)
    handled = {
        command
        for handler in application.handlers[0]
        if isinstance(handler, CommandHandler)
        for command in handler.commands
    }
    # Stop and help are understood with and without the slash, by their own rules.
    understood = handled | {"stop", "help", "hjaelp"}
    named = {command for commands in app.COMMANDS.values() for command, _ in commands}
    assert named - understood == set()
    assert {command for command in named if not re.fullmatch(r"[a-z0-9_]{1,32}", command)} == set()


def test_the_help_file_has_112_and_the_national_lines_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "data" / "help.json"
    write_help_file(path)
    found = json.loads(path.read_text(encoding="utf-8"))
    assert set(found) == set(LANGUAGES)
    assert found["da"].startswith("Er du i fare, så ring 112.\n\nLivslinien: 70 201 201 eller livslinien.dk.")
    assert found["en"].startswith("If you are in danger, call 112.\n\nLivslinien: 70 201 201 or livslinien.dk.")
    assert not any("Lægevagten" in said for said in found.values())
    assert read_help_file(path) == found


@pytest.mark.parametrize("damage", ["", "{", '{"da": "x"}', "[]"])
def test_a_damaged_help_file_still_gives_help(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "help.json"
    path.write_text(damage, encoding="utf-8")
    assert read_help_file(path) == offline_texts()
    assert read_help_file(tmp_path / "missing.json") == offline_texts()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_letter_about_a_row_that_is_gone_says_nothing_and_every_other_says_something(
    world: World, language: str
) -> None:
    talk = await world.linked(world.cast.amina, language=language)
    link = (await all_of(HOUSE, Link))[0]
    silent = set()
    for kind, rule in KINDS.items():
        taken = Taken(
            letter_id=1, municipality_id=world.cast.randers, person_id=world.cast.amina, link_id=link.id, kind=kind,
            letter_class=rule.letter_class, about="0" * 32, args={}, language=language, chat_id=talk.chat_id,
            nonce=LONGEST_NONCE, edits=None, silent=False, resend=False, confirmed=kind != "not_confirmed",
        )  # fmt: skip
        made = await render(taken, world.now)
        if made is None:
            silent.add(kind)
        elif kind == "rights.forget":
            assert made[0].forget == ()
        else:
            assert 0 < len(made[0].text) <= 4096
            assert [deed for deed, _ in made[1] if deed not in presses.deeds()] == []
    assert silent == ABOUT_A_ROW
