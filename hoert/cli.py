"""The verbs of the command line. Each imports what it needs when it runs, so that asking for help is instant."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from models.settings import SettingsError, load


def run(argv: Sequence[str]) -> int:
    """Parse and run. A user's mistake is a sentence on stderr, never a traceback."""
    arguments = _parser().parse_args(argv)
    _log()
    try:
        return int(arguments.verb(arguments) or 0)
    except SettingsError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hoert", description="Hørt: young people leaving care, heard and answered.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    demo = verbs.add_parser("demo", help="the whole product with invented municipalities, in the browser")
    demo.add_argument("--port", type=int, default=8080)
    demo.add_argument("--data", type=Path, help="keep the demo here; without it every demo begins anew")
    demo.add_argument("--start", type=date.fromisoformat, help="begin on this day (like 2026-11-21) instead of today")
    demo.set_defaults(verb=_demo)

    verbs.add_parser("serve", help="bot, desk and clock in one process").set_defaults(verb=_serve)
    for name, says in _PROCESSES.items():
        verbs.add_parser(name, help=says).set_defaults(verb=_process, process=name)

    migrate = verbs.add_parser("migrate", help="bring the database to this version")
    migrate.add_argument("--check", action="store_true", help="only say what would happen; exit 1 if anything would")
    migrate.set_defaults(verb=_migrate)

    verbs.add_parser("doctor", help="what is missing or wrong, and the mend").set_defaults(verb=_doctor)

    admin = verbs.add_parser("admin", help="administrators").add_subparsers(required=True, metavar="DEED")
    create = admin.add_parser("create", help="the first administrator: prints a one-time link")
    create.add_argument("email")
    create.add_argument("--name", default="")
    create.add_argument("--municipality", default="", help="its slug, like randers, where there is more than one")
    create.set_defaults(verb=_in_the_house, deed="create_administrator")

    _house_verbs(verbs)

    place = verbs.add_parser("municipality", help="municipalities").add_subparsers(required=True, metavar="DEED")
    add = place.add_parser("add", help="one more municipality, with keys of its own")
    add.add_argument("slug", help="short and for ever, like randers")
    add.add_argument("name", help="as people write it, like Randers")
    add.add_argument(
        "--region", default="", choices=["hovedstaden", "midtjylland", "nordjylland", "sjaelland", "syddanmark"],
        help="where it lies, if Hørt does not know it: whose doctors and helplines the young people are shown",
    )  # fmt: skip
    add.set_defaults(verb=_municipality_add)

    keys = verbs.add_parser("keys", help="the keys that everything is sealed with").add_subparsers(
        required=True, metavar="DEED"
    )
    rotate = keys.add_parser("rotate", help="new keys everywhere; goes on where it was interrupted")
    rotate.add_argument(
        "--level", action="append", choices=["master", "municipality", "person"], help="only these; all three otherwise"
    )
    rotate.set_defaults(verb=_keys_rotate)

    invite = verbs.add_parser("invite", help="an invitation for a person: link, code, QR")
    invite.add_argument("reference")
    invite.add_argument("--municipality", default="", help="its slug, where two municipalities use the same reference")
    invite.set_defaults(verb=_invite)

    figures = verbs.add_parser("figures", help="published figures").add_subparsers(required=True, metavar="DEED")
    publish = figures.add_parser("publish", help="publish what is due")
    publish.add_argument("--period", help="only this one, like 2026Q3")
    publish.set_defaults(verb=_figures_publish)
    figures.add_parser("verify", help="recompute from the frozen inputs and compare").set_defaults(verb=_figures_verify)

    receipt = verbs.add_parser("receipt", help="when somebody who shows this number was deleted; never who")
    receipt.add_argument("number", help="as it stood in the last message, like 0278-1288-90")
    receipt.set_defaults(verb=_receipt)

    _file_verbs(verbs)
    return parser


