"""The youth panel: panels, surveys, answers, results, proposals and votes, "you said – we did"."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.tables.fields import SealedField, UtcDatetimeField, new_id


def _of(table: str, column: str, on_delete: OnDelete = OnDelete.CASCADE) -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        f"models.{table}",
        source_field=column,
        null=on_delete is OnDelete.SET_NULL,
        db_constraint=True,
        to_field="id",
        on_delete=on_delete,
    )


def _id() -> fields.CharField:
    return fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)


def _number() -> fields.BigIntField:
    return fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)


def _at(*, null: bool = False) -> UtcDatetimeField:
    return UtcDatetimeField(null=null, generated=False, unique=False)


def _whose() -> list[tuple[str, fields.ForeignKeyRelation]]:
    return [("municipality", _of("Municipality", "municipality_id")), ("person", _of("Person", "person_id"))]


class Migration(migrations.Migration):
    dependencies = [("models", "0009_feedback_loop")]

    operations = [
        ops.CreateModel(
            name="Panel",
            fields=[
                ("id", _id()),
                ("name", fields.CharField(max_length=80)),
                ("host", _of("Staff", "host_id", OnDelete.SET_NULL)),
                ("host_name", fields.CharField(default="", max_length=60)),
                ("created_at", _at()),
            ],
            options={"table": "panel", "app": "models", "indexes": [Index(fields=["host_id"])], "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PanelPlace",
            fields=[
                ("id", _number()),
                ("panel", _of("Panel", "panel_id")),
                ("municipality", _of("Municipality", "municipality_id")),
            ],
            options={
                "table": "panel_place",
                "app": "models",
                "unique_together": (("panel", "municipality"),),
                "indexes": [Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PanelSurvey",
            fields=[
                ("id", _id()),
                ("panel", _of("Panel", "panel_id")),
                ("series", fields.CharField(max_length=32)),
                ("version", fields.SmallIntField()),
                ("form", fields.TextField(unique=False)),
                ("state", fields.CharField(max_length=10)),
                ("created_at", _at()),
                ("published_at", _at(null=True)),
            ],
            options={
                "table": "panel_survey",
                "app": "models",
                "unique_together": (("series", "version"),),
                "indexes": [Index(fields=["panel_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PanelSendout",
            fields=[
                ("id", _id()),
                ("panel", _of("Panel", "panel_id")),
                ("survey", _of("PanelSurvey", "survey_id", OnDelete.RESTRICT)),
                ("state", fields.CharField(max_length=8)),
                ("opens_at", _at()),
                ("closes_at", _at()),
                ("first_days", fields.SmallIntField()),
                ("created_at", _at()),
            ],
            options={
                "table": "panel_sendout",
                "app": "models",
                "indexes": [
                    Index(fields=["panel_id", "state"]),
                    Index(fields=["state", "opens_at"]),
                    Index(fields=["survey_id"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PanelResult",
            fields=[
                (
                    "sendout",
                    fields.OneToOneField(
                        "models.PanelSendout",
                        source_field="sendout_id",
                        primary_key=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("panel", _of("Panel", "panel_id")),
                ("frozen", fields.TextField(unique=False)),
                ("counted_at", _at()),
                ("desks_from", _at()),
                ("released_at", _at(null=True)),
            ],
            options={
                "table": "panel_result",
                "app": "models",
                "indexes": [Index(fields=["panel_id", "counted_at"])],
                "pk_attr": "sendout_id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PanelRound",
            fields=[
                ("id", _id()),
                ("panel", _of("Panel", "panel_id")),
                ("state", fields.CharField(max_length=8)),
                ("opened_at", _at()),
                ("closes_at", _at()),
                ("ranked", fields.TextField(null=True, unique=False)),
            ],
            options={
                "table": "panel_round",
                "app": "models",
                "indexes": [Index(fields=["panel_id", "state"]), Index(fields=["state", "closes_at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PanelBallot",
            fields=[
                ("id", _id()),
                ("panel", _of("Panel", "panel_id")),
                ("round", _of("PanelRound", "round_id", OnDelete.SET_NULL)),
                ("state", fields.CharField(max_length=10)),
                ("wording_da", fields.CharField(default="", max_length=200)),
                ("wording_en", fields.CharField(default="", max_length=200)),
                ("at", _at()),
            ],
            options={
                "table": "panel_ballot",
                "app": "models",
                "indexes": [Index(fields=["panel_id", "state"]), Index(fields=["round_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PanelDone",
            fields=[
                ("id", _id()),
                ("panel", _of("Panel", "panel_id")),
                ("said_da", fields.CharField(max_length=300)),
                ("said_en", fields.CharField(max_length=300)),
                ("did_da", fields.CharField(max_length=300)),
                ("did_en", fields.CharField(max_length=300)),
                ("state", fields.CharField(max_length=10)),
                ("at", _at()),
                ("judged_by", _at()),
            ],
            options={
                "table": "panel_done",
                "app": "models",
                "indexes": [Index(fields=["panel_id", "at"]), Index(fields=["state", "judged_by"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PanelMember",
            fields=[
                ("id", _id()),
                *_whose(),
                ("panel", _of("Panel", "panel_id")),
                ("joined_at", _at()),
            ],
            options={
                "table": "panel_member",
                "app": "models",
                "unique_together": (("person", "panel"),),
                "indexes": [Index(fields=["panel_id"]), Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PanelAnswering",
            fields=[
                ("id", _id()),
                *_whose(),
                ("sendout", _of("PanelSendout", "sendout_id")),
                ("state", fields.CharField(max_length=8)),
                ("current", fields.CharField(default="", max_length=24)),
                ("draft_sealed", SealedField(null=True)),
                ("asked_at", _at(null=True)),
                ("reminded_at", _at(null=True)),
                ("reminders", fields.SmallIntField(default=0)),
                ("opened_at", _at(null=True)),
                ("closed_at", _at(null=True)),
                ("screen_letter_id", fields.BigIntField(null=True)),
            ],
            options={
                "table": "panel_answering",
                "app": "models",
                "unique_together": (("person", "sendout"),),
                "indexes": [Index(fields=["sendout_id", "state"]), Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PanelAnswer",
            fields=[
                ("id", _number()),
                *_whose(),
                ("answering", _of("PanelAnswering", "answering_id")),
                ("question", fields.CharField(max_length=24)),
                ("value_sealed", SealedField()),
                ("at", _at()),
            ],
            options={
                "table": "panel_answer",
                "app": "models",
                "unique_together": (("answering", "question"),),
                "indexes": [Index(fields=["person_id"]), Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PanelMeasured",
            fields=[
                ("id", _id()),
                ("municipality", _of("Municipality", "municipality_id")),
                ("subject", fields.CharField(max_length=64)),
                ("sendout", _of("PanelSendout", "sendout_id")),
                ("codes_sealed", SealedField()),
                ("at", _at()),
            ],
            options={
                "table": "panel_measured",
                "app": "models",
                "unique_together": (("subject", "sendout"),),
                "indexes": [Index(fields=["sendout_id"]), Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PanelProposal",
            fields=[
                ("id", _id()),
                *_whose(),
                ("ballot", _of("PanelBallot", "ballot_id")),
                ("words_sealed", SealedField()),
                ("at", _at()),
            ],
            options={
                "table": "panel_proposal",
                "app": "models",
                "unique_together": (("ballot",),),
                "indexes": [Index(fields=["person_id"]), Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PanelVote",
            fields=[
                ("id", _number()),
                *_whose(),
                ("about", fields.CharField(max_length=32)),
                ("choice", fields.CharField(max_length=3)),
                ("at", _at()),
            ],
            options={
                "table": "panel_vote",
                "app": "models",
                "unique_together": (("person", "about"),),
                "indexes": [Index(fields=["about"]), Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
