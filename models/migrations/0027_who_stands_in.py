"""Who only looks after a thread gives it back; what somebody searched for is found again when they go back."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.tables.fields import SealedField


class Migration(migrations.Migration):
    dependencies = [("models", "0025_survey_segments")]

    operations = [
        ops.AddField("Thread", "stood_in", fields.BooleanField(default=False, db_default=False)),
        ops.AddField("StaffSession", "searches_sealed", SealedField(null=True)),
    ]
