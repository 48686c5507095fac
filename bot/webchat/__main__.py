"""The web chat alone in a process: the Bot API on one port, the page under /chat/ on another."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from aiohttp import web

from bot.webchat.server import WebChat, WebChatSettings
from bot.webchat.store import StoreInUse
from models.crypto import new_key


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.webchat", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address of both ports")
    parser.add_argument("--bot-port", type=int, default=8081, help="port of the Bot API; 0 takes a free one")
    parser.add_argument("--page-port", type=int, default=8080, help="port of the page; 0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder of the store")
    parser.add_argument("--token-file", type=Path, required=True, help="file with the bot's token")
    parser.add_argument("--key-file", type=Path, help="file with the 32-byte master key; made when missing")
    parser.add_argument("--bot-name", default="Hørt")
    parser.add_argument("--bot-username", default="hoert_bot")
    parser.add_argument("--frame-ancestors", default="'none'", help="who may frame the page")
    parser.add_argument("--extensions", action="store_true", help="open the methods for demo and tests")
    parser.add_argument("--no-rates", action="store_true", help="do not enforce send rates")
    return parser.parse_args()


def _key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as made:
        made.write(new_key())
    return path.read_bytes()


async def _listen(app: web.Application, host: str, port: int) -> tuple[web.AppRunner, int]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner, runner.addresses[0][1]


async def _serve(arguments: argparse.Namespace) -> None:
    settings = WebChatSettings(
        data_dir=arguments.data,
        token=arguments.token_file.read_text().strip(),
        bot_name=arguments.bot_name,
        bot_username=arguments.bot_username,
        master_key=_key(arguments.key_file or arguments.data / "webchat.key"),
        extensions=arguments.extensions,
        enforce_rates=not arguments.no_rates,
        frame_ancestors=arguments.frame_ancestors,
    )
    chat = WebChat(settings)
    await chat.start()
    runners: list[web.AppRunner] = []
    try:
        pages = web.Application()
        pages.add_subapp("/chat/", chat.page())
        bot, bot_port = await _listen(chat.bot_api(), arguments.host, arguments.bot_port)
        runners.append(bot)
        page, page_port = await _listen(pages, arguments.host, arguments.page_port)
        runners.append(page)
        sys.stdout.write(json.dumps({"bot_port": bot_port, "page_port": page_port}) + "\n")
        sys.stdout.flush()
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        await ended.wait()
    finally:
        chat.release()
        for runner in runners:
            await runner.cleanup()
        await chat.close()


def main() -> int:
    """Serves until SIGINT or SIGTERM; 2 when it cannot start."""
    try:
        asyncio.run(_serve(_arguments()))
    except (StoreInUse, ValueError, OSError) as failure:
        sys.stderr.write(f"{type(failure).__name__}: {failure}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
