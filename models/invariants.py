"""What the schema must hold beyond Tortoise's tables: partial uniques, lists' indexes, append-only triggers, row-level
security. Every statement is idempotent; they run after each migration, and the self-check refuses to start without.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.domain.casefile import ANSWERS
from models.transactions import dialect, execute, rows

#: Which deeds of an offer's history are records; a list that grows needs another index, or is slow.
_ANSWERED = ", ".join(f"'{deed}'" for deed in sorted(ANSWERS))

#: Partial unique and partial plain indexes, the same SQL on both databases: name -> rest of CREATE … INDEX.
INDEXES: dict[str, str] = {
    "uq_link_person": "UNIQUE ON link (person_id, bot) WHERE state <> 'closed'",
    "uq_link_chat": "UNIQUE ON link (bot, chat_index) WHERE state <> 'closed'",
    "uq_transfer_offered": "UNIQUE ON transfer (person_id) WHERE state = 'offered'",
    "ix_link_barred": "ON link (bot, chat_index) WHERE barred_at IS NOT NULL",
    "uq_thread_open": "UNIQUE ON thread (person_id) WHERE state = 'open'",
    "uq_consent_current": "UNIQUE ON consent (person_id, purpose) WHERE withdrawn_at IS NULL",
    "uq_invitation_open": "UNIQUE ON invitation (person_id) WHERE used_at IS NULL AND voided_at IS NULL",
    "uq_inbox_message": "UNIQUE ON inbox_update (bot, chat_index, message_key) WHERE message_key <> ''",
    "uq_check_in_running": "UNIQUE ON check_in (person_id, instrument) WHERE state IN ('asked', 'open')",
    "ix_inbox_new": "ON inbox_update (id) WHERE state = 'new'",
    "ix_letter_due": "ON letter (next_at) WHERE state IN ('queued', 'waiting')",
    "ix_letter_turn": "ON letter (bot, rank, id) WHERE state IN ('queued', 'waiting')",
    "ix_letter_left": "ON letter (bot, chat_index, left_at) WHERE left_at IS NOT NULL",
    "uq_letter_sending": "UNIQUE ON letter (bot, chat_index) WHERE state = 'sending' AND chat_index <> ''",
    "ix_letter_sending": "ON letter (lease_until) WHERE state = 'sending'",
    "ix_letter_unsettled": "ON letter (bot, chat_index, id) WHERE state IN ('queued', 'waiting', 'sending')",
    "ix_letter_trouble": "ON letter (municipality_id, created_at) WHERE state IN ('held', 'unsure', 'dead')",
    "ix_rhythm_due": "ON rhythm (next_due_at) WHERE active",
    "ix_check_in_running": "ON check_in (expires_at) WHERE state IN ('due', 'asked', 'open')",
    "uq_panel_sendout_running": "UNIQUE ON panel_sendout (panel_id) WHERE state = 'open'",
    "ix_panel_answering_asked": "ON panel_answering (sendout_id, asked_at) WHERE state IN ('invited', 'open')",
    "ix_message_waiting": "ON message (promised_at) WHERE needs_answer AND answered_at IS NULL",
    "ix_message_asked": "ON message (municipality_id, at) WHERE needs_answer",
    "ix_trail_lost": "ON trail_entry (municipality_id, id) WHERE deed = 'receiving.lost'",
    "ix_message_broken": "ON message (thread_id) WHERE needs_answer AND answered_at IS NULL "
    "AND promise_broken_at IS NOT NULL",
    "ix_thread_waiting": "ON thread (municipality_id) WHERE waiting_since IS NOT NULL OR promised_at IS NOT NULL",
    "ix_thread_promised": "ON thread (assigned_id) WHERE promised_at IS NOT NULL",
    "ix_thread_stood_in": "ON thread (id) WHERE stood_in",
    "ix_feedback_waiting": "ON feedback (promised_at) WHERE state IN ('said', 'seen', 'answered')",
    "ix_alert_open": "ON alert (deadline_at) WHERE state = 'open'",
    "uq_wish_waiting": "UNIQUE ON wish (person_id, range_offer_id) WHERE state = 'waiting'",
    "ix_meeting_planned": "ON meeting (ends_at) WHERE state = 'planned'",
    "ix_attachment_waiting": "ON attachment (next_at) WHERE state = 'waiting'",
    "uq_staff_sso": "UNIQUE ON staff (sso_index) WHERE sso_index <> ''",
    "uq_second_factor": "UNIQUE ON second_factor (staff_id) WHERE confirmed_at IS NOT NULL",
    "uq_second_factor_waiting": "UNIQUE ON second_factor (staff_id) WHERE confirmed_at IS NULL",
    "ix_notice_due": "ON staff_notice (next_at) WHERE state IN ('waiting', 'sending')",
    "ix_attachment_unheard": "ON attachment (listen_by) WHERE listen_by IS NOT NULL",
    "ix_message_undecided": "ON message (person_id, at) WHERE undecided",
    "ix_attachment_undecided": "ON attachment (municipality_id) WHERE undecided AND state = 'kept' "
    "AND message_id <> ''",
    "ix_offer_event_undecided": "ON offer_event (municipality_id, at) WHERE undecided AND message_id = '' "
    f"AND deed IN ({_ANSWERED})",
    "ix_meeting_event_undecided": "ON meeting_event (municipality_id, at) WHERE undecided AND deed = 'agreed'",
    "ix_person_left": "ON person (municipality_id, left_on) WHERE left_on IS NOT NULL",
    "ix_person_moved": "ON person (municipality_id) WHERE moved_at IS NOT NULL",
    "ix_record_ready": "ON record_decision (municipality_id, person_id) WHERE choice = 'file' AND hand_over_id = ''",
}

#: On PostgreSQL: which job stands for a row.
JOB_INDEXES: dict[str, str] = {
    "ix_job_row": "ON procrastinate_jobs (task_name, (args ->> 'row')) WHERE status IN ('todo', 'doing')",
    "ix_job_lock": "ON procrastinate_jobs (lock) WHERE status = 'todo' AND lock IS NOT NULL",
}

#: Tables no statement may change or delete from: (table, which statements are refused).
APPEND_ONLY: dict[str, tuple[str, ...]] = {
    "trail_entry": ("UPDATE", "DELETE"),
    "trail_seal": ("UPDATE", "DELETE"),
    "publication": ("UPDATE", "DELETE"),
    "erasure": ("UPDATE", "DELETE"),
}

#: Tables under row-level security on PostgreSQL: every one that belongs to a municipality and may concern a person.
SCOPED_TABLES: tuple[str, ...] = (
    "absence",
    "alert",
    "answer",
    "attachment",
    "attachment_part",
    "case_hand_over",
    "canned_reply",
    "check_in",
    "check_in_plan",
    "consent",
    "contact",
    "duty_day",
    "feedback",
    "follow_up",
    "follow_up_date",
    "handover",
    "opening",
    "feedback_step",
    "inbox_update",
    "invitation",
    "joining",
    "letter",
    "link",
    "measured",
    "meeting",
    "meeting_event",
    "message",
    "message_version",
    "not_asked",
    "offer",
    "offer_event",
    "panel_answer",
    "panel_answering",
    "panel_measured",
    "panel_member",
    "panel_proposal",
    "panel_vote",
    "person",
    "person_key",
    "plan_goal",
    "progress",
    "question",
    "reading",
    "record_decision",
    "reply_later",
    "rhythm",
    "sign_in",
    "staff",
    "staff_notice",
    "stray",
    "thread",
    "trail_entry",
    "trail_seal",
    "wish",
    "transfer",
    "webhook",
    "webhook_delivery",
    "writing",
)


#: On PostgreSQL: when a job with a lock ends, whoever waits for that lock is called at once. Procrastinate itself would
#: look again after seconds.
JOB_WAKER = "wake_next_of_lock"
_JOB_WAKER = (  # every name in it is written here
    f"CREATE OR REPLACE FUNCTION {JOB_WAKER}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE next text; BEGIN "  # noqa: S608
    "SELECT queue_name INTO next FROM procrastinate_jobs WHERE lock = OLD.lock AND status = 'todo' "
    "ORDER BY priority DESC, id LIMIT 1; "
    "IF next IS NOT NULL THEN PERFORM pg_notify('procrastinate_queue_v1#' || next, "
    "json_build_object('type', 'job_inserted', 'job_id', OLD.id)::text); END IF; RETURN NULL; END $$",
    f"CREATE OR REPLACE TRIGGER {JOB_WAKER} AFTER DELETE ON procrastinate_jobs FOR EACH ROW "
    f"WHEN (OLD.lock IS NOT NULL) EXECUTE FUNCTION {JOB_WAKER}()",
)


#: On PostgreSQL: tables that grow from nothing to thousands within seconds are looked at before autovacuum comes, or a
#: broadcast is planned for empty tables (measured: a second for each job). The product's own role may not ANALYZE.
FRESH = "fresh_statistics"
BUSY_TABLES = ("letter", "inbox_update", "procrastinate_jobs")
_FRESH = (
    f"CREATE OR REPLACE FUNCTION {FRESH}() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS "
    f"$$ BEGIN ANALYZE {', '.join(BUSY_TABLES)}; END $$",
    # The fetch takes the first of an index; sorting thousands to find it is never better.
    "ALTER FUNCTION procrastinate_fetch_job_v2 SET enable_sort = off SET enable_bitmapscan = off",
)


class SchemaIncomplete(Exception):
    """Something the schema must hold is missing; the text names what. Hørt does not start on such a database."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One named, idempotent statement."""

    name: str
    sql: str


