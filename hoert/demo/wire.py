"""The demo speaks to the web chat server as every bot does: over TCP."""

from __future__ import annotations

from aiohttp import ClientSession

from models.settings import Settings


async def bot_api(
    session: ClientSession, settings: Settings, address: str, method: str, data: dict[str, object]
) -> dict[str, object]:
    """One call to the web chat server's Bot API, over TCP like everybody else's."""
    async with session.post(f"{address}/bot{settings.webchat_token}/{method}", json=data) as response:
        body = await response.json()
    if not body.get("ok"):
        raise RuntimeError(f"the web chat server refused {method}")
    result = body["result"]
    return dict(result) if isinstance(result, dict) else {"result": result}
