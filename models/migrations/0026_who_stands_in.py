"""Who only looks after a thread gives it back; a promise that was put off is known by what it was; and what somebody
searched for is found again when they go back."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.tables.fields import SealedField, UtcDatetimeField


class Migration(migrations.Migration):
    dependencies = [("models", "0025_survey_segments")]

    operations = [
        ops.AddField("Thread", "stood_in", fields.BooleanField(default=False, db_default=False)),
        ops.AddField("Message", "put_off_from", UtcDatetimeField(null=True)),
        ops.AddField("StaffSession", "searches_sealed", SealedField(null=True)),
    ]
