"""By when a human opens what a young person said aloud."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from models.tables.fields import UtcDatetimeField


class Migration(migrations.Migration):
    dependencies = [("models", "0004_files")]

    operations = [
        ops.AddField("Attachment", "listen_by", UtcDatetimeField(null=True, generated=False, unique=False)),
    ]