def statements(kind: str) -> list[Statement]:
    """All statements for a dialect ("sqlite" or "postgres"), in order."""
    made = [Statement(name, _index(name, rest)) for name, rest in INDEXES.items()]
    for table, verbs in APPEND_ONLY.items():
        for verb in verbs:
            made += _append_only(kind, table, verb)
    if kind == "postgres":
        made += [Statement(name, _index(name, rest)) for name, rest in JOB_INDEXES.items()]
        made += [Statement(JOB_WAKER, sql) for sql in _JOB_WAKER]
        made += [Statement(FRESH, sql) for sql in _FRESH]
        for table in SCOPED_TABLES:
            made += _row_security(table)
    return made


async def establish() -> None:
    """Run every statement. Idempotent."""
    for statement in statements(dialect()):
        await execute(statement.sql.replace("%", "%%") if dialect() == "postgres" else statement.sql)


async def check() -> None:
    """Raise SchemaIncomplete naming every index, trigger or policy that is missing."""
    missing = sorted(_wanted(dialect()) - await _present())
    if missing:
        raise SchemaIncomplete("the database lacks: " + ", ".join(missing) + ". Run: hoert migrate")


def _wanted(kind: str) -> set[str]:
    wanted = set(INDEXES)
    wanted |= {_trigger_name(table, verb) for table, verbs in APPEND_ONLY.items() for verb in verbs}
    if kind == "postgres":
        wanted |= {*JOB_INDEXES, JOB_WAKER} | {f"rls_{table}" for table in SCOPED_TABLES}
    return wanted


