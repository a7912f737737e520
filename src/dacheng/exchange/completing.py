"""What a folder may leave out: derived columns, the calendar, measures, factors and stages (补全)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dacheng.core.book import Rows
from dacheng.core.cash.deriving import ON_MATURITY
from dacheng.core.company import Company, Frame
from dacheng.core.contracts.deriving import Contracts, ContractVersion, contract_starts, line_spans
from dacheng.core.contracts.schema import COUNTED
from dacheng.core.deals.columnar import cut_at, derived_columns
from dacheng.core.deals.schema import OPEN
from dacheng.core.months import CALENDAR_MONTHS, Months, months_of
from dacheng.core.period import FAR_DAY, FIRST_DAY, date_of
from dacheng.core.relation import Relation
from dacheng.core.schema import INTERVAL, RELATIONS
from dacheng.exchange.defaults import (
    default_expense_categories,
    default_factors,
    default_loss_reasons,
    default_measures,
    default_stages,
    default_templates,
)
from dacheng.exchange.first_calendar import first_calendar
from dacheng.exchange.following import budgets_followed
from dacheng.exchange.holidays_cn import FIRST_YEAR, LAST_YEAR
from dacheng.exchange.parting import parted
from dacheng.exchange.settling import settled

YEARS_BEFORE, YEARS_AFTER, MOST_YEARS = 1, 2, 30
"""A calendar that is left out covers so many years around the days that occur, at most the last 30."""

YEAR_WITHOUT_DAYS = 2026
"""The year of a company in which no day occurs."""

Columns = dict[str, list[int | None]]


def completed(company: Company) -> Company:
    """Return the company with everything that may be left out; what is there stays as it is."""
    frames = dict(company.frames)
    for name, relation in RELATIONS.items():
        frames.setdefault(name, empty_frame(relation))
    for name, default in default_frames().items():
        if not len(frames[name]):
            frames[name] = default
    frames["contracts"] = _posted(frames["contracts"])
    contracts = _contracts(frames["contracts"])
    frames["contract_lines"] = _followed(frames["contract_lines"], contracts)
    frames["deal_splits"], frames["deals"] = parted(frames["deal_splits"], frames["deals"])
    frames["deals"] = _derived(frames["deals"], frames["stages"], contract_starts(contracts))
    frames |= settled(frames, contracts, _bills(company))
    frames |= budgets_followed(frames)
    if not len(frames["calendar"]):
        frames["calendar"] = _calendar(frames, company.currency)
    frames["calendar"] = _by_months(frames["calendar"], months_of(company.rules))
    return replace(company, frames={name: _usual(name, frame) for name, frame in frames.items()})


def _bills(company: Company) -> str:
    """Return when the company's own rules count an acceptance bill as cash: the latest word holds."""
    told = sorted((rule.from_day, str(rule.value)) for rule in company.rules if rule.name == "cash.bills")
    return told[-1][1] if told else ON_MATURITY


def _by_months(frame: Frame, months: Months) -> Frame:
    """Let each day of the calendar name the month in which the company's rules put it."""
    if months == CALENDAR_MONTHS or not len(frame):
        return frame
    return Frame({**frame.columns, "ym": [months.ym_of(day or 0) for day in frame.columns["day"]]}, frame.labels)


def default_frames() -> dict[str, Frame]:
    """Return the measures, factors, stages and categories of loss a company has unless it names its own."""
    sets, stages = default_stages()
    return {
        "measures": default_measures(),
        "factors": default_factors(),
        "stage_sets": sets,
        "stages": stages,
        "checklist_templates": default_templates(),
        "expense_categories": default_expense_categories(),
        "loss_reasons": default_loss_reasons(),
    }


def _usual(name: str, frame: Frame) -> Frame:
    """Let every derived column that nothing above worked out take what it has unless an action says otherwise."""
    relation, rows = RELATIONS[name], len(frame)
    columns: Columns = {one.name: [_number(one.default)] * rows for one in relation.facts if one.derived}
    labels = {one.name: [str(one.default or "")] * rows for one in relation.labels if one.derived}
    return Frame({**columns, **frame.columns}, {**labels, **frame.labels})


def _number(default: int | str | None) -> int | None:
    return default if isinstance(default, int) else None


def empty_frame(relation: Relation) -> Frame:
    """Return a relation without rows."""
    names = [*(column.name for column in relation.facts), *INTERVAL]
    return Frame({name: [] for name in names}, {column.name: [] for column in relation.labels})


def rows_of(frame: Frame, names: Sequence[str]) -> Rows:
    """Return columns of a frame as rows."""
    return Rows.of(names, list(zip(*(frame.columns[name] for name in names), strict=True)))


