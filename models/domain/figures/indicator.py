"""The indicator: the share of young people who feel involved and heard, from counts that never name a person."""

import enum
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from models.domain.checkins import is_complete
from models.domain.figures.periods import Period
from models.domain.figures.statistics import Interval, alpha_of, bounds, covariance_of, newcombe, omega_of, wilson
from models.domain.instruments import DONT_KNOW, Code, instrument
from models.domain.scoring import hoert5

DEFINITION: Final = "hoert5-v1/2026-11"
FIGURE: Final = "heard"
ITEMS_FROM: Final = 30
ITEM_BASE: Final = 10


@dataclass(frozen=True, slots=True)
class Respondent:
    """One person's Hørt-5 in the window: the first complete asking, or else the first with any answer."""

    answers: Mapping[str, Code]

    @property
    def responded(self) -> bool:
        """Whether the person answered at least one item. "Don't know" is an answer given; skipping is none."""
        return any(isinstance(code, int) or code == DONT_KNOW for code in self.answers.values())

    @classmethod
    def first(cls, askings: Sequence[Mapping[str, Code]]) -> "Respondent | None":
        """The asking that counts out of one person's askings in the window, oldest first; None if none was answered."""
        i = instrument("hoert5")
        given = [one for one in map(cls, askings) if one.responded]
        return next((one for one in given if is_complete(i, one.answers)), given[0] if given else None)


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """Counts per item of Hørt-5, in its order, over all respondents; whole numbers only, so they freeze exactly.

    `answered`: scored answers. `totals`: the sum of those codes. `dont_know`: answers "don't know". `complete`: people
    with all five scored; `sums` and `products` are their column sums and sums of products, from which alpha and omega
    follow.
    """

    answered: tuple[int, ...]
    totals: tuple[int, ...]
    dont_know: tuple[int, ...]
    complete: int
    sums: tuple[int, ...]
    products: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a publication freezes: N, r, n and x, and per item where n >= 30. Raises ValueError if they cannot be.

    `population` N: the register on the last day. `responded` r: answered at least one item. `computable` n: at least
    four of five scored. `heard` x.
    """

    population: int
    responded: int
    computable: int
    heard: int
    items: ItemCounts | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.heard <= self.computable <= self.responded <= self.population:
            raise ValueError("counts must satisfy 0 <= heard <= computable <= responded <= population")


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """Beside the indicator from n >= 30, per item in the order of Hørt-5.

    `means`: 1-5 over the scored answers, None where fewer than 10 answered that item. `missing`: respondents without a
    scored answer, `dont_know` among them. `alpha` and `omega` rest on the `complete` rows, None below 30 of them.
    """

    means: tuple[float | None, ...]
    missing: tuple[int, ...]
    dont_know: tuple[int, ...]
    complete: int
    alpha: float | None
    omega: float | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """The indicator with all it may never be shown without. Shares are 0-1.

    `share` x / n and `sensitivity` x / r are None where nobody is in the base; `interval` and `bounds` are then [0, 1]
    or what is possible. `response_rate` is r / N, 0 for an empty register. Below half of the population answered,
    `leads_with_bounds` is true: the interval covers chance, not who chose to answer.
    """

    counts: Counts
    share: float | None
    interval: Interval
    bounds: Interval
    response_rate: float
    sensitivity: float | None
    leads_with_bounds: bool
    items: ItemFigures | None
    definition: str = DEFINITION


class Unclaimed(enum.Enum):
    """Why a difference is not called a change."""

    NO_SHARE = "no_share"
    DEFINITION = "definition"
    LOW_RESPONSE = "low_response"
    CHANCE = "chance"


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between two periods, later minus earlier, with its 95 % interval; both None without two shares.

    `claimed` says whether it may be called a change, `because` why not.
    """

    difference: float | None
    interval: Interval | None
    claimed: bool
    because: Unclaimed | None


@dataclass(frozen=True, slots=True)
class Frozen:
    """The inputs of one publication, read back."""

    counts: Counts
    period: Period
    geography: str
    definition: str
    version: int
    salt: str


class NotAsFrozen(ValueError):
    """The frozen inputs are damaged, were changed, or follow a definition that these rules do not compute."""


def count(population: int, rows: Iterable[Mapping[str, Code]]) -> Counts:
    """The counts from one row of answers per person; rows without any answer count in the population only.

    Raises InvalidAnswer for a code Hørt-5 does not have, ValueError for more respondents than population.
    """
    answered = [one for one in map(Respondent, rows) if one.responded]
    scores = [hoert5(one.answers) for one in answered]
    computable = [one for one in scores if one.heard is not None]
    items = _count_items([one.answers for one in answered]) if len(computable) >= ITEMS_FROM else None
    return Counts(population, len(answered), len(computable), sum(one.heard is True for one in computable), items)


def indicator(counts: Counts) -> Indicator:
    """The indicator computed from counts alone; what may be shown of it is for `disclosure` to say."""
    population, r, n, x = counts.population, counts.responded, counts.computable, counts.heard
    return Indicator(
        counts=counts,
        share=x / n if n else None,
        interval=wilson(x, n, population),
        bounds=bounds(x, n, population),
        response_rate=r / population if population else 0.0,
        sensitivity=x / r if r else None,
        leads_with_bounds=_low_response(counts),
        items=None if counts.items is None else _item_figures(r, counts.items),
    )


