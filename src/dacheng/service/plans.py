"""Working on a plan (编制方案): what an edit would do, and doing it as one action.

The figures are worked out by the core from what stands, and written by an action that refuses them
when somebody was faster; then they are worked out once more from what stands then. Whoever has opened
the plan already hands it in, so that it is read once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID
from zlib import crc32

import numpy as np

from dacheng.core.access import Viewer
from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book
from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError, Text
from dacheng.core.money import Weights
from dacheng.core.period import ym_text
from dacheng.core.plans.breaking_down import broken_down
from dacheng.core.plans.cutting import cut_down, cut_seed, cuts_of, recut
from dacheng.core.plans.drafting import Draft, drafted
from dacheng.core.plans.editing import WHOLE_YEAR, Change, Edit, changes, edited, moved, settled
from dacheng.core.plans.fits import Fit, with_fits
from dacheng.core.plans.month_ways import OWN_SEASON, Choice, MonthWeights, month_weights
from dacheng.core.plans.schema import KINDS, ORGANISATION, SEGMENT, TYPED, UNIT
from dacheng.core.plans.sheet import Sheet, sheet_of
from dacheng.core.plans.weighing import weighed
from dacheng.core.tree import UNKNOWN
from dacheng.service.books import open_database, sequence_of
from dacheng.service.factors import counts_of
from dacheng.service.labels import DatabaseNames
from dacheng.service.plan_changes import cell_changes
from dacheng.service.plan_months import with_months
from dacheng.store.actions.plan_cells import CellChange, add_segments, set_plan_cells
from dacheng.store.actions.plan_weights import weigh_plan
from dacheng.store.queries.plans import cell_versions, fit_reasons
from dacheng.store.standing import standing_uid

TRIES = 5
"""How often figures are worked out again because somebody changed others meanwhile."""

TermValue = int | str | None
Worked = Callable[[Sheet], Sheet]
Seen = Mapping[tuple[int, int], int]
"""Row and month -> the version of the cell that the editor saw; month 0 = the terms of its year."""


@dataclass(frozen=True)
class OpenPlan:
    """One measure of a plan as a viewer sees it.

    Args:
        held: the topmost row is given from above, so that it does not follow what is below it.
        called: position -> name and code, as far as they were looked up: an edit that goes well needs none of them.
    """

    uid: UUID
    sheet: Sheet
    held: bool
    called: dict[int, tuple[Text, str]] = field(default_factory=dict, compare=False)

    @cached_property
    def names(self) -> tuple[Text, ...]:
        """Return how each row is called, by position."""
        return tuple(name for name, _ in self._all_called())

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Return the code of each row, by position."""
        return tuple(code for _, code in self._all_called())

    def name(self, position: int) -> Text:
        """Return how a row is called."""
        return self.called[position][0] if position in self.called else self.names[position]

    def call(self, positions: Iterable[int]) -> None:
        """Look up how some rows are called, where a page names these only."""
        self.called.update(_called(self.sheet, [one for one in positions if one not in self.called]))

    def _all_called(self) -> list[tuple[Text, str]]:
        everywhere = range(len(self.sheet))
        self.call(everywhere)
        return [self.called[at] for at in everywhere]

    @cached_property
    def given(self) -> BoolArray:
        """Return the rows that are given from above, shape (n,): whoever has them does not change them himself."""
        depth: BoolArray = self.sheet.tree.depth <= (1 if self.sheet.shared_top else 0)
        return depth if self.held else np.zeros(len(self.sheet), dtype=np.bool_)

    def refuse_given(self, positions: Iterable[int]) -> None:
        """Refuse to change rows that are given from above.

        Raises:
            NotAllowed: names the first of them.
        """
        for at in positions:
            if self.given[at]:
                name = self.name(at)
                raise NotAllowed(
                    Text(f"“{name.zh}”的目标由上级下达，不能自己改。", f"The target of {name.en} is given from above."),
                    Text("向上级还价，或请上级改。", "Make a counter-offer, or ask who gives it to change it."),
                )

    def position(self, code: str) -> int:
        """Return the position of a row by its code.

        Raises:
            NotFound: the viewer sees none of that code in the plan.
        """
        if code not in self.codes:
            raise NotFound(Text(f"方案里没有行 {code}。", f"The plan has no row {code}."))
        return self.codes.index(code)

    def month(self, ym: int | None) -> int:
        """Return the month of an edit; None = the whole year.

        Raises:
            RuleError: it is no month of the plan.
        """
        if ym is None:
            return WHOLE_YEAR
        plan = self.sheet.plan
        if not plan.from_ym <= ym < plan.until_ym:
            raise RuleError(
                Text(f"{ym_text(ym)} 不是方案的月份。", f"{ym_text(ym)} is no month of the plan."),
                Text(
                    f"方案从 {ym_text(plan.from_ym)} 到 {ym_text(plan.until_ym - 1)}。",
                    f"It goes from {ym_text(plan.from_ym)} to {ym_text(plan.until_ym - 1)}.",
                ),
            )
        return ym - plan.from_ym


