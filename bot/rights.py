"""My data and my rights: all of it to keep, who opened it, what I said yes to, delete me, and what I may ask for."""

from __future__ import annotations

from datetime import datetime

from telegram import Update

from bot import rights_document as document
from bot import rights_files
from bot.context import Context
from bot.phrases import holder, lines, paragraphs, purpose_label, rows, some_day, ticked, whose, write_button
from bot.presses import Press, press
from bot.screens import Button, File, Screen, screen
from locales import dates, has, text
from models.actions import consent, erasure, messages, trail
from models.actions.letters import Taken
from models.domain.consent import ON_THE_SCREEN, Purpose
from models.domain.errors import NotAllowed
from models.domain.localtime import local_date
from models.domain.rights import TELEGRAM, Right, bundles
from models.queries import casefile, conversation
from models.queries import rights as views
from models.queries.rights_export import everything, files

#: One who asks for all of it again within this many minutes has it above.
_AGAIN = 10
#: The newest hand-overs to the case file that are shown one by one.
_HAND_OVERS = 8

# --- what the person does -------------------------------------------------------------------------------------------


async def show(update: Update, context: Context) -> None:
    """My rights, from a command."""
    await messages.drop_question(context.person)
    await context.say("rights.mine")


@press("rights.export")
async def export(context: Context, pressed: Press) -> None:
    """Everything, to read, as data, and the files themselves. Asked for again at once, it is not made again."""
    _must_be_confirmed(context)
    period = int(context.now.timestamp()) // (_AGAIN * 60)
    once = f"{context.person.person_id}:{context.person.link_id}:{period}"
    if await context.say("rights.document", key=f"export:{once}") is None:
        return
    packed = bundles((one.attachment_id, one.size) for one in await files(context.person))
    await context.say("rights.json", key=f"export.json:{once}", args={"more": bool(packed)})
    for place, ids in enumerate(packed, 1):
        args = {"files": list(ids), "place": place, "all": len(packed)}
        await context.say("rights.files", key=f"export.files:{once}:{place}", args=args)
    await trail.record(context.person, "data.export", person_id=context.person.person_id, now=context.now)


@press("rights.looked")
async def looked(context: Context, pressed: Press) -> None:
    """Who has opened what, a page at a time, in place."""
    _must_be_confirmed(context)
    await context.say("rights.looked", args={"page": int(pressed.option or 0)}, replaces=pressed.letter_id)


@press("rights.case")
async def case(context: Context, pressed: Press) -> None:
    """What of it went to the case file, and when."""
    _must_be_confirmed(context)
    await context.say("rights.case", replaces=pressed.letter_id)


@press("rights.consents")
async def consents(context: Context, pressed: Press) -> None:
    """What I said yes to, and when."""
    await context.say("rights.consents", replaces=pressed.letter_id)


@press("rights.purpose")
async def purpose(context: Context, pressed: Press) -> None:
    """Give or withdraw one, from its history. What the button said is what happens."""
    name, _, on = pressed.option.partition(":")
    if name == Purpose.PANEL.value and on == "off":
        # Leaving deletes: what it means is said first.
        await context.say("panel.leave", replaces=pressed.letter_id)
        return
    await consent.choose_purpose(context.person, Purpose(name), on=on == "on", now=context.now)
    await context.say("rights.consents", replaces=pressed.letter_id)


@press("rights.withdraw")
async def withdraw(context: Context, pressed: Press) -> None:
    """Withdraw all of it: first what that means."""
    await context.say("rights.withdraw", replaces=pressed.letter_id)


@press("rights.withdraw_all")
async def withdraw_all(context: Context, pressed: Press) -> None:
    """Yes, all of it."""
    await consent.withdraw_everything(context.person, now=context.now)
    await context.say("rights.consents", replaces=pressed.letter_id)


@press("rights.delete")
async def delete(context: Context, pressed: Press) -> None:
    """Delete me: first what goes, what stays, and what the municipality must keep."""
    _must_be_confirmed(context)
    await context.say("rights.delete", replaces=pressed.letter_id)


