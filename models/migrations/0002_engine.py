"""The engine room: the pace of a bot and of a chat, outages, the bot's name."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.tables.fields import UtcDatetimeField


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]

    operations = [
        ops.AddField("Letter", "left_at", UtcDatetimeField(null=True, generated=False, unique=False)),
        ops.AddField("BotState", "outages", fields.SmallIntField(default=0, db_default=0)),
        ops.AddField("BotState", "paced_to", UtcDatetimeField(null=True, generated=False, unique=False)),
        ops.AddField("BotState", "username", fields.CharField(default="", db_default="", max_length=64)),
    ]
