"""Memory: Tortoise classes and the constraints the database itself holds. No rules live here."""

MODULES = (
    "models.tables.register",
    "models.tables.keys",
    "models.tables.staff",
    "models.tables.consent",
    "models.tables.inbox",
    "models.tables.outbox",
    "models.tables.messages",
    "models.tables.attachments",
    "models.tables.casefile",
    "models.tables.offers",
    "models.tables.meetings",
    "models.tables.feedback",
    "models.tables.checkins",
    "models.tables.panels",
    "models.tables.alerts",
    "models.tables.figures",
    "models.tables.goals",
    "models.tables.audit",
    "models.tables.clock",
    "models.tables.api",
)
