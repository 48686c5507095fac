"""Receiving: an update is on our disk before Telegram is told that it arrived. Never PTB's Updater (docs/decisions).

Two ways in, over the same keeping: `Receiver` polls, `WebhookReceiver` is called. Also the last resort: *help now* is
answered from a file when the database is slow or gone.
"""

from __future__ import annotations

from bot.receiving.contact import Contact
from bot.receiving.journal import Journal, forget_journal, put_back, replay
from bot.receiving.keeping import ALLOWED
from bot.receiving.polling import Receiver
from bot.receiving.watch import WebhookState, WebhookWatch
from bot.receiving.webhook import WebhookReceiver, webhook_address

__all__ = [
    "ALLOWED", "Contact", "Journal", "Receiver", "WebhookReceiver", "WebhookState", "WebhookWatch", "forget_journal",
    "put_back", "replay", "webhook_address",
]  # fmt: skip