def _house_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What belongs to no municipality alone: panels, their hosts, evaluators, the national board."""
    staff = verbs.add_parser("staff", help="panel hosts, evaluators, the national board").add_subparsers(
        required=True, metavar="DEED"
    )
    staff.add_parser("list", help="everybody without a municipality").set_defaults(
        verb=_in_the_house, deed="list_staff"
    )
    add = staff.add_parser("add", help="one more: prints a one-time link")
    add.add_argument("email")
    add.add_argument("--name", required=True)
    add.add_argument("--role", required=True, choices=["panel_host", "evaluator", "national"])
    add.set_defaults(verb=_in_the_house, deed="add_staff")
    reset = staff.add_parser("reset", help="a new one-time link, for one of them or an administrator who cannot get in")
    reset.add_argument("email")
    reset.set_defaults(verb=_in_the_house, deed="reset_staff")
    close = staff.add_parser("close", help="close one of their accounts, at once")
    close.add_argument("email")
    close.set_defaults(verb=_in_the_house, deed="close_staff")

    panel = verbs.add_parser("panel", help="youth panels").add_subparsers(required=True, metavar="DEED")
    panel.add_parser("list", help="every panel, its host and municipalities").set_defaults(
        verb=_in_the_house, deed="list_panels"
    )
    found = panel.add_parser("found", help="a panel, of one municipality or of several")
    found.add_argument("name", help="as its members read it")
    found.add_argument("--host", required=True, help="the e-mail of a panel host")
    found.add_argument("--municipality", required=True, action="append", help="its slug; again for each of them")
    found.set_defaults(verb=_in_the_house, deed="found_panel")
    give = panel.add_parser("give", help="another host")
    give.add_argument("name")
    give.add_argument("--host", required=True, help="the e-mail of a panel host")
    give.set_defaults(verb=_in_the_house, deed="give_panel")
    widen = panel.add_parser("widen", help="young people of one more municipality may join")
    widen.add_argument("name")
    widen.add_argument("--municipality", required=True, action="append", help="its slug; again for each of them")
    widen.set_defaults(verb=_in_the_house, deed="widen_panel")


def _file_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What comes and goes as a file."""
    taken = verbs.add_parser("import", help="what comes as a file").add_subparsers(required=True, metavar="WHAT")
    people = taken.add_parser("register", help="the register of a municipality; faults by row, nothing half-done")
    people.add_argument("file", type=Path)
    people.add_argument("--municipality", required=True, help="its slug or its name, like randers")
    people.add_argument("--dry-run", action="store_true", help="say what would change")
    people.set_defaults(verb=_import_register)

    texts = verbs.add_parser("texts", help="the review sheet of every text").add_subparsers(
        required=True, metavar="DEED"
    )
    out = texts.add_parser("export", help="every text in both languages as CSV, for whoever reviews them")
    out.add_argument("file", type=Path)
    out.add_argument("--only", default="", help="only the files whose names begin so, like chat")
    out.set_defaults(verb=_texts_export)
    back = texts.add_parser("import", help="the reviewed sheet back; faults by line, nothing half-done")
    back.add_argument("file", type=Path)
    back.add_argument("--dry-run", action="store_true", help="say what would change")
    back.set_defaults(verb=_texts_import)


def _log() -> None:
    """Before anything can go wrong: a traceback may quote what somebody wrote."""
    from hoert.logs import set_up

    style = os.environ.get("HOERT_LOG_FORMAT") or ("text" if sys.stderr.isatty() else "json")
    set_up(os.environ.get("HOERT_LOG_LEVEL", "info"), style)


def _demo(arguments: argparse.Namespace) -> int:
    from hoert.demo.app import run_demo

    return asyncio.run(run_demo(port=arguments.port, data=arguments.data, start=arguments.start))


def _serve(_: argparse.Namespace) -> int:
    from hoert.clock import Clock
    from hoert.serve import running, until_stopped

    settings = load()

    async def serve() -> int:
        async with running(settings, Clock()) as house:
            print(f"Hørt: {settings.public_url or house.address}", flush=True)
            await until_stopped()
        return 0

    return asyncio.run(serve())