async def _present() -> set[str]:
    if dialect() == "sqlite":
        return {row["name"] for row in await rows("SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger')")}
    found = {row["indexname"] for row in await rows("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")}
    triggers = await rows("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
    found |= {row["tgname"] for row in triggers}
    policies = await rows(
        "SELECT p.policyname FROM pg_policies p JOIN pg_class c ON c.relname = p.tablename "
        "WHERE c.relrowsecurity AND c.relforcerowsecurity"
    )
    return found | {row["policyname"] for row in policies}


def _index(name: str, rest: str) -> str:
    unique = "UNIQUE " if rest.startswith("UNIQUE ") else ""
    return f"CREATE {unique}INDEX IF NOT EXISTS {name} {rest.removeprefix('UNIQUE ')}"


def _trigger_name(table: str, verb: str) -> str:
    return f"no_{verb.lower()}_{table}"


def _append_only(kind: str, table: str, verb: str) -> list[Statement]:
    name = _trigger_name(table, verb)
    if kind == "sqlite":
        body = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        return [Statement(name, f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table} {body}")]
    return [
        Statement(
            "refuse_change",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$",
        ),
        Statement(
            name,
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        ),
    ]


def _row_security(table: str) -> list[Statement]:
    # A CASE, because PostgreSQL cannot guess how many rows it leaves and takes half. Of "= OR =" it guessed one in a
    # hundred, where it is all of them, and then read whole tables to sort a page of them. And a SELECT around the
    # setting, because it is then asked for once in a statement and not twice for every row: half the time of a list.
    here = "(SELECT current_setting('hoert.municipality', true))"
    rule = f"CASE WHEN {here} = '*' THEN true ELSE municipality_id = {here} END"
    return [
        Statement(f"enable_{table}", f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"),
        Statement(f"force_{table}", f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"),
        Statement(f"drop_{table}", f"DROP POLICY IF EXISTS rls_{table} ON {table}"),
        Statement(f"rls_{table}", f"CREATE POLICY rls_{table} ON {table} USING ({rule}) WITH CHECK ({rule})"),
    ]