def _posted(frame: Frame) -> Frame:
    """Let a contract be posted when it is effective and executable, and count, unless the folder says otherwise."""
    effective = frame.columns["effective_day"]
    executable = frame.columns.get("executable_day", [None] * len(effective))
    days = [max(one or 0, other or 0) for one, other in zip(effective, executable, strict=True)]
    usual: Columns = {"posted_day": list(days), "intake": [COUNTED] * len(days), "one_off": [0] * len(days)}
    said = {"intake_note": [""] * len(days), "one_off_note": [""] * len(days)}
    return Frame({**usual, **frame.columns}, {**said, **frame.labels})


def _contracts(frame: Frame) -> Contracts:
    found: dict[int, list[ContractVersion]] = {}
    names = ("contract_id", "from_day", "to_day", "owner_id", "effective_day", "posted_day", "deal_id", "intake")
    for number, *values in zip(*(frame.columns[name] for name in names), strict=True):
        found.setdefault(number or 0, []).append(ContractVersion(*values))
    return {number: sorted(versions, key=lambda one: one.from_day) for number, versions in found.items()}


def _followed(frame: Frame, contracts: Contracts) -> Frame:
    """Give lines the owner and the effective day of their contract, from day to day."""
    if "owner_id" in frame.columns and "effective_day" in frame.columns:
        return frame
    parts: list[tuple[int, int, int, int, int]] = []
    for row, contract in enumerate(frame.columns["contract_id"]):
        start, end = frame.columns["from_day"][row] or 0, frame.columns["to_day"][row] or 0
        parts += [(row, *part) for part in line_spans(start, end, contracts.get(contract or 0, ()))]
    added: Columns = {
        name: [part[at] for part in parts]
        for at, name in enumerate(("from_day", "to_day", "owner_id", "effective_day"), 1)
    }
    return _taken(frame, [part[0] for part in parts], {**added, **_given(frame, parts, added)})


def _given(frame: Frame, parts: Sequence[tuple[int, ...]], added: Columns) -> Columns:
    """Return the followed columns that the folder gives after all."""
    return {
        name: [frame.columns[name][part[0]] for part in parts]
        for name in ("owner_id", "effective_day")
        if name in frame.columns and name in added
    }


def _derived(frame: Frame, stages: Frame, starts: Mapping[int, int]) -> Frame:
    """Fill the derived columns of deals that the folder leaves out."""
    missing = [
        column.name for column in RELATIONS["deals"].facts if column.derived and column.name not in frame.columns
    ]
    if not missing or not len(frame):
        return Frame({**frame.columns, **{name: [] for name in missing}}, frame.labels)
    key = rows_of(frame, ["deal_id", "from_day"])
    order = np.lexsort((key["from_day"], key["deal_id"])).tolist()
    frame = _taken(frame, order, {})
    if "contracted" in missing:
        source, from_day, to_day = cut_at(rows_of(frame, ["deal_id", *INTERVAL]), starts)
        frame = _taken(frame, source.tolist(), {"from_day": from_day.tolist(), "to_day": to_day.tolist()})
    rows = rows_of(frame, ["deal_id", "stage_id", "expected_day", "from_day"])
    found = derived_columns(rows, _states(frame, stages), starts)
    return Frame({**frame.columns, **{name: _listed(found, name) for name in missing}}, frame.labels)


def _states(deals: Frame, stages: Frame) -> dict[int, int]:
    """Return the state of each stage; a stage whose own row was refused is taken for open."""
    known = dict(zip(stages.columns["stage_id"], stages.columns["state"], strict=True))
    return {stage or 0: known.get(stage) or OPEN for stage in set(deals.columns["stage_id"])}


def _taken(frame: Frame, rows: Sequence[int], columns: Columns) -> Frame:
    """Return the frame's rows in another order or several times, with some columns replaced."""
    kept = {name: [values[row] for row in rows] for name, values in frame.columns.items()}
    return Frame({**kept, **columns}, {name: [texts[row] for row in rows] for name, texts in frame.labels.items()})


def _listed(rows: Rows, name: str) -> list[int | None]:
    values = zip(rows[name].tolist(), rows.known(name).tolist(), strict=True)
    return [value if known else None for value, known in values]


def _calendar(frames: Mapping[str, Frame], currency: str) -> Frame:
    """Return the working days of the years around every day that occurs: of China, elsewhere Monday to Friday."""
    years = _years(frames)
    last = min(max(years) + YEARS_AFTER, LAST_YEAR)
    first = max(min(years) - YEARS_BEFORE, last - MOST_YEARS, FIRST_YEAR)
    return first_calendar(currency, first, last)


def _years(frames: Mapping[str, Frame]) -> list[int]:
    days = {
        day
        for name, frame in frames.items()
        for column in frame.columns
        if column.endswith("_day")
        for day in set(frame.columns[column])
        if day not in (None, FIRST_DAY, FAR_DAY)
    }
    months = {ym for frame in frames.values() for ym in set(frame.columns.get("ym", ())) if ym is not None}
    years = {date_of(day).year for day in days if day is not None} | {ym // 12 for ym in months}
    return [min(max(year, FIRST_YEAR), LAST_YEAR) for year in sorted(years)] or [YEAR_WITHOUT_DAYS]
