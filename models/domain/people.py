"""Who speaks: a young person at one chat. The counterpart of `staff.Viewer` for the other side of the conversation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class YoungPerson:
    """A young person speaking through one link. Every deed and view of the chat goes through this.

    `confirmed` is whether staff matched the safety words: until then nothing personal is shown.
    """

    municipality_id: str
    person_id: str
    link_id: str
    bot: str
    chat_index: str
    language: str
    confirmed: bool
