"""How many reminders a panel survey sends."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0017_administration")]

    operations = [
        ops.AddField("PanelSendout", "reminders", fields.SmallIntField(default=2, db_default=2)),
    ]