@dataclass(frozen=True)
class Done:
    """What a change of a plan did: the sheet before and after, and how many cells were written."""

    before: Sheet
    after: Sheet
    written: int
    edits: Sequence[Edit] = ()

    @cached_property
    def changes(self) -> list[Change]:
        """Return the cells that differ, the edited ones first."""
        return changes(self.before, self.after, self.edits)


@dataclass(frozen=True, slots=True)
class Begun:
    """A plan that somebody has opened, in the Book it was read from."""

    book: Book
    one: OpenPlan


Keep = Callable[[list[CellChange], OpenPlan, Book], list[CellChange]]
"""What is written beside the figures."""


@dataclass(frozen=True)
class BrokenDown:
    """What a breakdown did, and what the months followed."""

    done: Done
    months: MonthWeights

    @property
    def written(self) -> int:
        """Return how many cells were written, and rows that keep what the months follow."""
        return self.done.written


def open_plan(book: Book, uid: UUID, measure_id: int, dimension: int = ORGANISATION) -> OpenPlan:
    """Open one measure of a plan.

    Args:
        dimension: of the segments that stand below the lowest units; none = people and whatever else has a target.

    Raises:
        NotFound: there is no such plan, or the viewer has no row in it.
    """
    plan = standing_uid("plans", uid)
    sheet = sheet_of(book, plan.record_id, measure_id, dimension)
    if not len(sheet):
        raise NotFound(Text("没有这个目标方案。", "There is no such plan."))
    return opened_sheet(uid, sheet)


def opened_sheet(uid: UUID, sheet: Sheet) -> OpenPlan:
    """Return a sheet with how its rows are called."""
    top = int(sheet.unit_id[0])
    held = sheet.shared_top or (top != sheet.plan.unit_id)
    return OpenPlan(uid, sheet, held)


def edit_cells(
    viewer: Viewer,
    at: datetime,
    uid: UUID,
    measure_id: int,
    edits: Sequence[Edit],
    seen: Seen,
    *,
    level_only: bool = False,
    begun: Begun | None = None,
) -> Done:
    """Set cells and all that follows from them, as one entry.

    Args:
        level_only: rows above stay; siblings take the difference.
        begun: the measure as it was opened for the edits.

    Raises:
        Conflict: somebody changed an edited cell meanwhile. RuleError, NotFound, NotAllowed: nothing is written.
    """

    def work(one: OpenPlan, _: Book) -> Sheet:
        return _edited(one, edits, level_only=level_only)

    return _written(viewer, at, uid, measure_id, work, edits, seen, begun=begun)


def keep_draft(
    viewer: Viewer,
    at: datetime,
    uid: UUID,
    measure_id: int,
    draft: Callable[[OpenPlan], Draft],
    seen: Seen,
    begun: Begun | None = None,
) -> Done:
    """Save a draft, its amounts and what it states of cells and rows, as one entry; raises as ``edit_cells``.

    Args:
        draft: made anew from the plan as it stands, so that rows added meanwhile move nothing.
        begun: the measure as a page has opened it.
    """

    def work(one: OpenPlan, _: Book) -> Sheet:
        return drafted(one.sheet, draft(one), one.name, held=one.held)

    return _written(viewer, at, uid, measure_id, work, (), seen, begun=begun)


def move_amount(
    viewer: Viewer, at: datetime, uid: UUID, measure_id: int, giver: int, taker: int, month: int, amount: int
) -> Done:
    """Move an amount from one row to another (调剂); raises as ``edit_cells``.

    Args:
        giver, taker: plan rows. month: 0 to months - 1, or ``WHOLE_YEAR``.
    """

    def work(one: OpenPlan, _: Book) -> Sheet:
        both = (one.sheet.position(giver), one.sheet.position(taker))
        one.refuse_given(both)
        return moved(one.sheet, *both, month, amount, one.name, held=one.held)

    return _written(viewer, at, uid, measure_id, work, (), {})


