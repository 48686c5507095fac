"""Whom of a panel a survey is sent to."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0024_whose_people")]

    operations = [
        ops.AddField("PanelSendout", "whom", fields.CharField(default="all", db_default="all", max_length=8)),
        ops.AddField("PanelSendout", "earlier", fields.CharField(default="", db_default="", max_length=32)),
    ]
