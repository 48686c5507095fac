"""Meetings by when they end: the clock ends them every minute, and asks about those that ended."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0012_presses")]

    operations = [ops.AddIndex("Meeting", Index(fields=["state", "ends_at"]))]
