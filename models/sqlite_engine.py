"""Tortoise's SQLite engine with BEGIN IMMEDIATE: a transaction that will write takes its lock at the start.

Reason: Tortoise opens deferred transactions, and a read that turns into a write then fails at once with "database is
locked" when anything else holds the lock, whatever the busy time-out says (measured; docs/decisions).
"""

from __future__ import annotations

import sqlite3

from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.exceptions import TransactionManagementError


class ImmediateTransactionWrapper(SqliteTransactionWrapper):
    """A transaction that takes the write lock at once."""

    async def begin(self) -> None:
        """Start the transaction; raises TransactionManagementError when the lock is not to be had."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as exc:
            raise TransactionManagementError(exc) from exc


class ImmediateSqliteClient(SqliteClient):
    """Tortoise's SQLite client, with transactions of the kind above."""

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(ImmediateTransactionWrapper(self), self._lock)


client_class = ImmediateSqliteClient