def change(before: Indicator, after: Indicator) -> Change:
    """The difference from `before` to `after`, for two figures that are both shown.

    Claimed only if both follow one definition, both response rates are at least 50 % and the Newcombe interval from the
    two published intervals excludes 0. It treats the periods as independent although people recur.
    """
    if before.share is None or after.share is None:
        return Change(None, None, False, Unclaimed.NO_SHARE)
    if before.definition != after.definition:
        return Change(None, None, False, Unclaimed.DEFINITION)
    interval = newcombe((after.share, after.interval), (before.share, before.interval))
    because = None
    if _low_response(before.counts) or _low_response(after.counts):
        because = Unclaimed.LOW_RESPONSE
    elif 0 in interval:
        because = Unclaimed.CHANCE
    return Change(after.share - before.share, interval, because is None, because)


def freeze(counts: Counts, period: Period, geography: str, *, version: int = 1, salt: str = "") -> str:
    """The canonical JSON of one publication's inputs: sorted keys, no spaces, whole numbers and strings only.

    `geography` is the key of a municipality, cluster or the nation; `version` rises with each correction. Counts this
    small can be found by trying them all against a bare hash, so give a random `salt` of at least 128 bits wherever the
    fingerprint of a withheld or banded figure leaves the house.
    """
    items = counts.items
    content = {
        "computable": counts.computable,
        "definition": DEFINITION,
        "figure": FIGURE,
        "geography": geography,
        "heard": counts.heard,
        "items": None
        if items is None
        else {
            "answered": items.answered,
            "complete": items.complete,
            "dont_know": items.dont_know,
            "products": items.products,
            "sums": items.sums,
            "totals": items.totals,
        },
        "period": period.key,
        "population": counts.population,
        "responded": counts.responded,
        "salt": salt,
        "version": version,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fingerprint(frozen: str) -> str:
    """The SHA-256 of the frozen inputs, 64 hex digits."""
    return hashlib.sha256(frozen.encode()).hexdigest()


def thaw(frozen: str) -> Frozen:
    """The inputs back from `freeze`. Raises NotAsFrozen unless freezing them again gives the very same text."""
    try:
        content: Any = json.loads(frozen)
        raw = content["items"]
        items = None
        if raw is not None:
            items = ItemCounts(
                answered=_whole_numbers(raw["answered"]),
                totals=_whole_numbers(raw["totals"]),
                dont_know=_whole_numbers(raw["dont_know"]),
                complete=_whole_number(raw["complete"]),
                sums=_whole_numbers(raw["sums"]),
                products=tuple(_whole_numbers(row) for row in raw["products"]),
            )
        counts = Counts(
            population=_whole_number(content["population"]),
            responded=_whole_number(content["responded"]),
            computable=_whole_number(content["computable"]),
            heard=_whole_number(content["heard"]),
            items=items,
        )
        period = Period.parse(content["period"])
        read = Frozen(counts, period, content["geography"], content["definition"], content["version"], content["salt"])
        again = freeze(counts, period, read.geography, version=read.version, salt=read.salt)
    except (KeyError, TypeError, ValueError) as error:
        raise NotAsFrozen("these are not the frozen inputs of a publication") from error
    if again != frozen:
        raise NotAsFrozen("the frozen inputs are not canonical or follow another definition")
    return read


def verify(frozen: str, sha256: str) -> Indicator:
    """The indicator recomputed from frozen inputs, to be compared with what was published. Raises NotAsFrozen."""
    if fingerprint(frozen) != sha256:
        raise NotAsFrozen("the frozen inputs do not have the published fingerprint")
    return indicator(thaw(frozen).counts)


def _whole_numbers(values: list[object]) -> tuple[int, ...]:
    return tuple(_whole_number(value) for value in values)


def _whole_number(value: object) -> int:
    # JSON's 15.0 and true would compute just as well as 15, and are not what was frozen.
    if type(value) is not int:
        raise TypeError("a frozen count is a whole number")
    return value


def _low_response(counts: Counts) -> bool:
    return 2 * counts.responded < counts.population or counts.population == 0


def _count_items(rows: Sequence[Mapping[str, Code]]) -> ItemCounts:
    keys = [item.key for item in instrument("hoert5").items]
    columns = [[code for row in rows if isinstance(code := row.get(key), int)] for key in keys]
    complete = [
        codes for row in rows if len(codes := [c for key in keys if isinstance(c := row.get(key), int)]) == len(keys)
    ]
    return ItemCounts(
        answered=tuple(len(column) for column in columns),
        totals=tuple(sum(column) for column in columns),
        dont_know=tuple(sum(row.get(key) == DONT_KNOW for row in rows) for key in keys),
        complete=len(complete),
        sums=tuple(sum(row[a] for row in complete) for a in range(len(keys))),
        products=tuple(
            tuple(sum(row[a] * row[b] for row in complete) for b in range(len(keys))) for a in range(len(keys))
        ),
    )


def _item_figures(responded: int, items: ItemCounts) -> ItemFigures:
    matrix = covariance_of(items.complete, items.sums, items.products) if items.complete >= ITEMS_FROM else None
    return ItemFigures(
        means=tuple(
            total / answered if answered >= ITEM_BASE else None
            for total, answered in zip(items.totals, items.answered, strict=True)
        ),
        missing=tuple(responded - answered for answered in items.answered),
        dont_know=items.dont_know,
        complete=items.complete,
        alpha=None if matrix is None else alpha_of(matrix),
        omega=None if matrix is None else omega_of(matrix),
    )
