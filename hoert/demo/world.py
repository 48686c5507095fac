"""Seeding the invented world into an empty database: seven municipalities, three years, everybody's story so far."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hoert.demo import lives, meetings, panel, plans, rooms, stories, traces, writing
from hoert.demo.people import (
    ABSENT,
    DUTY_HOLDERS,
    NATIONAL,
    PLACE,
    PLACES,
    Cast,
    Persona,
    Place,
    World,
    Young,
    births,
    cast_from,
    dice_for,
    email,
    new_young,
    reference_of,
)
from hoert.demo.stories import NAMED, Stage
from locales import has, text
from models import crypto
from models.actions import consent, figures, invented
from models.actions.consent import Chat
from models.actions.invented import Batch
from models.domain import rhythm
from models.domain.checkin_plans import STANDING
from models.domain.figures.periods import kind_for
from models.domain.localtime import day_bounds, instant, local_date
from models.domain.register import offer_deadline
from models.domain.staff import Role, Viewer
from models.tables.fields import new_id
from models.tables.keys import Vault, chat_index, ring, wrap_person
from models.transactions import HOUSE, Scope

__all__ = ["Cast", "Persona", "cast_from", "link_personas", "seed", "world_of"]

#: How far back the small conversations reach.
_TALK_DAYS = 300
_WHO5_DAYS = 365
#: What is older than this has been decided about.
_DECIDED = timedelta(days=10)

#: The world this process seeded or recalled last, by its cast: drawing seven towns again takes a moment.
_worlds: dict[str, World] = {}


async def seed(now: datetime, *, rng_seed: int = 2018) -> Cast:
    """Build the whole world in an empty, migrated database and publish every figure that is due.

    Relative to `now` (aware UTC) and the same for the same moment and seed, but for ids and keys, which are always
    random.
    """
    batch, begins = Batch(), _begins(now)
    municipalities = {place.slug: new_id() for place in PLACES}
    over = {key: _municipality(batch, PLACE[slug], key, begins) for slug, key in municipalities.items()}
    world = _empty(rng_seed, now, municipalities, _staff(batch, municipalities, begins))
    randers, today = municipalities["randers"], local_date(now)
    rooms.furnish(batch, world)
    grow(world, today)
    span = lives.Span(batch, world, instant(begins, time(0)), now, over, absent_from(world))
    people = [young for young in world.people if young.entered_on <= today]
    named = _named(world)
    world.people += named.values()
    _register(span, people)
    _register_named(span, named)
    lives.offered(span, people)
    lives.asked_hoert5(span, [*people, *named.values()], _kinds(world))
    lives.asked_who5(span, people, today - timedelta(days=_WHO5_DAYS))
    lives.talked(span, people, today - timedelta(days=_TALK_DAYS))
    lives.gave_feedback(span, people)
    stage = Stage(batch, world, now, world.staff, over[randers], named)
    stories.tell(stage)
    meetings.tell(stage)
    plans.tell(stage)
    traces.tell(stage)
    at_randers = [young for young in (*people, *named.values()) if young.place.slug == "randers"]
    _planned(span, at_randers, named)
    ready = {named[one].id: now - timedelta(days=3) for one in ("Amina", "Victor", "Jonas")}
    behind = frozenset(named[one].id for one in ("Malou", "Elias"))
    writing.put_case_file(batch, world.people, now - _DECIDED, decided=ready, behind=behind)
    _moves(batch, world, now)
    writing.put_trail_in_order(batch)
    await invented.write(HOUSE, batch)
    mette = Viewer(world.staff[stories.METTE], randers, Role.CASEWORKER, stories.METTE)
    invited = await consent.invite(mette, named["Freja"].id, now=now)
    await figures.publish_due(HOUSE, now=now)
    await panel.tell(world, named["Amina"], now)
    await invented.deliver(HOUSE, now=now)
    cast = Cast(
        municipalities=municipalities,
        staff=world.staff,
        personas=_personas(named),
        invitation_token=invited.token,
        invitation_code=invited.code,
        rng_seed=rng_seed,
        seeded_at=now,
    )
    _remember(cast, world)
    return cast


async def world_of(cast: Cast) -> World:
    """The world of a cast: as this process knows it, or drawn again from the seed with the keys of the database.

    Drawn again it does not know what people answered (`World.heard`): that is in the database.
    """
    kept = _worlds.get(cast.municipalities["randers"])
    if kept is not None:
        return kept
    world = _empty(cast.rng_seed, cast.seeded_at, cast.municipalities, cast.staff)
    world.known = await invented.known(HOUSE)
    grow(world, local_date(world.seeded_at))
    world.people += _named(world).values()
    _remember(cast, world)
    return world


async def link_personas(cast: Cast, chats: dict[str, int], now: datetime) -> None:
    """Give personas their web chats (by person id), as if they had joined long ago: confirmed, with their consents.

    Leila has blocked hers. Who has not joined (Freja) is left out: that is for the visitor to do.
    """
    joined_on = {one.first: stories.joined_at(one, local_date(now)) for one in NAMED}
    for persona in cast.personas.values():
        chat_id = chats.get(persona.person_id)
        if chat_id is None or not persona.linked:
            continue
        here = Scope(persona.municipality_id)
        chat = Chat("webchat", chat_index("webchat", chat_id), chat_id, persona.language)
        link_id = await consent.make_link(
            here, persona.person_id, chat, language=persona.language, purposes=list(persona.purposes), now=now,
            confirmed_by=persona.caseworker_id,
        )  # fmt: skip
        joined = joined_on[persona.first_name]
        await invented.joined_long_ago(here, persona.person_id, link_id, at=joined, now=now)
        # Amina is asked today, the others in the days to come.
        anchor = local_date(now) + timedelta(days=0 if persona.first_name == "Amina" else 6)
        beat = rhythm.Rhythm(4, anchor.weekday(), time(16))
        due = rhythm.next_due(beat, day_bounds(local_date(now))[1], anchor)
        await invented.set_rhythm(
            here, persona.person_id, weekday=anchor.weekday(), anchor=anchor, next_due_at=due
        )  # fmt: skip
        if persona.first_name == "Leila":
            await invented.block(
                here, persona.person_id, link_id, bot=chat.bot, chat_index=chat.chat_index, now=now
            )  # fmt: skip


def grow(world: World, until: date) -> None:
    """Draw everybody who may enter a register up to a day and was not drawn before."""
    for place in PLACES:
        coming = world.coming.pop(place.slug, None) or next(world.births[place.slug])
        while offer_deadline(coming[1]) <= until:
            number, birth = coming
            vault, wrapped = _key(world, place.slug, reference_of(place, number))
            young = new_young(world, place, number, birth, vault, wrapped)
            if young.left_on > young.entered_on:
                young.caseworker_id, young.substitute_id = _caseworkers(place, world.staff, number)
                world.people.append(young)
            coming = next(world.births[place.slug])
        world.coming[place.slug] = coming


def absent_from(world: World) -> tuple[str, str, date]:
    """Who is away, who stands in, and since when."""
    return world.staff[ABSENT], world.staff[stories.LARS], local_date(world.seeded_at) - timedelta(days=4)


def _planned(span: lives.Span, people: list[Young], named: dict[str, Young]) -> None:
    """What the plans of Randers ask of whom, and what stands in the plans of its people."""
    series = rooms.put_plans(span.batch, span.world, named["Elias"])
    standing = {one.value for one in STANDING}
    offered = {str(row["person_id"]) for row in span.batch.new["offer"] if row["state"] in standing}
    rooms.follow_plan(span.batch, people, series, offered, span.now)
    asked = [
        (young, "tils", rooms.WEEKS, rooms.asked_on(young)) for young in people
        if young.id in offered and young.here(span.now) and young.checkins and not young.persona
    ]  # fmt: skip
    lives.asked_planned(span, asked, local_date(span.now) - timedelta(weeks=rooms.WEEKS))
    plans.others(span, people, offered)
    plans.asked_again(span, people)


def _moves(batch: Batch, world: World, now: datetime) -> None:
    """Somebody of Odsherred moves to Randers: the old municipality has offered, the new one has not said yet."""
    here = [one for one in world.people if one.place.slug == "odsherred" and one.here(now) and one.figures]
    young = min(here, key=lambda one: one.reference)
    at = writing.last_working_hour(now - timedelta(days=1))
    batch.add(
        "transfer", id=new_id(), municipality_id=young.municipality_id, person_id=young.id,
        to_municipality_id=world.municipalities["randers"], state="offered",
        offered_by_id=world.staff["Jette Nakke"], offered_at=at,
    )  # fmt: skip
    writing.put_trail(batch, young, "transfer.offer", world.staff["Jette Nakke"], at)


def _begins(now: datetime) -> date:
    return date(local_date(now).year - 3, 1, 1)


def _empty(rng_seed: int, now: datetime, municipalities: dict[str, str], staff: dict[str, str]) -> World:
    world = World(rng_seed, _begins(now), now, municipalities, staff)
    for place in PLACES:
        world.births[place.slug] = births(place, world.begins, dice_for(rng_seed, place.slug))
    return world


def _remember(cast: Cast, world: World) -> None:
    _worlds.clear()
    _worlds[cast.municipalities["randers"]] = world


def _kinds(world: World) -> dict[tuple[str, int], str]:
    """The kind of period by municipality and year, as the figures will fix it from the register."""
    found: dict[tuple[str, int], str] = {}
    for place in PLACES:
        for year in range(world.begins.year, local_date(world.seeded_at).year + 1):
            size = sum(young.place is place and young.counts_on(date(year, 1, 1)) for young in world.people)
            found[place.slug, year] = kind_for(size) or "none"
    return found


def _municipality(batch: Batch, place: Place, key: str, begins: date) -> Vault:
    clear, wrapped = ring().new_municipality(key)
    at = instant(begins, time(0))
    number = f"{(PLACES.index(place) + 1) * 11:02d}"
    batch.add(
        "municipality", id=key, slug=place.slug, name=place.name, project=place.project, region=place.region.value,
        cluster=place.cluster, phone=f"00 {number} 10 00", emergency_phone=f"00 {number} 20 24",
        telegram_content=place.telegram, settings=rooms.settings_of(place, begins), created_at=at,
    )  # fmt: skip
    batch.add("municipality_key", municipality_id=key, wrapped=wrapped)
    rooms.put_range(batch, place, key)
    return Vault(key, "", clear)


def _staff(batch: Batch, municipalities: dict[str, str], begins: date) -> dict[str, str]:
    found: dict[str, str] = {}
    everybody = [(place.slug, name, role) for place in PLACES for name, role in place.staff]
    for slug, name, role in [*everybody, *(("", name, role) for name, role in NATIONAL)]:
        found[name] = new_id()
        batch.add(
            "staff", id=found[name], municipality_id=municipalities.get(slug), email=email(name, slug or "national"),
            name=name, first_name=name.split()[0], role=role.value, duty_holder=name in DUTY_HOLDERS,
            created_at=instant(begins, time(8)),
        )  # fmt: skip
    return found


def _named(world: World) -> dict[str, Young]:
    found: dict[str, Young] = {}
    for number, named in enumerate(NAMED, start=1):
        vault, wrapped = _key(world, "randers", stories.reference_of(number))
        young = stories.young_of(world, named, vault, wrapped, number)
        instead = stories.LARS if named.caseworker != stories.LARS else stories.SIRI
        if named.caseworker:
            young.caseworker_id, young.substitute_id = world.staff[named.caseworker], world.staff[instead]
        found[named.first] = young
    return found


def _register(span: lives.Span, people: list[Young]) -> None:
    """The rows of everybody who is or was on a register, and what joining left."""
    for young in people:
        enter(span, young)
        if young.joined_at is not None and young.joined_at <= span.now:
            seen_at = lives.looked(span.world, young, span.now)
            writing.put_joined(span.batch, young, now=span.now, seen_at=seen_at)


def enter(span: lives.Span, young: Young) -> None:
    """The register's row of one person, with what their offers have come to."""
    changes: dict[str, object] = {}
    if young.offered_on is not None:
        _, _, steps = lives.offer_life(span.world, young)
        changes = lives.register_after([step for step in steps if step.at <= span.now])
    writing.put_person(span.batch, young, now=span.now, **changes)


