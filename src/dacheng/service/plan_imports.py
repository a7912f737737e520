"""Foreign target sheets brought into a plan (导入目标方案): looked at without writing, then written as one entry."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

import numpy as np

from dacheng.core.access import Viewer, may, not_allowed
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Conflict, Finding, Text
from dacheng.core.period import MONTHS_PER_YEAR, Period, parse_period
from dacheng.core.plans.incoming import Brought, Line, Take, brought, spread
from dacheng.core.plans.month_ways import season_of
from dacheng.core.plans.schema import BUFFER, DRAFT, PERSON, RESERVE
from dacheng.core.plans.sheet import AMOUNTS, STATED, TERMS, Plan, Sheet, laid_out
from dacheng.core.targets.feasibility import Stated
from dacheng.exchange.plan_line_cells import Asked, Reading
from dacheng.exchange.plan_lines import SHAPES, read_plan_lines
from dacheng.exchange.reading import Source
from dacheng.service.books import open_database, sequence_of
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.plan_import_findings import (
    conflicts_kept,
    counted_twice,
    no_measure,
    not_matched,
    nothing_to_bring,
    out_of_months,
    said_twice,
    several_years,
    standing_cells,
)
from dacheng.service.plan_listing import units_to_plan
from dacheng.service.plan_matching import Matcher
from dacheng.service.plan_naming import plan_named
from dacheng.service.plans import OpenPlan, cuts_that_follow, open_plan, opened_sheet
from dacheng.service.questions import identified
from dacheng.service.seeing import SeenNames
from dacheng.store.access import tree_on
from dacheng.store.actions.plan_imports import BroughtCell, RowKey, import_plan
from dacheng.store.actions.plans import rows_to_draw
from dacheng.store.company import company_setting
from dacheng.store.standing import standing_uid

__all__ = ["SHAPES", "Aim", "Chosen", "ImportLook", "MeasureLook", "Sums", "bring_plan", "look_at_plan"]

NEW_ROW = 2**40
"""Rows of a plan that is yet to be made are numbered from here: no row of any plan."""

HISTORY = "history"

Chosen = tuple[int, int, int]
"""A measure, a row of the plan and a month: a conflict in which the file goes first."""


@dataclass(frozen=True)
class Aim:
    """Where files are to go and how they are read.

    Args:
        plan: code, name or public id of one that stands; empty = a new one.
        name, unit, period: of a new one; empty = by the file's name, the topmost unit, the year of the lines.
        measure: of lines that name none. season: ``even``, or ``history`` for months as they were before.
        take: what counts where a row and rows below it both have a line.
        matches: how the file calls somebody -> what the row of the plan is called.
    """

    plan: str = ""
    name: str = ""
    unit: str = ""
    period: str = ""
    measure: str = "contract"
    shape: str = "auto"
    season: str = "even"
    take: Take = "own"
    year: int | None = None
    every: int = 0
    matches: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sums:
    """Where the money of the lines of a measure went, minor units; they add up to the 分.

    Defined as::  file = once + double + unmatched + outside + twice

    Args:
        file: of all lines. once: counted, each money once. double: of rows below others that count.
        unmatched: of nobody in the plan. outside: of months that the plan does not have. twice: of lines said again.
        plan: the topmost rows of the plan as they would be.
    """

    file: int
    once: int
    double: int
    unmatched: int
    outside: int
    twice: int
    plan: int


@dataclass(frozen=True)
class MeasureLook:
    """What files make of one measure of a plan."""

    measure: Name
    one: OpenPlan
    found: Brought
    sums: Sums


@dataclass(frozen=True)
class ImportLook:
    """What files would do to a plan.

    Args:
        uid: of the plan; None = a new one of ``values``.
        unmatched: lines of nobody in the plan, each with codes that look alike.
        picks: code, name and depth of the rows that such a line could be.
        seal: of what stands now and would be: another one when either changed.
    """

    reading: Reading
    uid: UUID | None
    name: str
    values: Mapping[str, Any]
    measures: tuple[MeasureLook, ...]
    unmatched: tuple[tuple[Line, tuple[str, ...]], ...]
    picks: tuple[tuple[str, Text, int], ...]
    findings: tuple[Finding, ...]
    seal: str

    @property
    def changed(self) -> int:
        """Return how many cells would differ, with those of rows to be added."""
        added = sum(int(np.count_nonzero(rest)) for one in self.measures for rest in one.found.kept_back.values())
        return added + sum(int(np.count_nonzero(_differing(one))) for one in self.measures)

    @property
    def conflicts(self) -> list[Chosen]:
        """Return the cells that both the files and somebody here have changed."""
        return [
            (look.one.sheet.measure_id, *cell.place)
            for look in self.measures
            for cell in look.found.cells
            if cell.outcome == "conflict"
        ]


def look_at_plan(
    viewer: Viewer, at: datetime, files: Sequence[tuple[Source, str]], aim: Aim, preferred: Collection[Chosen] = ()
) -> ImportLook:
    """Read files and tell what they would do to a plan, without writing anything.

    Args:
        files: those that belong together, each with what the person calls it.
        preferred: conflicts in which the files go before what stands.

    Raises:
        FileRefused, RuleError, NotFound: they cannot be read or there is no such plan; says which and the way out.
        NotAllowed: the plan is seen only.
    """
    return _look(viewer, at, files, aim, preferred)[0]


def bring_plan(
    viewer: Viewer,
    at: datetime,
    files: Sequence[tuple[Source, str]],
    aim: Aim,
    preferred: Collection[Chosen] = (),
    seal: str = "",
) -> tuple[UUID, int]:
    """Write what files say into a plan, as one entry; return the plan and how many cells changed.

    Args:
        seal: of the look that was decided upon; empty = whatever is found now.

    Raises:
        Conflict: the plan is another one than when it was looked at. As ``look_at_plan``; nothing is written.
    """
    found, book = _look(viewer, at, files, aim, preferred)
    if seal and seal != found.seal:
        raise Conflict(
            Text("方案在预览之后被改过。", "The plan was changed since it was looked at."),
            Text("再看一遍预览，然后写入。", "Look at the preview again, then write it."),
        )
    kept_back, cells = _to_write(found, book)
    made, changed = import_plan(
        actor=viewer,
        at=at,
        uid=found.uid,
        values=found.values,
        kept_back=kept_back,
        cells=cells,
        since=sequence_of(book),
    )
    return made.uid, changed


def _look(
    viewer: Viewer, at: datetime, files: Sequence[tuple[Source, str]], aim: Aim, preferred: Collection[Chosen]
) -> tuple[ImportLook, Book]:
    uid = _standing(viewer, at, aim.plan)
    book = open_database(viewer, at=at)
    if not units_to_plan(viewer, book):
        raise not_allowed("plan.edit")
    asked = Asked(book.rules.fiscal, aim.year, aim.every, company_setting().currency)
    reading = read_plan_lines(files, asked, aim.shape)
    if not reading.lines:
        raise nothing_to_bring(reading.findings)
    findings = list(reading.findings)
    by_measure = _by_measure(reading.lines, aim, findings)
    values = {} if uid else _new_plan(viewer, book, aim, reading.lines, files[0][1])
    unmatched: dict[str, tuple[Line, tuple[str, ...]]] = {}
    measures = []
    for measure_id, (measure, lines) in by_measure.items():
        one = open_plan(book, uid, measure_id) if uid else _drawn(book, values, measure_id)
        _require_edit(viewer, book, one)
        matcher = Matcher(one, aim.matches)
        placed = _placed(lines, matcher, unmatched)
        measures.append(_measure_look(book, one, measure, lines, placed, aim, preferred, findings))
    findings += [not_matched(line, near) for line, near in unmatched.values()]
    name = str(values["name"]) if values else str(standing_uid("plans", uid).row["name"])
    listed, lost = tuple(measures), tuple(unmatched.values())
    picks = matcher.picks() if lost else ()
    return ImportLook(reading, uid, name, values, listed, lost, picks, tuple(findings), _seal(listed)), book


def _standing(viewer: Viewer, at: datetime, plan: str) -> UUID | None:
    if not plan:
        return None
    try:
        return UUID(plan)
    except ValueError:
        return plan_named(open_database(viewer, at=at), plan)


def _by_measure(lines: Sequence[Line], aim: Aim, findings: list[Finding]) -> dict[int, tuple[Name, list[Line]]]:
    """Return the lines of each measure; those of one that the company does not have are said."""
    names = DatabaseNames()
    found: dict[int, tuple[Name, list[Line]]] = {}
    unknown: dict[str, list[Line]] = {}
    for line in lines:
        text = line.measure or aim.measure
        ids = names.find("measures", text)
        if len(ids) == 1:
            found.setdefault(ids[0], (names.names("measures", ids)[ids[0]], []))[1].append(line)
        else:
            unknown.setdefault(text, []).append(line)
    findings += [no_measure(text, its) for text, its in unknown.items()]
    if not found:
        raise nothing_to_bring(findings)
    return found


def _new_plan(viewer: Viewer, book: Book, aim: Aim, lines: Sequence[Line], file: str) -> dict[str, Any]:
    """Return what a new plan is made of."""
    if aim.unit:
        number = identified("units", aim.unit, SeenNames(book, DatabaseNames()))
        unit = DatabaseNames().names("units", [number])[number]
    else:
        units = units_to_plan(viewer, book)
        if not units:
            raise not_allowed("plan.edit")
        unit = units[0]
    span = parse_period(aim.period, book.rules.fiscal) if aim.period else _year_of(book, lines)
    name = aim.name or PurePath(file).stem or "导入"
    return {"name": name, "unit_id": UUID(unit.uid), "from_ym": span.from_ym, "until_ym": span.to_ym}


def _year_of(book: Book, lines: Sequence[Line]) -> Period:
    """Return the fiscal year that the lines are of.

    Raises:
        RuleError: they are of several.
    """
    fiscal = book.rules.fiscal
    months = {part.from_ym + at for line in lines for part in line.parts for at in range(part.months)}
    years = sorted({int(fiscal.year_of(ym)) for ym in months})
    if len(years) != 1:
        raise several_years(years)
    return fiscal.year(years[0])


def _drawn(book: Book, values: Mapping[str, Any], measure_id: int) -> OpenPlan:
    """Return the plan that would be drawn from the organisation, before it is made."""
    unit = standing_uid("units", values["unit_id"]).record_id
    rows = rows_to_draw(unit, book.today)
    ids = {row[2]: NEW_ROW + at for at, row in enumerate(rows) if row[1] != PERSON}
    placed = [
        (NEW_ROW + at, ids.get(above, 0), kind, its, person, 0, 0, 0, 0, 0)
        for at, (above, kind, its, person) in enumerate(rows)
    ]
    columns = ("plan_row_id", "parent_id", "kind", "unit_id", "person_id", "customer_id", "segment_id", "product_id")
    first, until = values["from_ym"], values["until_ym"]
    plan = Plan(0, unit, first, until, first, DRAFT, 1, 0)
    nothing = {"plan": 0, "measure": measure_id}
    gathered = [book.gather(sql, **nothing) for sql in (TERMS, AMOUNTS, STATED)]
    sheet = laid_out(plan, measure_id, Rows.of((*columns, "from_ym", "until_ym"), placed), *gathered)
    return opened_sheet(UUID(int=0), sheet)


def _require_edit(viewer: Viewer, book: Book, one: OpenPlan) -> None:
    tree = book.tree if book.org_day == book.today else tree_on(book.today)
    unit = int(one.sheet.unit_id[1 if one.sheet.shared_top else 0])
    if not may(viewer, "plan.edit", tree, unit_id=unit):
        raise not_allowed("plan.edit")


def _placed(
    lines: Sequence[Line], matcher: Matcher, unmatched: dict[str, tuple[Line, tuple[str, ...]]]
) -> list[tuple[Line, int | None]]:
    """Return the row of each line; lines of nobody are collected by how the sheet calls them."""
    found = []
    for line in lines:
        at = matcher.position(line)
        if at is None:
            unmatched.setdefault(f"{line.kind}|{line.code}|{line.name}|{line.measure}", (line, matcher.near(line)))
        found.append((line, at))
    return found


def _measure_look(
    book: Book,
    one: OpenPlan,
    measure: Name,
    lines: Sequence[Line],
    placed: Sequence[tuple[Line, int | None]],
    aim: Aim,
    preferred: Collection[Chosen],
    findings: list[Finding],
) -> MeasureLook:
    season = _season(book, one.sheet, aim.season)
    said, outside, twice = _said(one, placed, season, findings)
    chosen = {(row, ym) for measure, row, ym in preferred if measure == one.sheet.measure_id}
    found = brought(one.sheet, said, take=aim.take, preferred=chosen, held=one.held, name=one.name)
    findings += counted_twice(one, found.doubles, aim.take)
    findings += conflicts_kept(one, found.cells, chosen) + standing_cells(one, found.still)
    file = sum(line.total for line in lines)
    unmatched = sum(line.total for line, at in placed if at is None)
    inside = int(said.value[said.known].sum())
    tops = np.flatnonzero(found.sheet.tree.depth == (1 if one.sheet.shared_top else 0))
    plan = int(found.sheet.amount[tops].sum())
    sums = Sums(file, found.once, inside - found.once, unmatched, outside, twice, plan)
    return MeasureLook(measure, one, found, sums)


def _season(book: Book, sheet: Sheet, wanted: str) -> list[int]:
    """Return weights of January to December; months are alike where the past does not tell."""
    if wanted != HISTORY or sheet.plan.months < MONTHS_PER_YEAR:
        return []
    weights = season_of(book, sheet)[0].tolist()
    by_month = {(sheet.plan.from_ym + at) % MONTHS_PER_YEAR: int(one) for at, one in enumerate(weights)}
    return [by_month[at] for at in range(MONTHS_PER_YEAR)]


def _said(
    one: OpenPlan, placed: Sequence[tuple[Line, int | None]], season: Sequence[int], findings: list[Finding]
) -> tuple[Stated, int, int]:
    """Return what lines say of each row and month, what lies outside the plan's months, and what was said again."""
    sheet = one.sheet
    shape = (len(sheet), sheet.plan.months)
    said = Stated(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.bool_))
    first: dict[int, Line] = {}
    outside: list[tuple[Line, int, int]] = []
    twice = 0
    for line, at in placed:
        if at is None:
            continue
        months = spread(line.parts, season)
        again = {ym: amount for ym, amount in months.items() if _is_said(sheet, said, at, ym)}
        if again:
            twice += sum(again.values())
            same = all(int(said.value[at, ym - sheet.plan.from_ym]) == amount for ym, amount in again.items())
            findings.append(said_twice(one.name(at), first[at], line, sum(again.values()), same=same))
        first.setdefault(at, line)
        for ym, amount in months.items():
            month = ym - sheet.plan.from_ym
            if not 0 <= month < sheet.plan.months:
                outside.append((line, ym, amount))
            elif ym not in again:
                said.value[at, month], said.known[at, month] = amount, True
    if outside:
        findings.append(out_of_months(sheet.plan.from_ym, sheet.plan.until_ym, outside))
    return said, sum(amount for _, _, amount in outside), twice


