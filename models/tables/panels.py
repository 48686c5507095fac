"""Youth panels. What belongs to a panel (surveys, results, what is voted on) has no municipality and nothing personal;
what belongs to a young person is in their own municipality, and what they wrote or answered is sealed.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.tables.fields import SealedField, UtcDatetimeField, id_field

# --- the panel's: nothing personal ----------------------------------------------------------------------------------


class Panel(Model):
    """A youth panel of one municipality or of a cluster. `host_name` is the host's first name, shown in the chat."""

    id = id_field()
    name = fields.CharField(max_length=80)
    host = fields.ForeignKeyField("models.Staff", null=True, on_delete=fields.SET_NULL)
    host_id: str | None
    host_name = fields.CharField(max_length=60, default="")
    created_at = UtcDatetimeField()

    class Meta:
        table = "panel"
        indexes = (("host_id",),)


class PanelPlace(Model):
    """A municipality whose young people may be members of a panel."""

    id = fields.BigIntField(primary_key=True)
    panel = fields.ForeignKeyField("models.Panel", on_delete=fields.CASCADE)
    panel_id: str
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str

    class Meta:
        table = "panel_place"
        unique_together = (("panel", "municipality"),)
        indexes = (("municipality_id",),)


class PanelSurvey(Model):
    """One version of a survey, whole. `form` (`domain.panels.to_plain`) never changes once it is published; an edit is
    the next version of the same series."""

    id = id_field()
    panel = fields.ForeignKeyField("models.Panel", on_delete=fields.CASCADE)
    panel_id: str
    series = fields.CharField(max_length=32)
    version = fields.SmallIntField()
    form = fields.TextField()
    state = fields.CharField(max_length=10)  # draft | published
    created_at = UtcDatetimeField()
    published_at = UtcDatetimeField(null=True)

    class Meta:
        table = "panel_survey"
        unique_together = (("series", "version"),)
        indexes = (("panel_id",),)


class PanelSendout(Model):
    """A survey on its way to a panel or a part of it (`domain.panels_segments`): from when to when, and how many days
    members have the result before a desk."""

    id = id_field()
    panel = fields.ForeignKeyField("models.Panel", on_delete=fields.CASCADE)
    panel_id: str
    survey = fields.ForeignKeyField("models.PanelSurvey", on_delete=fields.RESTRICT)
    survey_id: str
    state = fields.CharField(max_length=8)  # planned | open | counted | few (too few to be asked when it was to open)
    whom = fields.CharField(max_length=8, default="all", db_default="all")
    earlier = fields.CharField(max_length=32, default="", db_default="")  # the sending that tells the part, or ""
    opens_at = UtcDatetimeField()
    closes_at = UtcDatetimeField()
    first_days = fields.SmallIntField()
    reminders = fields.SmallIntField(default=2, db_default=2)  # at most so many, to those who have not answered
    created_at = UtcDatetimeField()

    class Meta:
        table = "panel_sendout"
        indexes = (("panel_id", "state"), ("state", "opens_at"), ("survey_id",))


class PanelResult(Model):
    """What a survey came to: frozen when it closed, as `domain.panels_results.to_plain` tells it, already withheld
    where it is few. The members have it at once, the host from `desks_from`, other desks when the host has released it.
    """

    sendout = fields.OneToOneField("models.PanelSendout", primary_key=True, on_delete=fields.CASCADE)
    sendout_id: str
    panel = fields.ForeignKeyField("models.Panel", on_delete=fields.CASCADE)
    panel_id: str
    frozen = fields.TextField()
    counted_at = UtcDatetimeField()
    desks_from = UtcDatetimeField()
    released_at = UtcDatetimeField(null=True)

    class Meta:
        table = "panel_result"
        indexes = (("panel_id", "counted_at"),)


class PanelRound(Model):
    """A vote on the proposals approved so far. `ranked` is what came of it, the ids of ballots as JSON;
    null while it runs, and when too few voted."""

    id = id_field()
    panel = fields.ForeignKeyField("models.Panel", on_delete=fields.CASCADE)
    panel_id: str
    state = fields.CharField(max_length=8)  # open | counted
    opened_at = UtcDatetimeField()
    closes_at = UtcDatetimeField()
    ranked: str | None = fields.TextField(null=True)

    class Meta:
        table = "panel_round"
        indexes = (("panel_id", "state"), ("state", "closes_at"))


class PanelBallot(Model):
    """A proposed question. The proposer's words are elsewhere, sealed; here is the host's wording, once approved."""

    id = id_field()
    panel = fields.ForeignKeyField("models.Panel", on_delete=fields.CASCADE)
    panel_id: str
    round = fields.ForeignKeyField("models.PanelRound", null=True, on_delete=fields.SET_NULL)
    round_id: str | None
    state = fields.CharField(max_length=10)  # proposed | approved | voted | declined
    wording_da = fields.CharField(max_length=200, default="")
    wording_en = fields.CharField(max_length=200, default="")
    at = UtcDatetimeField()

    class Meta:
        table = "panel_ballot"
        indexes = (("panel_id", "state"), ("round_id",))


