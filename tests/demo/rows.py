"""Reading the frames of a generated company in tests: arrays, versions of a day, homes, done amounts."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
from numpy.typing import NDArray

from dacheng.core.company import Company
from dacheng.core.period import FAR_DAY, first_day_of, ym_of
from dacheng.core.tree import Tree

AUTUMN = date(2026, 11, 21)
UNKNOWN = -1

Columns = dict[str, NDArray[np.int64]]


def columns_of(company: Company, relation: str) -> Columns:
    """Return a frame's columns as int64, UNKNOWN where a value is missing."""
    found = company.frames[relation].columns
    return {name: _array(values) for name, values in found.items()}


def contracts_of(company: Company) -> Columns:
    """Return the contracts as they stand last, one row each: what is recognised of them cuts their versions."""
    return on_day(columns_of(company, "contracts"), FAR_DAY - 1)


def _array(values: object) -> NDArray[np.int64]:
    objects = np.asarray(values, dtype=object)
    missing = np.equal(objects, None).astype(bool)
    return np.where(missing, UNKNOWN, objects).astype(np.int64)


def on_day(columns: Columns, day: int) -> Columns:
    """Return the rows that hold on a day."""
    holds = (columns["from_day"] <= day) & (day < columns["to_day"])
    return {name: values[holds] for name, values in columns.items()}


def tree_on(company: Company, day: int) -> Tree:
    """Return the organisation of a day."""
    units = on_day(columns_of(company, "units"), day)
    return Tree.of(units["unit_id"], units["parent_id"])


def homes(company: Company, person: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the home unit of each person on each day, by looking through all assignments."""
    found = np.zeros(len(person), dtype=np.int64)
    given = columns_of(company, "assignments")
    order = np.lexsort((given["from_day"], given["person_id"]))
    key = given["person_id"][order] * (FAR_DAY + 1) + given["from_day"][order]
    at = np.searchsorted(key, person * (FAR_DAY + 1) + day, side="right") - 1
    assert (given["person_id"][order][at] == person).all()
    found[:] = given["unit_id"][order][at]
    return found


def done_to_date(company: Company, as_of: int) -> dict[int, int]:
    """Return 合同额 of the calendar year so far, by unit with everything below it."""
    deals = on_day(columns_of(company, "deals"), as_of)
    contracts = contracts_of(company)
    bare = (deals["state"] == 1) & (deals["contracted"] == 0)
    owner = np.concatenate([contracts["owner_id"], deals["owner_id"][bare]])
    day = np.concatenate([contracts["effective_day"], deals["closed_day"][bare]])
    amount = np.concatenate([contracts["amount"], deals["amount"][bare]])
    this_year = ym_of(day) // 12 == ym_of(as_of) // 12
    tree = tree_on(company, as_of)
    home = homes(company, owner[this_year], day[this_year])
    sums = tree.roll_up(amount[this_year], tree.position_of(home))
    return dict(zip(tree.unit_ids.tolist(), sums.tolist(), strict=True))


def planned_to_date(company: Company, as_of: int) -> dict[int, float]:
    """Return the units' 合同额 targets of the calendar year up to a day, the running month by its share gone."""
    targets = on_day(columns_of(company, "targets"), as_of)
    mine = (targets["person_id"] == 0) & (targets["measure_id"] == 1) & (targets["amount"] != UNKNOWN)
    mine &= targets["ym"] // 12 == ym_of(as_of) // 12
    begins, ends = first_day_of(targets["ym"]), first_day_of(targets["ym"] + 1)
    gone = np.clip((as_of + 1 - begins) / (ends - begins), 0, 1)
    planned: dict[int, float] = {}
    for unit, amount in zip(targets["unit_id"][mine].tolist(), (targets["amount"] * gone)[mine].tolist(), strict=True):
        planned[unit] = planned.get(unit, 0.0) + amount
    return planned


def fingerprint(company: Company) -> str:
    """Return a hash over every value and label of a company."""
    whole = hashlib.sha256(f"{company.name} {company.currency}".encode())
    for relation, frame in company.frames.items():
        for name, values in (*frame.columns.items(), *frame.labels.items()):
            listed = values.tolist() if isinstance(values, np.ndarray) else list(values)
            whole.update(f"{relation}.{name}={listed}".encode())
    return whole.hexdigest()
