"""Everything that an estimate rests on, gathered once from a Book, and what its parts are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dacheng.core.book import Book
from dacheng.core.errors import Text
from dacheng.core.estimates.figures import Figures, figures_of
from dacheng.core.estimates.inputs import FACTORS, MOST_STEPS
from dacheng.core.estimates.lines import inventory_of
from dacheng.core.estimates.past import Past, past_of
from dacheng.core.estimates.question import Question
from dacheng.core.estimates.schema import DRAFT
from dacheng.core.rules import Rules
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.targets.setting.inventory import InventoryLine

CHOSEN = """
    SELECT measure_id, state, floor, target, stretch FROM estimates
    WHERE unit_id = :unit_id AND ym = :ym AND scheme = :scheme ORDER BY measure_id"""


@dataclass(frozen=True, slots=True)
class Called:
    """What the parts of an estimate are called in the sentences about it, in one language.

    Args:
        factors, steps: shape (5,) and (8,) names. lines: id of an inventory line -> its name.
    """

    factors: tuple[str, ...] = tuple(code for code, _ in FACTORS)
    steps: tuple[str, ...] = tuple(map(str, range(1, MOST_STEPS + 1)))
    lines: Mapping[int, str] = field(default_factory=dict)


def called_in(language: str, steps: Sequence[str] = (), lines: Mapping[int, str] | None = None) -> Called:
    """Return the names of a language; of steps and lines those that are given."""
    usual = [Text(f"第 {at} 步", f"Step {at}").in_language(language) for at in range(1, MOST_STEPS + 1)]
    names = [*steps, *usual[len(steps) :]]
    return Called(tuple(label.in_language(language) for _, label in FACTORS), tuple(names), lines or {})


@dataclass(frozen=True, slots=True)
class Chosen:
    """The tiers that somebody chose for a measure, minor units; None = as proposed."""

    state: int = DRAFT
    floor: int | None = None
    target: int | None = None
    stretch: int | None = None


@dataclass(frozen=True)
class Material:
    """Everything of a Book that an estimate rests on, gathered once.

    Args:
        chosen: measure -> what was chosen under the same plan. lines: of the inventory, with their ids.
    """

    asked: Question
    rules: Rules
    past: Past
    figures: Figures
    contract: Figures
    chosen: Mapping[int, Chosen]
    lines: Sequence[tuple[int, InventoryLine]]


def material_of(book: Book, asked: Question) -> Material:
    """Gather everything that an estimate rests on."""
    past = past_of(book, asked)
    own = figures_of(book, asked, past)
    of_contract = Question(asked.unit_id, asked.year, asked.number, CONTRACT, asked.scheme)
    same = asked.measure_id == CONTRACT
    return Material(
        asked,
        book.rules,
        past,
        own,
        own if same else figures_of(book, of_contract, past_of(book, of_contract)),
        _chosen(book, asked),
        inventory_of(book, asked) if same else (),
    )


def _chosen(book: Book, asked: Question) -> dict[int, Chosen]:
    rows = book.gather(CHOSEN, unit_id=asked.unit_id, ym=asked.year.from_ym, scheme=asked.scheme)
    tiers = ("floor", "target", "stretch")
    return {
        int(rows["measure_id"][at]): Chosen(
            int(rows["state"][at]), *(int(rows[one][at]) if rows.known(one)[at] else None for one in tiers)
        )
        for at in range(len(rows))
    }