def break_down(
    viewer: Viewer, at: datetime, uid: UUID, measure_id: int, total: int, months: Choice | Weights = OWN_SEASON
) -> BrokenDown:
    """Break a total down to every row and month of a plan, as one entry; raises as ``edit_cells``.

    What the months follow is kept with every unit and person.

    Args:
        total: minor units, of the whole plan. months: what they follow, or one weight for each of them.

    Raises:
        RuleError: as ``month_weights``.

    Source: R042, R045.
    """
    choice = months if isinstance(months, Choice) else Choice(TYPED, weights=months)
    found: list[MonthWeights] = []

    def work(one: OpenPlan, book: Book) -> Sheet:
        found[:] = [month_weights(book, one.sheet, choice)]
        return broken_down(one.sheet, total, found[0].weight, one.name)

    def keep(cells: list[CellChange], one: OpenPlan, _: Book) -> list[CellChange]:
        return with_months(cells, one.sheet, found[0])

    done = _written(viewer, at, uid, measure_id, work, (), {}, anew=True, keep=keep)
    return BrokenDown(done, found[0])


def weigh(
    viewer: Viewer,
    at: datetime,
    uid: UUID,
    measure_id: int,
    counts: Mapping[str, int] | None = None,
    fits: Mapping[int, Fit] | None = None,
) -> int:
    """Weigh the rows of a plan by factors, as one entry with what they counted; return how many rows changed.

    Args:
        counts: code of a factor -> percent; one left out counts nothing. None = as chosen before, else by the rules.
        fits: row of the plan -> what its weight is multiplied by, and why; a row left out keeps its own.

    Raises:
        RuleError: there is no such factor, or they do not come to 100 %; a fit is out of range, or far from 100%
            without a reason; as ``set_plan_cells``.

    Source: R048, R049.
    """
    book = open_database(viewer, at=at)
    one = open_plan(book, uid, measure_id)
    chosen = None if counts is None else counts_of(counts)
    weight = weighed(book, with_fits(one.sheet, fits or {}), chosen, one.name).weight
    terms: dict[int, dict[str, TermValue]] = {
        at: {"weight": int(weight[at])} for at in range(1, len(one.sheet)) if weight[at] != one.sheet.years.weight[at]
    }
    for row, fit in (fits or {}).items():
        own = terms.setdefault(one.sheet.position(row), {})
        own |= {"fit_bp": fit.bp, "fit_reason": fit.reason.strip()}
    if not terms and chosen is None:
        return 0
    rows = [(at, WHOLE_YEAR, said) for at, said in terms.items()]
    _check_fits(viewer, at, one, rows)
    top = one.sheet.tree.depth == int(one.sheet.shared_top)
    tops = np.flatnonzero(top & (one.sheet.kind == UNIT))
    weigh_plan(
        actor=viewer,
        at=at,
        uid=uid,
        measure_id=measure_id,
        cells=_cells(one, rows),
        units=sorted({int(one.sheet.unit_id[top]) for top in tops}),
        counts=chosen,
    )
    return len(terms)


def cut(
    viewer: Viewer,
    at: datetime,
    uid: UUID,
    measure_id: int,
    dimension: int,
    totals: Mapping[int, int] | None = None,
) -> Done:
    """Cut the lowest units of a plan by the segments of a dimension, both margins exact, as one entry.

    Rows for segments that are not there yet are added. Proportions are those of the year before.

    Args:
        totals: segment -> minor units of the whole plan; None = as the year before.

    Raises:
        RuleError: there are no segments, or the totals do not add up to the plan; as ``edit_cells``.
    """
    add_segments(actor=viewer, at=at, uid=uid, dimension=dimension)

    def work(one: OpenPlan, book: Book) -> Sheet:
        return cut_down(one.sheet, cut_seed(book, one.sheet), totals, one.name)

    return _written(viewer, at, uid, measure_id, work, (), {}, anew=True, dimension=dimension)


