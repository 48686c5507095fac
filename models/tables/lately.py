"""What was opened lately of the columns that whole towns are sorted and searched by: names and birth dates, in memory.

They are sealed, so that no database can put them in order; opening those of two thousand people takes longer than a
page may. What was opened is found again by the sealed bytes it was opened from: whatever else stands in the row, or no
row at all, finds nothing. Only in memory, beside the keys that open it anyway.
"""

from __future__ import annotations

from collections.abc import Iterable

#: People that are remembered at most, twice over; and after how many questions whoever was not asked for is dropped.
MOST = 20_000
TURN = 1000

_Columns = dict[str, tuple[bytes, str]]


class Lately:
    """By person and column: the sealed bytes, and what they said. Whoever is not asked for falls out."""

    __slots__ = ("_asked", "_before", "_most", "_now")

    def __init__(self, most: int = MOST) -> None:
        self._most, self._asked = most, 0
        self._now: dict[str, _Columns] = {}
        self._before: dict[str, _Columns] = {}

    def found(self, column: str, sealed: Iterable[tuple[str, bytes]]) -> dict[str, str]:
        """What a column of these people says, for those with whom it was opened from the same bytes."""
        self._asked += 1
        if self._asked >= TURN:
            self._turn()
        said: dict[str, str] = {}
        now, before = self._now, self._before
        for person_id, blob in sealed:
            columns = now.get(person_id)
            if columns is None:
                columns = before.pop(person_id, None)
                if columns is None:
                    continue
                now[person_id] = columns
            opened = columns.get(column)
            if opened is not None and opened[0] == blob:
                said[person_id] = opened[1]
        return said

    def keep(self, column: str, person_id: str, sealed: bytes, clear: str) -> None:
        """Remember what a column of somebody said, instead of what it said before."""
        self._now.setdefault(person_id, {})[column] = (sealed, clear)
        if len(self._now) > self._most:
            self._turn()

    def forget(self, person_id: str) -> None:
        """Nothing of somebody is remembered."""
        self._now.pop(person_id, None)
        self._before.pop(person_id, None)

    def _turn(self) -> None:
        """Drop whom nobody has asked for since the turn before this one."""
        self._before, self._now, self._asked = self._now, {}, 0