def _register_named(span: lives.Span, named: dict[str, Young]) -> None:
    for one in NAMED:
        young = named[one.first]
        offered = {"offered_on": young.offered_on} if young.offered_on else {}
        decided = {"decided_on": young.offered_on} if young.offered_on and one.aftercare != "no" else {}
        kin = {"kin": text(f"demo.kin.{one.first.lower()}", "da")} if has(f"demo.kin.{one.first.lower()}") else {}
        writing.put_person(span.batch, young, now=span.now, aftercare=one.aftercare, **offered, **decided, **kin)
        here = not one.persona or one.state == "blocked"
        seen_at = stories.last_heard(span.now) if one.silent else lives.looked(span.world, young, span.now)
        writing.put_joined(span.batch, young, now=span.now, link=here, state=one.state, seen_at=seen_at)


def _personas(named: dict[str, Young]) -> dict[str, Persona]:
    return {
        one.first: Persona(
            person_id=named[one.first].id,
            municipality_id=named[one.first].municipality_id,
            first_name=one.first,
            language=one.language,
            age=one.age,
            birth=named[one.first].birth,
            linked=one.joined > 0,
            caseworker_id=named[one.first].caseworker_id,
            purposes=one.purposes,
        )
        for one in NAMED
        if one.persona
    }


def _caseworkers(place: Place, staff: dict[str, str], number: int) -> tuple[str, str]:
    names = [name for name, role in place.staff if role is Role.CASEWORKER]
    return staff[names[number % len(names)]], staff[names[(number + 1) % len(names)]]


def _key(world: World, slug: str, reference: str) -> tuple[Vault, bytes]:
    """The vault somebody has already, or a new one with its key wrapped."""
    municipality_id = world.municipalities[slug]
    if (kept := world.known.get((municipality_id, reference))) is not None:
        return kept, b""
    over = ring().known(municipality_id)
    if over is None:
        raise RuntimeError("the municipality's key is made before its people")
    person_id, key = new_id(), crypto.new_key()
    return Vault(municipality_id, person_id, key), wrap_person(over, person_id, key)