_PROCESSES = {
    "bot": "receive, process and send, in a process of its own (any number, on PostgreSQL)",
    "backend": "the desk, in a process of its own (any number, on PostgreSQL)",
    "scheduler": "the clock, in a process of its own (a second one waits)",
    "webchat": "the web chat's server, in a process of its own (one)",
}


def _process(arguments: argparse.Namespace) -> int:
    from hoert import processes
    from hoert.clock import Clock
    from hoert.serve import until_stopped
    from models.invariants import SchemaIncomplete

    settings = load()
    opening = getattr(processes, f"{arguments.process}_process")

    async def serve() -> int:
        try:
            async with opening(settings, Clock()) as address:
                print(f"Hørt {arguments.process}: {address}", flush=True)
                await until_stopped()
        except SchemaIncomplete as incomplete:
            print(incomplete, file=sys.stderr)
            return 1
        return 0

    return asyncio.run(serve())


def _migrate(arguments: argparse.Namespace) -> int:
    from models.database import opened
    from models.invariants import SchemaIncomplete
    from models.migrate import MigrationFailed, check, grant, migrate, pending

    settings = load()
    role = urlsplit(settings.database_url).username or "" if settings.migration_url else ""
    if settings.migration_url:
        # Whoever owns the tables makes them; the role that runs the product may only use them.
        settings = replace(settings, database_url=settings.migration_url, migration_url=None)

    async def work() -> int:
        async with opened(settings):
            if arguments.check:
                waiting = await pending(settings)
                if waiting:
                    print("Would apply: " + ", ".join(waiting))
                    return 1
                try:
                    await check(settings)
                except SchemaIncomplete as incomplete:
                    print(incomplete)
                    return 1
                print("The database is at this version.")
                return 0
            try:
                applied = await migrate(settings)
                if role:
                    await grant(role)
            except MigrationFailed as failed:
                print(failed, file=sys.stderr)
                return 1
            print("Applied: " + ", ".join(applied) if applied else "Nothing to apply; the database is at this version.")
            return 0

    return asyncio.run(work())


def _doctor(_: argparse.Namespace) -> int:
    from hoert.doctor import check_up

    found = asyncio.run(check_up(os.environ))
    for note in found.notes:
        print(note)
    for problem in found.problems:
        print(f"- {problem}")
    if not found.problems:
        print("All well.")
    return 1 if found.problems else 0


def _in_the_house(arguments: argparse.Namespace) -> int:
    from hoert import house_cli

    given = {key: value for key, value in vars(arguments).items() if key not in {"verb", "deed"}}
    return asyncio.run(
        house_cli.done(
            load(), getattr(house_cli, arguments.deed)(**given),
            say=lambda line: print(line, flush=True), refuse=lambda line: print(line, file=sys.stderr),
        )
    )  # fmt: skip


def _municipality_add(arguments: argparse.Namespace) -> int:
    from models.actions.register import add_municipality
    from models.database import opened
    from models.domain.helplines import region_for
    from models.migrate import check
    from models.queries.house import municipality_by_slug
    from models.transactions import HOUSE

    settings = load()
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,39}", arguments.slug):
        print("A slug is 2 to 40 small letters, digits and hyphens, like randers.", file=sys.stderr)
        return 1

    if not arguments.region and region_for(arguments.slug) is None:
        print(
            f"In which region is {arguments.name}? Add --region: it decides which helplines are shown.", file=sys.stderr
        )
        return 1

    async def work() -> int:
        async with opened(settings):
            await check(settings)
            if await municipality_by_slug(HOUSE, arguments.slug) is not None:
                print(f"There is a municipality called {arguments.slug} already.", file=sys.stderr)
                return 1
            await add_municipality(
                HOUSE, slug=arguments.slug, name=arguments.name, region=arguments.region, now=datetime.now(UTC)
            )
            print(f"{arguments.name} is here. Next: hoert admin create EMAIL --municipality {arguments.slug}")
            return 0

    return asyncio.run(work())


