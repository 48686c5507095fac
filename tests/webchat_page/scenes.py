"""Conversations from the product's own texts, for the stub server: what the page must be able to show well."""

from collections.abc import Callable

from tests.webchat_page.stub import StubChat, bold

HOUR = 3600
DAY = 24 * HOUR
SCALE = [
    "Hele tiden",
    "Det meste af tiden",
    "Lidt mere end halvdelen af tiden",
    "Lidt mindre end halvdelen af tiden",
    "Lidt af tiden",
    "På intet tidspunkt",
]
METTE = {"title": "Mette Kjærgaard", "subtitle": "svarer senest tirsdag kl. 12"}
LONG_NAME = "Anne-Margrethe Christiansdatter Bertelsen"


def join(chat: StubChat) -> None:
    chat.say(
        "Hej. Det her er Hørt.\nHvornår har du fødselsdag? Skriv dag og måned, fx 3. august.",
        [("English", "en"), ("Hvad er det her?", "what")],
    )


def consent(chat: StubChat) -> None:
    text = (
        "Tak. Du er inviteret af Mette fra Randers Kommune. Sådan er det:   1 af 2\n\n"
        "· Du kan se dit tilbud, skrive til Mette og fortælle, hvordan det går.\n"
        "· Mette læser det, du skriver. Er Mette væk, læser en kollega. Det kan blive gemt i din sag.\n"
        "· Jeg er et program. Ingen læser om natten eller i weekenden. Er du i fare, så ring 112.\n"
        "· Du kan stoppe når som helst. Vi sletter det, vi ikke har pligt til at gemme."
    )
    chat.say("3. august", sender="me", at=chat.now - 70)
    chat.say(
        text,
        [("Det er fint", "fine"), ("Nej tak", "no")],
        [("Læs mere", "more")],
        entities=[bold(text, "Sådan er det:")],
        pressed="fine",
        at=chat.now - 65,
    )
    chat.say(
        "Hvad siger du ja til?   2 af 2",
        [("☑ Beskeder med Mette", "t:messages")],
        [("☐ Tjek-ind", "t:checkins")],
        [("☐ Tæl mig med i tal uden mit navn", "t:figures")],
        [("☐ Ungepanel", "t:panel")],
        [("Færdig", "done")],
    )


def home(chat: StubChat) -> int:
    return chat.say(
        "Hej Amina. Vælg her, eller skriv bare.",
        [("Mit tilbud", "offer"), ("Skriv til Mette", "write")],
        [("Sig, hvad du synes", "feedback"), ("Hvordan går det?", "checkin")],
        [("Ungepanel", "panel"), ("Hjælp nu", "help"), ("Indstillinger", "settings")],
    )


def offer(chat: StubChat) -> int:
    text = (
        "Vi tilbyder dig en kontaktperson: Jonas Holm.\n2 timer om ugen fra 1. december. I aftaler selv hvor.\n"
        "I kan fx tale om bolig og skole. Første møde: torsdag 3. december kl. 15."
    )
    return chat.say(
        text,
        [("Ja tak", "yes")],
        [("Ikke helt – jeg vil hellere …", "other")],
        [("Nej tak", "no"), ("Spørg om det", "ask")],
        entities=[bold(text, "Jonas Holm")],
    )


def question(chat: StubChat) -> int:
    chat.say(
        "Mette kan se dine svar. Ser det ud til, at du har det svært, får Mette besked.",
        at=chat.now - 5,
    )
    return chat.say(
        "1 af 5 · I de sidste 2 uger har jeg været glad og i godt humør",
        *[[(words, f"a:1:{5 - index}")] for index, words in enumerate(SCALE)],
        [("‹ Tilbage", "back"), ("Spring over", "skip"), ("Stop", "stop")],
    )


def next_question(chat: StubChat, number: int) -> None:
    chat.edit(
        number,
        "2 af 5 · I de sidste 2 uger har jeg følt mig rolig og afslappet",
        *[[(words, f"a:2:{5 - index}")] for index, words in enumerate(SCALE)],
        [("‹ Tilbage", "back"), ("Spring over", "skip"), ("Stop", "stop")],
    )


def help_now(chat: StubChat) -> None:
    text = (
        "Er du i fare, så ring 112.\n\n"
        "Livslinien: 70 20 12 01\nÅben nu, til kl. 5.\n\n"
        "BørneTelefonen: 116 111\nÅben hele døgnet. Også for dig over 18.\n\n"
        "Social vagt i Randers: 89 15 11 12\nÅben nu, til mandag kl. 8.\n\n"
        "Kommer du ikke igennem, så prøv den næste.\n"
        "Mette får ikke at vide, at du er herinde. Kommunen læser ikke med lige nu; kontoret åbner kl. 8."
    )
    entities = [
        bold(text, part)
        for part in ("Er du i fare, så ring 112.", "Livslinien", "BørneTelefonen", "Social vagt i Randers")
    ]
    chat.say("/hjaelp", sender="me", at=chat.now - 2)
    chat.say(text, [("Tilbage til forsiden", "home")], entities=entities)


def long_thread(chat: StubChat, days: int = 4, each: int = 6) -> None:
    """Several days of a conversation, oldest first, ending today."""
    lines = [
        ("me", "Hej Mette. Kan vi flytte mødet på torsdag?"),
        ("bot", "Din besked er sendt. Mette har ikke læst den endnu.\nDu får svar senest tirsdag kl. 12."),
        ("bot", "Læst af Lars, som passer Mettes beskeder."),
        ("bot", "Mette: Ja, det kan vi godt. Passer fredag kl. 10 på din skole?"),
        ("me", "Ja tak, det passer fint"),
        ("bot", "Mette: Godt. Så ses vi fredag kl. 10. Tag gerne nogen med, hvis du har lyst."),
    ]
    for day in range(days - 1, -1, -1):
        start = chat.now - day * DAY - 3 * HOUR
        for index in range(each):
            sender, text = lines[index % len(lines)]
            chat.say(text, sender=sender, at=start + index * 240)


def many(chat: StubChat, count: int) -> None:
    """Numbered messages, one a minute."""
    for number in range(count):
        sender = "me" if number % 3 == 0 else "bot"
        chat.say(f"Besked nummer {number + 1}", sender=sender, at=chat.now - (count - number) * 60)


def odd_texts(chat: StubChat) -> None:
    """Right-to-left, very long words, formatting, an unsafe link, and a name of forty letters."""
    chat.say("مرحبا أمينة. كيف حالك اليوم؟\nHej Amina. Hvordan går det i dag?", at=chat.now - 30)
    chat.say("x" * 300, sender="me", at=chat.now - 20)
    chat.say(
        f"{LONG_NAME} svarer dig.", [(LONG_NAME, "long"), ("Sundhedsplejerskeordningsaftale", "word")], at=chat.now - 10
    )


SCENES: dict[str, Callable[[StubChat], object]] = {
    "join": join,
    "consent": consent,
    "home": home,
    "offer": offer,
    "question": question,
    "help": help_now,
    "long": long_thread,
    "odd": odd_texts,
}