@press("rights.sure")
async def sure(context: Context, pressed: Press) -> None:
    """The second step."""
    _must_be_confirmed(context)
    await context.say("rights.sure", replaces=pressed.letter_id)


@press("rights.delete_me")
async def delete_me(context: Context, pressed: Press) -> None:
    """It happens. From here on this chat is a stranger's; the last word is a letter to it."""
    await consent.withdraw_everything(context.person, now=context.now)
    await erasure.leave(context.person, now=context.now)


@press("rights")
async def mine(context: Context, pressed: Press) -> None:
    """My rights."""
    await context.say("rights.mine", replaces=pressed.letter_id)


@press("rights.one")
async def one(context: Context, pressed: Press) -> None:
    """One of them."""
    await context.say("rights.one", args={"right": Right(pressed.option).value}, replaces=pressed.letter_id)


@press("rights.ask")
async def ask(context: Context, pressed: Press) -> None:
    """ "Ask Mette about it": a message of one's own, with a promise."""
    right = Right(pressed.option)
    await messages.receive(
        context.person,
        text(f"chat.rights.ask.{right.value}", context.person.language),
        source_key=f"{context.incoming.key}:{right.value}",
        now=context.now,
    )
    await context.say("rights.one", args={"right": right.value, "asked": True}, replaces=pressed.letter_id)


@press("rights.discreet")
async def discreet(context: Context, pressed: Press) -> None:
    """What may stand on Telegram."""
    await context.say("rights.discreet", replaces=pressed.letter_id)


@press("rights.choose_discreet")
async def choose_discreet(context: Context, pressed: Press) -> None:
    """No more than that there is something; or everything again, where the municipality allows that."""
    on = pressed.option == "on"
    await consent.choose_discreet(context.person, on=on, now=context.now)
    # On Telegram it holds from this very answer on.
    kind = "home" if on and context.person.bot == TELEGRAM else "rights.discreet"
    await context.say(kind, replaces=pressed.letter_id)


def _must_be_confirmed(context: Context) -> None:
    if not context.person.confirmed:
        raise NotAllowed("not_confirmed")


# --- screens --------------------------------------------------------------------------------------------------------


def _back(language: str, to: str = "settings.data") -> tuple[Button, ...]:
    return (Button(text("chat.button.back", language), to),)


@screen("rights.document")
async def document_screen(taken: Taken, now: datetime) -> Screen | None:
    """The document to read."""
    found = await everything(whose(taken))
    name = text("chat.rights.export.filename", taken.language, day=local_date(now).isoformat())
    return Screen(
        text("chat.rights.export", taken.language),
        file=File(document.as_document(found, now, taken.language), f"{name}.html"),
    )


@screen("rights.json")
async def json_screen(taken: Taken, now: datetime) -> Screen | None:
    """The same as data."""
    found = await everything(whose(taken))
    name = text("chat.rights.export.filename", taken.language, day=local_date(now).isoformat())
    return Screen(
        text("chat.rights.export.json", taken.language),
        () if taken.args.get("more") else rows(_back_to_data(taken.language)),
        file=File(document.as_json(found, now), f"{name}.json"),
    )


@screen("rights.files")
async def files_screen(taken: Taken, now: datetime) -> Screen | None:
    """What the person has sent and got, in one zip or the next of several."""
    language, wanted = taken.language, set(taken.args.get("files", []))
    found = [one for one in await files(whose(taken)) if one.attachment_id in wanted]
    if not found:
        return None
    place, of = int(taken.args.get("place", 1)), int(taken.args.get("all", 1))
    kinds = [one.kind for one in found]
    name = text("chat.rights.export.files.filename", language, day=local_date(now).isoformat())
    return Screen(
        lines(
            text("chat.rights.export.files", language),
            *(
                text(f"chat.rights.export.files.{kind}", language, n=kinds.count(kind))
                for kind in ("photo", "audio", "video", "document")
                if kind in kinds
            ),
            text("chat.rights.export.files.part", language, place=place, all=of) if of > 1 else "",
            text("chat.rights.export.files.open", language) if place == of else "",
        ),
        rows(_back_to_data(language)) if place == of else (),
        file=File(await rights_files.as_zip(whose(taken), found), f"{name}-{place}.zip" if of > 1 else f"{name}.zip"),
    )


