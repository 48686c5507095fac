"""The lists of threads in SQL: what is unread, broken or put aside, in which order, and what is fetched of them."""

from __future__ import annotations

from models.queries import within

_BROKEN = (
    "(t.waiting_since IS NOT NULL AND EXISTS (SELECT 1 FROM message b WHERE b.thread_id = t.id AND b.needs_answer "
    "AND b.answered_at IS NULL AND b.promise_broken_at IS NOT NULL))"
)
_UNREAD = (
    "(t.version > COALESCE(r.position, 0) AND EXISTS (SELECT 1 FROM message u WHERE u.thread_id = t.id "
    "AND (u.direction = 'in' OR u.kind = 'handed') AND u.position > COALESCE(r.position, 0)))"
)
#: Put aside by the viewer and come back: it stands on top, whatever is promised.
_BACK = "(COALESCE(l.until, 0) BETWEEN 1 AND ?)"
#: Put aside and still away, also where it was not read first: the promise holds, and whatever new comes ends it.
_ASLEEP = "(COALESCE(l.until, 0) > ? AND (t.promised_at IS NULL OR t.promised_at > ?))"
#: Threads that are the viewer's, of people they are there for, or with something that waits or is promised.
_PERHAPS = (
    "t.id IN (SELECT x.id FROM thread x WHERE x.assigned_id = ? "
    "UNION SELECT x.id FROM thread x JOIN person own ON own.id = x.person_id WHERE own.caseworker_id = ? "
    "UNION SELECT x.id FROM thread x JOIN person own ON own.id = x.person_id WHERE own.substitute_id = ? "
    "UNION SELECT x.id FROM thread x WHERE x.municipality_id = ? "
    "AND (x.waiting_since IS NOT NULL OR x.promised_at IS NOT NULL))"
)
_ORDER = (
    f"ORDER BY CASE WHEN {_BACK} THEN 0 ELSE 1 END, CASE WHEN t.promised_at IS NULL THEN 1 ELSE 0 END, t.promised_at, "
    "t.last_at DESC, t.id"
)
_FROM = (
    "FROM thread t JOIN person p ON p.id = t.person_id "
    "LEFT JOIN reading r ON r.thread_id = t.id AND r.staff_id = ? "
    "LEFT JOIN reply_later l ON l.thread_id = t.id AND l.staff_id = ? "
    "WHERE t.municipality_id = ? AND t.state = 'open' AND t.version > 0 AND "
)
#: The same over `_people`.
_FROM_PEOPLE = _FROM.replace("JOIN person p ", "JOIN people p ")


def _people(within_reach: str) -> str:
    """Everybody within reach, looked for once: of a whole town that is quicker than asking thread by thread."""
    return (
        "WITH people AS (SELECT p.id, p.name_sealed, p.caseworker_id, p.substitute_id FROM person p "  # noqa: S608 (constants)
        f"WHERE {within_reach}) "
    )


def _listed(condition: str, most: int, source: str = _FROM) -> str:
    """The first threads of a list, with the key of each person and the last message: only of those that are shown."""
    return (
        f"SELECT f.*, {within.KEY}, z.id AS message_id, z.direction, z.kind, z.staff_id, z.body_sealed "  # noqa: S608 (constants)
        "FROM (SELECT t.id, t.person_id, t.assigned_id, t.version, t.last_at, t.waiting_since, t.promised_at, "
        f"p.name_sealed, p.caseworker_id, p.substitute_id, l.until, {_BROKEN} AS broken, {_UNREAD} AS unread, "
        "(SELECT y.id FROM message y WHERE y.thread_id = t.id ORDER BY y.position DESC LIMIT 1) AS last_id, "
        f"ROW_NUMBER() OVER ({_ORDER}) AS place {source} {condition} ORDER BY place LIMIT {most}) f "
        "JOIN person_key k ON k.person_id = f.person_id LEFT JOIN message z ON z.id = f.last_id ORDER BY f.place"
    )
