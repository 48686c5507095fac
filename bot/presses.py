"""Presses: what a button does. Its reference names a letter of this chat and a position; the server decides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.context import Context


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed: its deed and option, the row its letter was about, the letter, the button's place."""

    deed: str
    option: str
    about: str
    letter_id: int
    kind: str
    place: int = 0


#: Does the deed: writes through actions, posts letters, returns nothing.
Deed = Callable[[Context, Press], Awaitable[None]]
_deeds: dict[str, Deed] = {}


def press(deed: str) -> Callable[[Deed], Deed]:
    """Register what a deed's buttons do. It runs inside the update's transaction and never talks to Telegram."""

    def register(action: Deed) -> Deed:
        if deed in _deeds:
            raise ValueError(f"{deed} is registered twice")
        _deeds[deed] = action
        return action

    return register


def deeds() -> frozenset[str]:
    """Every deed that some button may name."""
    return frozenset(_deeds)


async def perform(context: Context, pressed: Press) -> None:
    """Do what the button does. Raises KeyError for a deed nobody registered."""
    await _deeds[pressed.deed](context, pressed)