def _back_to_data(language: str) -> tuple[Button, ...]:
    return (Button(text("chat.settings.button.data", language), "settings.data"),)


@screen("rights.looked")
async def looked_screen(taken: Taken, now: datetime) -> Screen | None:
    """Names, what, and when; nobody is said plainly."""
    language = taken.language
    found = await views.opened(whose(taken), int(taken.args.get("page", 0)))
    if not found.entries:
        return Screen(text("chat.rights.opened.nobody", language), rows(_back(language)))
    said = lines(
        *(
            text("chat.rights.opened.line", language, at=dates.short(entry.at, now, language), name=entry.name or "?",
                 what=deed_words(entry.deed, language))
            for entry in found.entries
        )
    )  # fmt: skip
    place = text("chat.rights.opened.place", language, place=found.page + 1, all=found.pages)
    older = Button(text("chat.rights.button.older", language), "rights.looked", str(found.page + 1))
    newer = Button(text("chat.rights.button.newer", language), "rights.looked", str(found.page - 1))
    return Screen(
        paragraphs(text("chat.rights.opened", language), said, place if found.pages > 1 else ""),
        rows(
            [newer if found.page > 0 else None, older if found.page + 1 < found.pages else None],
            _back(language),
        ),
    )


@screen("rights.case")
async def case_screen(taken: Taken, now: datetime) -> Screen | None:
    """When something was put in the case file, how much, and what that is."""
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    found = await casefile.on_file(whose(taken))
    shown, older = found[:_HAND_OVERS], len(found) - _HAND_OVERS
    said = lines(
        *(
            text("chat.rights.case.line", language, day=dates.day(local_date(at), language, year=True), n=n)
            for at, n in shown
        ),
        text("chat.rights.case.older", language, n=older) if older > 0 else "",
    )
    return Screen(
        paragraphs(
            text("chat.rights.case", language, municipality=near.municipality)
            if found
            else text("chat.rights.case.none", language),
            said,
            text("chat.rights.case.what", language),
        ),
        rows(_back(language)),
    )


def deed_words(deed: str, language: str) -> str:
    """What somebody did, in a few words."""
    key = f"chat.rights.deed.{deed}"
    return text(key if has(key) else "chat.rights.deed.other", language)


@screen("rights.consents")
async def consents_screen(taken: Taken, now: datetime) -> Screen | None:
    """Each yes with its dates, and a button that takes it back or gives it."""
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    given = await views.consents(whose(taken))
    on = {row.purpose for row in given if row.withdrawn_at is None}
    history = lines(*(_given_line(row, near.caseworker, now, language) for row in given))
    boxes = [
        [
            Button(
                ticked(language, purpose_label(purpose, language, near.caseworker), purpose in on),
                "rights.purpose",
                f"{purpose.value}:{'off' if purpose in on else 'on'}",
            )
        ]
        for purpose in (*ON_THE_SCREEN, *(on & {Purpose.FOLLOW_UP}))
    ]
    everything_off = [Button(text("chat.rights.button.withdraw_all", language), "rights.withdraw")] if on else []
    return Screen(
        paragraphs(
            text("chat.rights.consents", language),
            history or text("chat.rights.consents.none", language),
            text("chat.rights.consents.at_once", language),
        ),
        rows(*boxes, everything_off, _back(language)),
    )


def _given_line(row: views.Given, name: str, now: datetime, language: str) -> str:
    label = purpose_label(row.purpose, language, name)
    start = some_day(local_date(row.given_at), now, language)
    if row.withdrawn_at is None:
        return text("chat.rights.consents.since", language, label=label, start=start)
    end = some_day(local_date(row.withdrawn_at), now, language)
    if end == start:
        return text("chat.rights.consents.one_day", language, label=label, start=start)
    return text("chat.rights.consents.until", language, label=label, start=start, end=end)


