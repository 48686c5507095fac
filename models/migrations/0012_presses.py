"""Which button of a letter was pressed last, and when: the second tap of a double tap does nothing."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.tables.fields import UtcDatetimeField


class Migration(migrations.Migration):
    dependencies = [("models", "0011_moves")]

    operations = [
        ops.AddField("Letter", "pressed", fields.SmallIntField(null=True)),
        ops.AddField("Letter", "pressed_at", UtcDatetimeField(null=True, generated=False, unique=False)),
    ]
