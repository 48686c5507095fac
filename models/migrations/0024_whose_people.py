"""Whose young people somebody looks after is asked by every page of the desk: by an index, not by looking at all."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0023_api_pace")]

    operations = [
        ops.AddIndex("Person", Index(fields=["caseworker_id"])),
        ops.AddIndex("Person", Index(fields=["substitute_id"])),
    ]
