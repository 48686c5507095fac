"""Why a local goal is no longer pursued."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0027_undecided")]

    operations = [
        ops.AddField("LocalGoal", "ended_because", fields.CharField(default="", db_default="", max_length=200)),
    ]
