"""What guards and orders check-ins, again: on SQLite Tortoise 1.1.9 rebuilt the table without its indexes, and without
"one check-in of a kind, period and occasion", when 0008 removed a column. On PostgreSQL all of it is there already."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0021_api")]

    operations = [
        ops.RunSQL(f'CREATE {kind} IF NOT EXISTS "{name}" ON "check_in" ({columns})')
        for kind, name, columns in (
            ("INDEX", "idx_check_in_person__7c6390", '"person_id", "closed_at"'),
            ("INDEX", "idx_check_in_municip_b01f40", '"municipality_id", "state"'),
            ("INDEX", "idx_check_in_state_9cfebd", '"state", "due_at"'),
            ("INDEX", "idx_check_in_state_10852c", '"state", "expires_at"'),
            ("INDEX", "idx_check_in_about_e90059", '"about"'),
            ("UNIQUE INDEX", "uid_check_in_person__254815", '"person_id", "instrument", "period", "asked_by", "about"'),
        )
    ]