class PanelDone(Model):
    """ "You said – we did": written by the host, judged by the members, then it stands or goes back."""

    id = id_field()
    panel = fields.ForeignKeyField("models.Panel", on_delete=fields.CASCADE)
    panel_id: str
    said_da = fields.CharField(max_length=300)
    said_en = fields.CharField(max_length=300)
    did_da = fields.CharField(max_length=300)
    did_en = fields.CharField(max_length=300)
    state = fields.CharField(max_length=10)  # new | asked | approved | disputed
    at = UtcDatetimeField()
    judged_by = UtcDatetimeField()

    class Meta:
        table = "panel_done"
        indexes = (("panel_id", "at"), ("state", "judged_by"))


# --- a young person's: in their own municipality --------------------------------------------------------------------


class PanelMember(Model):
    """A young person in a panel. Leaving deletes this row and everything below."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    panel = fields.ForeignKeyField("models.Panel", on_delete=fields.CASCADE)
    panel_id: str
    joined_at = UtcDatetimeField()

    class Meta:
        table = "panel_member"
        unique_together = (("person", "panel"),)
        indexes = (("panel_id",), ("municipality_id",))


class PanelAnswering(Model):
    """One member's way through one survey. `current` is the question on the screen (empty: computed); the draft is what
    is ticked or ranked there and not finished."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    sendout = fields.ForeignKeyField("models.PanelSendout", on_delete=fields.CASCADE)
    sendout_id: str
    state = fields.CharField(max_length=8)  # due | invited | open | done | stopped | expired
    current = fields.CharField(max_length=24, default="")
    draft_sealed = SealedField(null=True)
    asked_at = UtcDatetimeField(null=True)
    reminded_at = UtcDatetimeField(null=True)
    reminders = fields.SmallIntField(default=0)
    opened_at = UtcDatetimeField(null=True)
    closed_at = UtcDatetimeField(null=True)
    screen_letter_id = fields.BigIntField(null=True)

    class Meta:
        table = "panel_answering"
        unique_together = (("person", "sendout"),)
        indexes = (("sendout_id", "state"), ("municipality_id",))


class PanelAnswer(Model):
    """The answer to one question of a survey: sealed. Changed until the survey is sent in."""

    id = fields.BigIntField(primary_key=True)
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    answering = fields.ForeignKeyField("models.PanelAnswering", on_delete=fields.CASCADE)
    answering_id: str
    question = fields.CharField(max_length=24)
    value_sealed = SealedField()
    at = UtcDatetimeField()

    class Meta:
        table = "panel_answer"
        unique_together = (("answering", "question"),)
        indexes = (("person_id",), ("municipality_id",))


class PanelMeasured(Model):
    """One coded, pseudonymous row per member and survey: what results are counted from. Never any words.

    `subject` is a keyed pseudonym; the codes are sealed under the municipality's key.
    """

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    subject = fields.CharField(max_length=64)
    sendout = fields.ForeignKeyField("models.PanelSendout", on_delete=fields.CASCADE)
    sendout_id: str
    codes_sealed = SealedField()
    at = UtcDatetimeField()

    class Meta:
        table = "panel_measured"
        unique_together = (("subject", "sendout"),)
        indexes = (("sendout_id",), ("municipality_id",))


class PanelProposal(Model):
    """The words in which a member proposed a question, sealed. `ballot` is the row the host works with."""

    id = id_field()
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    ballot = fields.ForeignKeyField("models.PanelBallot", on_delete=fields.CASCADE)
    ballot_id: str
    words_sealed = SealedField()
    at = UtcDatetimeField()

    class Meta:
        table = "panel_proposal"
        unique_together = (("ballot",),)
        indexes = (("person_id",), ("municipality_id",))


class PanelVote(Model):
    """A member's yes to a proposed question, or yes or no to "you said – we did". One each; it can be taken back."""

    id = fields.BigIntField(primary_key=True)
    municipality = fields.ForeignKeyField("models.Municipality", on_delete=fields.CASCADE)
    municipality_id: str
    person = fields.ForeignKeyField("models.Person", on_delete=fields.CASCADE)
    person_id: str
    about = fields.CharField(max_length=32)  # a ballot, or an entry of "you said – we did"
    choice = fields.CharField(max_length=3)  # yes | no
    at = UtcDatetimeField()

    class Meta:
        table = "panel_vote"
        unique_together = (("person", "about"),)
        indexes = (("about",), ("municipality_id",))