def _is_said(sheet: Sheet, said: Stated, at: int, ym: int) -> bool:
    month = ym - sheet.plan.from_ym
    return 0 <= month < sheet.plan.months and bool(said.known[at, month])


# Writing -------------------------------------------------------------------------------------


def _differing(look: MeasureLook) -> Any:
    before, after = look.one.sheet, look.found.sheet
    was, now = before.cells.amount.known, after.cells.amount.known
    return (was != now) | (now & (before.amount != after.amount))


def _to_write(found: ImportLook, book: Book) -> tuple[list[RowKey], list[BroughtCell]]:
    kept_back: dict[RowKey, None] = {}
    cells: list[BroughtCell] = []
    for look in found.measures:
        cells += _cells(look, new=found.uid is None)
        for at, rest in look.found.kept_back.items():
            above = _key(look.one.sheet, at, new=found.uid is None)
            for kind, amount in ((RESERVE, np.maximum(rest, 0)), (BUFFER, np.minimum(rest, 0))):
                if np.any(amount):
                    kept_back.setdefault(RowKey(kind, above.unit_id, 0, above.row_id))
                    cells += _rest_cells(look.one.sheet, RowKey(kind, above.unit_id), amount.tolist())
        if found.uid is not None:
            cells += [
                BroughtCell(RowKey(0, 0, 0, one.row_id), one.measure_id, one.ym, one.values)
                for one in cuts_that_follow(book, look.one, look.found.sheet)
            ]
    return list(kept_back), cells