@screen("rights.withdraw")
async def withdraw_screen(taken: Taken, now: datetime) -> Screen | None:
    """What stops when all of it is taken back, and what does not."""
    language = taken.language
    near = await holder(taken, now)
    return Screen(
        text("chat.rights.withdraw", language, name=near.caseworker),
        rows(
            [Button(text("chat.rights.button.withdraw_yes", language), "rights.withdraw_all")],
            _back(language, "rights.consents"),
        ),
    )


@screen("rights.delete")
async def delete_screen(taken: Taken, now: datetime) -> Screen | None:
    """What goes, what the municipality must keep, what has been counted."""
    language = taken.language
    return Screen(
        await _consequences(taken, now),
        rows(
            [Button(text("chat.rights.button.export", language), "rights.export")],
            [Button(text("chat.rights.button.delete_on", language), "rights.sure")],
            _back(language),
        ),
    )


async def _consequences(taken: Taken, now: datetime) -> str:
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    kept = await views.on_record(whose(taken))
    record = "chat.rights.delete.record" if kept.messages or kept.offers else "chat.rights.delete.list"
    return paragraphs(
        text("chat.rights.delete", language),
        text(record, language, municipality=near.municipality),
        text("chat.rights.delete.counted", language),
    )


@screen("rights.sure")
async def sure_screen(taken: Taken, now: datetime) -> Screen | None:
    """Quite sure?"""
    language = taken.language
    return Screen(
        text("chat.rights.sure", language),
        rows([Button(text("chat.rights.button.delete_me", language), "rights.delete_me")], _back(language)),
    )


@screen("rights.gone")
async def gone(taken: Taken, now: datetime) -> Screen | None:
    """The last word, with the number of the receipt."""
    language = taken.language
    by_staff = taken.args.get("by") == "staff"
    return Screen(
        paragraphs(
            text("chat.rights.gone.by_staff" if by_staff else "chat.rights.gone", language),
            text("chat.rights.gone.number", language, number=str(taken.args.get("number", ""))),
            text("chat.rights.gone.kept", language) if taken.args.get("kept") else "",
            text("chat.rights.gone.chat", language),
        )
    )


@screen("rights.forget")
async def forget(taken: Taken, now: datetime) -> Screen | None:
    """Nothing to say: the chat is emptied."""
    shown = taken.args.get("shown", [])
    return Screen("", forget=tuple(int(number) for number in shown))


@screen("rights.mine")
async def mine_screen(taken: Taken, now: datetime) -> Screen | None:
    """My rights: one tap each."""
    language = taken.language
    return Screen(
        text("chat.rights.mine", language),
        rows(
            *(
                [Button(text(f"chat.rights.button.{right.value}", language), "rights.one", right.value)]
                for right in Right
            ),
            [Button(text("chat.settings.button.data", language), "settings.data")],
            _back(language, "settings"),
        ),
    )


@screen("rights.one")
async def one_screen(taken: Taken, now: datetime) -> Screen | None:
    """One right: what it is, and one tap that asks for it."""
    language = taken.language
    near = await holder(taken, now)
    right = Right(str(taken.args.get("right", Right.COMPLAIN.value)))
    if taken.args.get("asked"):
        words = text(f"chat.rights.ask.{right.value}", language)
        said = text("chat.rights.asked", language, name=near.caseworker, words=words)
        return Screen(said, rows(_back(language, "rights")))
    return Screen(
        text(f"chat.rights.{right.value}", language, name=near.caseworker),
        rows(
            [Button(text("chat.rights.button.ask", language, name=near.caseworker[:30]), "rights.ask", right.value)],
            [write_button(language, near.caseworker)],
            _back(language, "rights"),
        ),
    )


@screen("rights.discreet")
async def discreet_screen(taken: Taken, now: datetime) -> Screen | None:
    """What may stand on Telegram, who has chosen that, and the other choice."""
    language = taken.language
    found = await views.discretion(whose(taken))
    back = _back(language, "settings")
    if found.by_municipality:
        return Screen(text("chat.rights.discreet.municipality", language), rows(back))
    state = "on" if found.discreet else "off"
    other = "off" if found.discreet else "on"
    return Screen(
        text(f"chat.rights.discreet.{state}", language),
        rows([Button(text(f"chat.rights.button.discreet_{other}", language), "rights.choose_discreet", other)], back),
    )
