"""Budgets for their pages and calls: drafted from the Book's targets, released by its results (R034–R038)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from uuid import UUID

import numpy as np

from dacheng.core.access import POLICY, Viewer, may, not_allowed
from dacheng.core.book import Book
from dacheng.core.budget.budgeting import ProjectLine, RatedTarget
from dacheng.core.budget.drafting import MeasuredTarget, check_span, fixed_line, project_line, variable_line
from dacheng.core.budget.proposing import Due, due_releases, why_not_due
from dacheng.core.budget.reached import months_of_unit, target_months
from dacheng.core.budget.schema import APPROVED, BY_BAND, BY_HAND, FIRST
from dacheng.core.budget.standing import UnitBudget, unit_budgets
from dacheng.core.errors import Text
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.period import Period
from dacheng.core.schema import RELATIONS
from dacheng.core.targets.cascading import Grid
from dacheng.service.labels import DatabaseNames
from dacheng.store.access import tree_on
from dacheng.store.actions.budgets import Draft, Line, decide_budget, draft_budget, redraft_budget
from dacheng.store.actions.recording import Saved
from dacheng.store.actions.releases import Figures, except_release, propose_release
from dacheng.store.identity import given_uid, hidden
from dacheng.store.standing import ids_of_uids, standing_uid


@dataclass(frozen=True, slots=True)
class Rate:
    """The expense rate of a measure: basis points of its target."""

    measure: UUID
    rate_bp: int
    purpose: int | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A project line as somebody wrote it; ``code`` of one that stands."""

    name: str
    amount: int
    period: Period
    purpose: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A budget as somebody wrote it.

    Args:
        unit: whose. fixed: minor units. measure: by whose attainment it is released.
        fixed_purpose: what the fixed part is for.
    """

    unit: UUID
    span: Period
    measure: UUID
    fixed: int
    rates: Sequence[Rate] = ()
    projects: Sequence[Project] = ()
    release_months: int = 3
    fixed_purpose: int | None = None
    name: str = ""
    code: str = ""


@dataclass(frozen=True)
class Prepared:
    """A draft worked out from a Book, and the targets it rests on by number of the measure."""

    draft: Draft
    targets: dict[int, int | None] = field(default_factory=dict)


def prepared(book: Book, wish: Wish) -> Prepared:
    """Work out a budget from the targets of the Book: lines with their months.

    Raises:
        NotFound: unit or measure is not seen. RuleError: an amount, a rate or the months are not possible.

    Source: R034, R035; golden case G08.
    """
    check_span(wish.span, wish.release_months)
    unit = _seen_unit(book, wish.unit)
    measures = {one.measure: _number("measures", one.measure) for one in wish.rates}
    names = DatabaseNames().names("measures", measures.values())
    targets = targets_of(book, unit, wish.span, sorted(set(measures.values())))
    lines = [Line(fixed_line(wish.fixed, wish.span, book.months), "", wish.fixed_purpose)]
    for one in wish.rates:
        number = measures[one.measure]
        label = Text(names[number].in_language("zh-hans"), names[number].in_language("en"))
        rated = RatedTarget(label, Fraction(one.rate_bp, BP_PER_WHOLE), targets[number].whole)
        drafted = variable_line(rated, targets[number], wish.span)
        lines.append(Line(drafted, "", one.purpose, one.measure, one.rate_bp))
    for each in wish.projects:
        drafted = project_line(ProjectLine(each.name, each.amount, each.period), book.months)
        lines.append(Line(drafted, each.name, each.purpose, code=each.code))
    draft = Draft(wish.unit, wish.span, wish.measure, wish.release_months, lines, wish.name, wish.code)
    return Prepared(draft, {number: one.whole for number, one in targets.items()})


def targets_of(book: Book, unit: int, span: Period, measures: Sequence[int]) -> dict[int, MeasuredTarget]:
    """Return a unit's targets of some measures by month, as they stand on the Book's day."""
    if not measures:
        return {}
    grid = Grid(np.array(measures, dtype=np.int64), span)
    found = target_months(book, grid)
    return {one: months_of_unit(book, grid, found, unit, one) for one in measures}


def save(
    actor: Viewer, at: datetime, book: Book, wish: Wish, *, uid: UUID | None = None, version: int | None = None
) -> Saved:
    """Save a budget as a draft: a new one, or one that stands; raises as ``prepared`` and the actions do."""
    if uid is None and not actor.holds(*POLICY["budget.edit"]):
        raise not_allowed("budget.edit")
    draft = prepared(book, wish).draft
    if uid is None:
        return draft_budget(actor=actor, at=at, draft=draft)
    return redraft_budget(actor=actor, at=at, uid=uid, draft=draft, version=version)


def approve(actor: Viewer, at: datetime, uid: UUID, version: int | None = None) -> Saved:
    """Approve a draft."""
    return decide_budget(actor=actor, at=at, uid=uid, state=APPROVED, version=version)


def due_of(book: Book, budget: UUID) -> Due:
    """Return what a budget would release next, as of the Book.

    Raises:
        NotFound: it is not seen.
    """
    return due_releases(book, [standing_budget(book, budget)])[0]


def standing_budget(book: Book, uid: UUID) -> UnitBudget:
    """Return a budget as it stands in the Book.

    Raises:
        NotFound: it does not exist, or is not seen.
    """
    record = standing_uid("budgets", uid)
    unit = int(record.row["unit_id"])
    found = [one for one in unit_budgets(book, unit, direct=True) if one.budget_id == record.record_id]
    if not found:
        raise hidden(RELATIONS["budgets"].label)
    return found[0]


def propose(actor: Viewer, at: datetime, book: Book, budget: UUID, reason: str = "") -> Saved:
    """Propose the next release of a budget as the rules and results of today say.

    Raises:
        RuleError: nothing is due; says why.
    """
    due = due_of(book, budget)
    if due.proposal is None:
        raise why_not_due(book, due.budget)
    return propose_release(actor=actor, at=at, budget=budget, figures=figures_of(due), reason=reason)


def figures_of(due: Due) -> Figures:
    """Return a proposal as it is written down, with what it was computed from."""
    proposal = due.proposal
    assert proposal is not None
    kind = BY_HAND if proposal.by_hand else BY_BAND if proposal.band else FIRST
    share = proposal.band.release_bp if proposal.band else None if proposal.by_hand else BP_PER_WHOLE
    rests = {"done": due.rests_on.done, "target": due.rests_on.target, "release_bp": share}
    rests |= {"unfrozen": proposal.unfrozen, "reduced": proposal.reduced, "frozen": proposal.frozen_after}
    period = due.budget.plan.periods[proposal.period]
    return Figures(period, kind, proposal.fixed, proposal.variable, proposal.project, rests)


def release_more(
    actor: Viewer, at: datetime, budget: UUID, period: Period, amounts: tuple[int, int, int], reason: str
) -> Saved:
    """Release more of a period that is released already (例外追加).

    Args:
        amounts: fixed, variable, project, minor units.
    """
    fixed, variable, project = amounts
    figures = Figures(period, BY_HAND, fixed, variable, project)
    return except_release(actor=actor, at=at, budget=budget, figures=figures, reason=reason)


def may_edit(viewer: Viewer, book: Book, unit: int = 0) -> bool:
    """Tell whether somebody may make budgets, of a unit or at all."""
    return _may(viewer, book, "budget.edit", unit)


def may_approve(viewer: Viewer, book: Book, unit: int = 0) -> bool:
    """Tell whether somebody may approve budgets and releases, of a unit or at all."""
    return _may(viewer, book, "release.approve", unit)


def _may(viewer: Viewer, book: Book, action: str, unit: int) -> bool:
    if not unit:
        return viewer.holds(*POLICY[action])
    return book.as_of_day == book.today and may(viewer, action, tree_on(book.today), unit_id=unit)


def _seen_unit(book: Book, uid: UUID) -> int:
    unit = _number("units", uid)
    if unit not in book.scope.units:
        raise hidden(RELATIONS["units"].label)
    return unit


def _number(relation: str, uid: UUID) -> int:
    label = RELATIONS[relation].label
    found = ids_of_uids(relation, [given_uid(uid, label)])
    if not found:
        raise hidden(label)
    return next(iter(found.values()))