def recut_cells(
    viewer: Viewer,
    at: datetime,
    uid: UUID,
    measure_id: int,
    dimension: int,
    wanted: Mapping[int, int],
    seen: int | None = None,
) -> Done:
    """Set years of segments in a cut, as one entry; every unit and every segment keeps its total.

    Args:
        wanted: row of a segment -> minor units of its year. seen: ``table_seen`` of what the editor looked at;
            None = whatever stands.

    Raises:
        Conflict: the table became another one meanwhile. Else as ``recut`` and ``edit_cells``.
    """

    def work(one: OpenPlan, _: Book) -> Sheet:
        if seen is not None and table_seen(one.sheet) != seen:
            raise Conflict(
                Text("这张表刚被别人改过。", "Somebody else changed this table meanwhile."),
                Text("看一下现在的数，再改。", "Look at it as it stands, then change it."),
            )
        return recut(one.sheet, {one.sheet.position(row): amount for row, amount in wanted.items()}, one.name)

    return _written(viewer, at, uid, measure_id, work, (), {}, dimension=dimension)


def table_seen(sheet: Sheet) -> int:
    """Return a number for the figures of a cut: another one when any of them became otherwise."""
    return crc32(sheet.amount.tobytes())


def set_row_terms(
    viewer: Viewer, at: datetime, one: OpenPlan, terms: Sequence[tuple[int, int, Mapping[str, TermValue]]]
) -> int:
    """Set terms of rows (权重、适配、固定、界限、缓冲、自下而上), as one entry; return how many changed.

    Args:
        terms: position, month or ``WHOLE_YEAR``, column -> value.

    Raises:
        RuleError: a fit is out of range, or far from 100% without a reason; as ``set_plan_cells``.
    """
    _check_fits(viewer, at, one, terms)
    return set_plan_cells(actor=viewer, at=at, uid=one.uid, cells=_cells(one, terms))


def _cells(one: OpenPlan, terms: Sequence[tuple[int, int, Mapping[str, TermValue]]]) -> list[CellChange]:
    """Return terms of rows as an action takes them."""
    return [
        CellChange(
            row_id=int(one.sheet.tree.unit_ids[position]),
            measure_id=one.sheet.measure_id,
            ym=0 if month == WHOLE_YEAR else one.sheet.plan.from_ym + month,
            values={name: int(value) if isinstance(value, bool) else value for name, value in values.items()},
        )
        for position, month, values in terms
    ]


def _check_fits(
    viewer: Viewer, at: datetime, one: OpenPlan, terms: Sequence[tuple[int, int, Mapping[str, TermValue]]]
) -> None:
    """Refuse a fit that needs a reason and has none, neither in these terms nor from before (R049)."""
    wanted = {position: said for position, _, said in terms if {"fit_bp", "fit_reason"} & set(said)}
    if not wanted:
        return
    free_bp = open_database(viewer, at=at).rules.number("plan.fit_without_reason_bp")
    reasons = fit_reasons(one.sheet.measure_id, [int(one.sheet.tree.unit_ids[position]) for position in wanted])
    for position, said in wanted.items():
        bp = said.get("fit_bp", int(one.sheet.years.fit_bp[position]))
        reason = said.get("fit_reason", reasons.get(int(one.sheet.tree.unit_ids[position]), ""))
        Fit(int(bp or 0), str(reason or "")).check(one.name(position), free_bp)


def measure_named(code: str) -> int:
    """Return the measure of a code.

    Raises:
        NotFound: there is none.
    """
    found = DatabaseNames().find("measures", code)
    if not found:
        raise NotFound(Text(f"没有指标 {code}。", f"There is no measure {code}."))
    return found[0]


def row_kind(code: str) -> int:
    """Return the number of a kind of row."""
    return next(number for number, known, _ in KINDS if known == code)


def effects(one: OpenPlan, edits: Sequence[Edit], *, level_only: bool = False) -> list[Change]:
    """Return what edits would do, without writing anything."""
    return changes(one.sheet, _edited(one, edits, level_only=level_only), edits)


def _edited(one: OpenPlan, edits: Sequence[Edit], *, level_only: bool = False) -> Sheet:
    one.refuse_given(edit.position for edit in edits)
    return edited(one.sheet, edits, one.name, level_only=level_only, held=one.held)