def _keys_rotate(arguments: argparse.Namespace) -> int:
    from hoert.keys_cli import rotate
    from models.actions.rotation import Level

    settings = load()
    levels = [level for level in Level if not arguments.level or level.value in arguments.level]
    return asyncio.run(rotate(settings, levels, lambda line: print(line, flush=True)))


def _invite(arguments: argparse.Namespace) -> int:
    from models.actions.consent import invite_from_house
    from models.database import opened
    from models.domain.errors import Refusal
    from models.domain.joining import spoken_code
    from models.migrate import check
    from models.queries.house import municipality_by_slug
    from models.transactions import HOUSE

    settings = load()

    async def work() -> int:
        async with opened(settings):
            await check(settings)
            where = await municipality_by_slug(HOUSE, arguments.municipality) if arguments.municipality else None
            try:
                made = await invite_from_house(HOUSE, arguments.reference, where, now=datetime.now(UTC))
            except Refusal as refusal:
                print(_REFUSALS.get(refusal.code, f"Not possible: {refusal.code}."), file=sys.stderr)
                return 1
            link = f"{settings.public_url}/chat/#start={made.token}"
            print(f"Link (7 days, once): {link}")
            print(f"Code to say aloud:   {spoken_code(made.code)}")
            _print_qr(link)
            return 0

    return asyncio.run(work())


_REFUSALS = {
    "not_found": "Nobody on the register has that reference.",
    "reference_ambiguous": "Two municipalities use that reference; say which with --municipality.",
    "too_young": "They are not 18 yet; an invitation can be made from their birthday.",
    "not_in_target_group": "They are no longer in the target group.",
}


def _import_register(arguments: argparse.Namespace) -> int:
    from hoert.register_cli import take

    return asyncio.run(
        take(
            load(), arguments.file, arguments.municipality, dry_run=arguments.dry_run,
            say=lambda line: print(line, flush=True), refuse=lambda line: print(line, file=sys.stderr),
        )
    )  # fmt: skip


def _print_qr(link: str) -> None:
    import segno

    segno.make(link, error="m").terminal(out=sys.stdout, compact=True)


def _figures_publish(arguments: argparse.Namespace) -> int:
    from models.actions import figures
    from models.database import opened
    from models.migrate import check
    from models.transactions import HOUSE

    settings = load()

    async def work() -> int:
        async with opened(settings):
            await check(settings)
            published = await figures.publish_due(HOUSE, now=datetime.now(UTC), only=arguments.period)
            print("\n".join(published) if published else "Nothing is due.")
            return 0

    return asyncio.run(work())


def _figures_verify(_: argparse.Namespace) -> int:
    from models.actions import figures
    from models.database import opened
    from models.migrate import check
    from models.queries.house import municipalities
    from models.transactions import HOUSE, Scope

    settings = load()

    async def work() -> int:
        async with opened(settings):
            await check(settings)
            broken = [
                f"{slug} {period}"
                for slug, municipality_id in await municipalities(HOUSE)
                for period in await figures.verify(Scope(municipality_id))
            ]
            print("Not as frozen: " + ", ".join(broken) if broken else "Every published figure is as it was frozen.")
            return 1 if broken else 0

    return asyncio.run(work())


def _receipt(arguments: argparse.Namespace) -> int:
    from models.actions import erasure
    from models.database import opened
    from models.migrate import check
    from models.transactions import HOUSE

    settings = load()

    async def work() -> int:
        async with opened(settings):
            await check(settings)
            at = await erasure.receipt(HOUSE, arguments.number)
            print(f"Deleted on {at:%Y-%m-%d at %H:%M} UTC." if at else "No deletion has this number.")
            return 0 if at else 1

    return asyncio.run(work())


def _texts_export(arguments: argparse.Namespace) -> int:
    from hoert import texts_cli

    return texts_cli.export(arguments.file, only=arguments.only, say=print)


def _texts_import(arguments: argparse.Namespace) -> int:
    from hoert import texts_cli

    return texts_cli.take(arguments.file, dry_run=arguments.dry_run, say=print)