def _cells(look: MeasureLook, *, new: bool) -> list[BroughtCell]:
    """Return the cells that differ, and of those that lines brought what they brought."""
    sheet, after, ids = look.one.sheet, look.found.sheet, look.one.sheet.tree.unit_ids.tolist()
    still = set(look.found.still)
    taken = {one.place: one.mine for one in look.found.cells if one.place not in still}
    found = []
    for at, month in np.argwhere(_differing(look) | _agreed(look)).tolist():
        place = (ids[at], sheet.plan.from_ym + month)
        amount = int(after.amount[at, month])
        brought_by = {"automatic": amount} if taken.get(place) == amount else {}
        row = _key(sheet, at, new=new)
        found.append(BroughtCell(row, sheet.measure_id, place[1], {"amount": amount, **brought_by}))
    return found


def _agreed(look: MeasureLook) -> Any:
    """Return the cells that stand as the lines say, without having come from them the last time."""
    sheet = look.one.sheet
    both = np.zeros(sheet.amount.shape, dtype=np.bool_)
    for one in look.found.cells:
        if one.outcome == "both":
            month = one.place[1] - sheet.plan.from_ym
            both[sheet.position(one.place[0]), month] = not sheet.frozen[month]
    return both


def _key(sheet: Sheet, at: int, *, new: bool) -> RowKey:
    row = 0 if new else int(sheet.tree.unit_ids[at])
    return RowKey(int(sheet.kind[at]), int(sheet.unit_id[at]), int(sheet.person_id[at]), row)


def _rest_cells(sheet: Sheet, row: RowKey, amounts: Sequence[int]) -> list[BroughtCell]:
    first = sheet.plan.from_ym
    return [
        BroughtCell(row, sheet.measure_id, first + at, {"amount": amount, "automatic": amount})
        for at, amount in enumerate(amounts)
        if amount
    ]


def _seal(measures: Sequence[MeasureLook]) -> str:
    """Return a fingerprint of what stands and what would be."""
    told = hashlib.sha256()
    for look in measures:
        for sheet in (look.one.sheet, look.found.sheet):
            told.update(sheet.tree.unit_ids.tobytes())
            told.update(sheet.amount.tobytes())
            told.update(sheet.cells.amount.known.tobytes())
        told.update(repr(look.found.cells).encode())
    return told.hexdigest()[:32]
