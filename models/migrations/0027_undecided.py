"""What nobody has decided about for the case file is found by an index, not by looking at every record there is."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

#: A record was decided about as it is now: what was edited since was not.
_CHANGED = {
    "message": "COALESCE(message.edited_at, message.at)", "attachment": "attachment.created_at",
    "offer_event": "offer_event.at", "meeting_event": "meeting_event.at",
}  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("models", "0026_who_stands_in")]

    operations = [
        *[
            ops.AddField(model, "undecided", fields.BooleanField(default=True, db_default=True))
            for model in ("Message", "Attachment", "OfferEvent", "MeetingEvent")
        ],
        *[
            ops.RunSQL(
                f"UPDATE {table} SET undecided = FALSE WHERE EXISTS (SELECT 1 FROM record_decision d "  # noqa: S608
                f"WHERE d.record_id = {table}.id AND d.at >= {changed})",
                "SELECT 1",
            )
            for table, changed in _CHANGED.items()
        ],
    ]