def _written(
    viewer: Viewer,
    at: datetime,
    uid: UUID,
    measure_id: int,
    work: Callable[[OpenPlan, Book], Sheet],
    edits: Sequence[Edit],
    seen: Seen,
    *,
    anew: bool = False,
    dimension: int = ORGANISATION,
    begun: Begun | None = None,
    keep: Keep | None = None,
) -> Done:
    for left in reversed(range(TRIES)):
        book = begun.book if begun else open_database(viewer, at=at)
        one = begun.one if begun else open_plan(book, uid, measure_id, dimension)
        begun = None
        _refuse_stale(one, seen)
        after = work(one, book)
        cells = cell_changes(one.sheet, after, anew=anew)
        if keep:
            cells = keep(cells, one, book)
        if dimension == ORGANISATION:
            cells += cuts_that_follow(book, one, after)
        try:
            since = sequence_of(book)
            written = set_plan_cells(actor=viewer, at=at, uid=uid, cells=cells, since=since) if cells else 0
        except Conflict:
            if not left:
                raise
            continue
        return Done(one.sheet, after, written, edits)
    raise AssertionError("the last try returns or raises")


def cuts_that_follow(book: Book, one: OpenPlan, after: Sheet) -> list[CellChange]:
    """Return what changes in the cuts of units that change: each segment keeps its proportion."""
    if not np.any(np.isin(after.unit_id[np.any(one.sheet.amount != after.amount, axis=1)], one.sheet.unit_id)):
        return []
    found: list[CellChange] = []
    for dimension in cuts_of(book, one.sheet.plan.plan_id):
        sheet = sheet_of(book, one.sheet.plan.plan_id, one.sheet.measure_id, dimension)
        if not np.any(sheet.cells.amount.known[sheet.kind == SEGMENT]):
            continue
        amount = sheet.amount
        at = after.tree.position_of(sheet.tree.unit_ids)
        units = at != UNKNOWN
        amount[units] = after.amount[at[units]]
        changed = settled(sheet.with_amounts(amount))
        only = np.where((sheet.kind == SEGMENT)[:, np.newaxis], changed.amount, sheet.amount)
        found += cell_changes(sheet, sheet.with_amounts(only), anew=False)
    return found


def _refuse_stale(one: OpenPlan, seen: Seen) -> None:
    """Refuse what its editor saw of another version; read after the figures, so that it is not older than they are."""
    if not seen:
        return
    versions = cell_versions(one.sheet.plan.plan_id, one.sheet.measure_id, {row for row, _ in seen})
    stale = {place: version for place, version in seen.items() if versions.get(place, 0) != version}
    if not stale:
        return
    sheet = one.sheet
    theirs: dict[str, object] = {}
    for row, ym in stale:
        at = sheet.position(row)
        month = ym - sheet.plan.from_ym
        theirs[f"{one.name(at).zh} {month + 1}"] = int(sheet.amount[at, month]) if ym else int(sheet.year[at])
    raise Conflict(
        Text(f"有 {len(stale)} 格刚被别人改过。", f"{len(stale)} cells were changed by somebody else meanwhile."),
        Text("看一下两个值，再决定保留哪个。", "Compare both values, then choose one."),
        yours={},
        theirs=theirs,
    )


def _called(sheet: Sheet, positions: Sequence[int]) -> dict[int, tuple[Text, str]]:
    """Return how rows are called, by the person, the account, their own name, the unit or their kind; and codes."""
    if not positions:
        return {}
    at_all = np.array(positions, dtype=np.int64)
    wanted = {
        "units": _ids(sheet.unit_id[at_all]),
        "people": _ids(sheet.person_id[at_all]),
        "customers": _ids(sheet.customer_id[at_all]),
        "segments": _ids(sheet.segment_id[at_all]),
        "products": _ids(sheet.product_id[at_all]),
        "plan_rows": _ids(sheet.tree.unit_ids[at_all]),
    }
    found = DatabaseNames().names_of(wanted)
    labels = {number: label for number, _, label in KINDS}
    called: dict[int, tuple[Text, str]] = {}
    for at in positions:
        kind = int(sheet.kind[at])
        own = found["plan_rows"].get(int(sheet.tree.unit_ids[at]))
        person = found["people"].get(int(sheet.person_id[at]))
        customer = found["customers"].get(int(sheet.customer_id[at]))
        segment = found["segments"].get(int(sheet.segment_id[at]))
        product = found["products"].get(int(sheet.product_id[at]))
        unit = found["units"].get(int(sheet.unit_id[at])) if kind in (0, 1) else None
        name = person or customer or segment or product or unit or (own if own and own.name != own.code else None)
        text = Text(name.name, name.in_language("en")) if name else labels.get(kind, Text("", ""))
        called[at] = (text, own.code if own else "")
    return called


def _ids(column: IntArray) -> list[int]:
    return [int(one) for one in np.unique(column)]
