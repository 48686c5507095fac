"""The world of the deeds' tests, for what must hold about every table at once."""

from tests.actions.conftest import world

__all__ = ["world"]
