"""Random histories of corrections through the database, against a model that keeps every column of every day."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dacheng.core.access import SYSTEM
from dacheng.core.facts import Version, standing
from dacheng.core.period import FAR_DAY
from dacheng.core.schema import RELATIONS
from dacheng.core.staging import Batch, Staged
from dacheng.store.actions.deals import edit_deal
from dacheng.store.actions.imports import commit_import
from dacheng.store.audit import verify
from dacheng.store.history import head_seq
from dacheng.store.standing import current_versions
from tests.store.company import AT, START, number, uid

DAYS = 40
AMOUNTS = st.one_of(st.none(), st.integers(1, 3))
OWNERS = st.sampled_from(["li", "wang", "zhao"])
GRADES = st.one_of(st.none(), st.integers(1, 4))
COLUMNS = ("owner_id", "amount", "grade")

Day = tuple[Any, ...]
Model = list[Day]


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    possible = {"amount": AMOUNTS, "owner_id": OWNERS, "grade": GRADES}
    names = draw(st.sets(st.sampled_from(sorted(possible)), min_size=1))
    return {name: draw(possible[name]) for name in sorted(names)}


def corrected(model: Model, told: dict[str, Any], first: int, until: int) -> Model:
    """Set each column day by day until it meets a day on which that column had changed."""
    after = [list(day) for day in model]
    for name, value in told.items():
        at = COLUMNS.index(name)
        for day in range(first, until):
            if day > first and model[day][at] != model[day - 1][at]:
                break
            after[day][at] = value
    return [tuple(day) for day in after]


def overlaid(model: Model, told: dict[str, Any], first: int) -> Model:
    """Set each column from a day on forever: what a file says of its own columns."""
    after = [list(day) for day in model]
    for name, value in told.items():
        for day in range(first, DAYS):
            after[day][COLUMNS.index(name)] = value
    return [tuple(day) for day in after]


def known(record: int, seq: int) -> Model:
    """Return every day of a deal as it was known at a sequence."""
    relation = RELATIONS["deals"]
    (versions,) = current_versions(relation, [(record,)], known_at=seq).values()
    at = [relation.value_names.index(name) for name in COLUMNS]
    return [tuple(on(versions, START + day)[one] for one in at) for day in range(DAYS)]


def on(versions: list[Version], day: int) -> tuple[int | None, ...]:
    held = standing(versions, day)
    assert held is not None
    return held


def numbered(told: dict[str, Any]) -> dict[str, Any]:
    return told | ({"owner_id": number("people", told["owner_id"])} if "owner_id" in told else {})


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_history_of_corrections_and_imports_is_the_day_by_day_model(database: str, data: st.DataObject) -> None:
    deal, record = uid("deals", "D1"), number("deals", "D1")
    with transaction.atomic():
        model = known(record, head_seq())
        seen: list[tuple[int, Model]] = [(head_seq(), model)]

        for _ in range(data.draw(st.integers(1, 7))):
            told, first = data.draw(changes()), data.draw(st.integers(0, DAYS - 1))
            if data.draw(st.booleans()):
                until = data.draw(st.integers(first + 1, DAYS))
                values = told | ({"owner_id": uid("people", told["owner_id"])} if "owner_id" in told else {})
                edit_deal(
                    actor=SYSTEM,
                    at=AT,
                    uid=deal,
                    values=values,
                    version=None,
                    on=START + first,
                    until=FAR_DAY if until == DAYS else START + until,
                )
                model = corrected(model, numbered(told), first, until)
            else:
                row = Staged("deals", "D1", {}, START, ((START + first, told),) if first else ())
                row = row if first else Staged("deals", "D1", told, START)
                commit_import(actor=SYSTEM, at=AT, batch=Batch("crm", "a", "CNY", (row,)))
                model = overlaid(model, numbered(told), first)
            assert known(record, head_seq()) == model
            seen.append((head_seq(), model))

        for seq, then in dict(seen).items():
            assert known(record, seq) == then
        assert verify() == []
        transaction.set_rollback(True)
