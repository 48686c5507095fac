"""What the suite need not do thousands of times: hash passwords slowly, and build the same models again."""

from __future__ import annotations

from copy import copy
from typing import Any

from argon2 import PasswordHasher
from tortoise.apps import Apps

from models.actions import staff

#: As the product ships: what `tests/actions/test_staff.py` and the test of equal time put back.
SHIPPED = staff._hasher, staff._NOBODY

_PER_DATABASE = (
    "filters", "db_fields", "db_default_fields", "db_complex_fields", "db_native_fields", "basetable", "basequery",
    "basequery_all_fields",
)  # fmt: skip


def hash_quickly() -> None:
    """Passwords are still hashed with Argon2id, in a thousandth of the time: a hash is a third of a second here."""
    staff._hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    staff._NOBODY = staff._hasher.hash("nobody has this password")


def remember_models() -> None:
    """Tortoise makes filters and queries of every model anew each time a database is opened, though they depend on
    nothing but the model and the kind of database. What was made once is put back."""
    build = Apps._build_initial_querysets
    remembered: dict[Any, dict[str, Any]] = {}

    def build_once(apps: Apps) -> None:
        models = [model for app in apps.apps.values() for model in app.values()]
        kind = models[0]._meta.db.__class__
        known = remembered.get((kind, tuple(models)))
        if known is None:
            build(apps)
            known = {model: {name: copy(getattr(model._meta, name)) for name in _PER_DATABASE} for model in models}
            remembered[kind, tuple(models)] = known
            return
        for model, made in known.items():
            for name, value in made.items():
                # Queries are copied by whoever builds on them.
                setattr(model._meta, name, copy(value) if isinstance(value, list | set | dict) else value)

    Apps._build_initial_querysets = build_once  # type: ignore[method-assign]
