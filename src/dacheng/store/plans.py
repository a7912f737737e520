"""What stands of plans (方案): their rows, and whether every sum holds after a change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dacheng.core.errors import Conflict, RuleError, Text
from dacheng.core.money import in_yuan
from dacheng.core.period import ym_text
from dacheng.core.plans.schema import DRAFT, PROPOSED, STATES
from dacheng.core.schema import RELATIONS
from dacheng.store.access import rights_of
from dacheng.store.bulk import Condition, among, fetch_rows, select_rows
from dacheng.store.history import Entry
from dacheng.store.identity import hidden
from dacheng.store.standing import Key, Standing, record_table


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """Where a row of a plan stands."""

    row_id: int
    parent_id: int
    kind: int
    unit_id: int
    person_id: int
    customer_id: int = 0


def rows_of_plan(plan_id: int, ids: Iterable[int] | None = None) -> dict[int, PlacedRow]:
    """Return the rows of a plan, or some of them, by number."""
    conditions: list[Condition] = [("plan_id = %s", plan_id), ("NOT removed", None)]
    if ids is not None:
        conditions.append(among("id", set(ids)))
    columns = ["id", "parent_id", "kind", "unit_id", "person_id", "customer_id"]
    found = select_rows(record_table("plan_rows"), columns, conditions, order=("id",))
    return {row[0]: PlacedRow(*row) for row in found}


def changed_by(plan_id: int, relation: str, entries: range) -> set[Key]:
    """Return the keys of a plan's cells, or terms, that some entries of the log changed."""
    if not entries:
        return set()
    of_relation = ("relation || '' = %s", relation)  # not by the index of relations: it holds all that ever changed
    changed = {row[0] for row in select_rows("log_change", ["record_id"], [among("seq", entries), of_relation])}
    of_plan = [("plan_id = %s", plan_id), among("id", changed)]
    return set(select_rows(record_table(relation), RELATIONS[relation].key, of_plan)) if changed else set()


def require_editable(plan: Standing) -> None:
    """Refuse to change the figures of a plan that is settled.

    Raises:
        RuleError: it is approved, locked or superseded.
    """
    state = int(plan.row["state"])
    if state in (DRAFT, PROPOSED):
        return
    label = next(label for number, _, label in STATES if number == state)
    raise RuleError(
        Text(f"方案“{plan.row['name']}”{label.zh}，不能再改。", f"The plan {plan.row['name']} is {label.en.lower()}."),
        Text("由它生成新版本再改。", "Make a new version of it and change that."),
    )


def require_plan_units(entry: Entry, right: str, units: Iterable[int]) -> None:
    """Refuse what the actor may not do to plans of units; one that he does not look after does not exist for him.

    Raises:
        NotFound: the unit is out of reach. NotAllowed: he only sees it.
    """
    rights = rights_of(entry)
    for unit in sorted(set(units)):
        if rights.role_may(right) and not rights.sees_unit(unit):
            raise hidden(RELATIONS["units"].label)
        rights.require(right, unit_id=unit)


def check_sums(measure_id: int, parents: Sequence[int]) -> None:
    """Refuse a change after which rows do not add up to the row above them.

    Where nothing is set below a row, nothing is broken down yet, and nothing is to be checked.

    Raises:
        Conflict: with both amounts of the first month: somebody changed a sibling or the row above meanwhile.
    """
    wanted = [one for one in parents if one]
    for _, ym, above, below in _unmet(measure_id, wanted) if wanted else ():
        off = in_yuan(above - below)
        raise Conflict(
            Text(
                f"{ym_text(ym)} 上级是 {in_yuan(above)}，下级合计 {in_yuan(below)}，差 {off}：刚被别人改过。",
                f"In {ym_text(ym)} a row has {in_yuan(above)}, those below it {in_yuan(below)}, {off} off: "
                "somebody changed one of them meanwhile.",
            ),
            Text("刷新后按现在的数再改。", "Reload and change it by the figures as they are now."),
            yours={ym_text(ym): below},
            theirs={ym_text(ym): above},
        )


def _unmet(measure_id: int, parents: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Return (parent, month, its amount, the sum below) where they differ, of each cut by itself."""
    under, listed = among("parent_id", parents)
    themselves, again = among("plan_row_id", parents)
    summed = fetch_rows(
        "SELECT r.parent_id, c.ym, CAST(SUM(c.amount) AS BIGINT), COALESCE(s.dimension, 0) FROM rec_plan_cells c"
        f" JOIN (SELECT id, parent_id, segment_id FROM rec_plan_rows WHERE NOT removed AND {under}) r"
        " ON r.id = c.plan_row_id LEFT JOIN rec_segments s ON s.id = r.segment_id"
        " WHERE NOT c.removed AND c.amount IS NOT NULL AND c.measure_id = %s"
        " GROUP BY r.parent_id, c.ym, COALESCE(s.dimension, 0)",
        [listed, measure_id],
    )
    own = fetch_rows(
        "SELECT plan_row_id, ym, amount FROM rec_plan_cells"
        f" WHERE NOT removed AND amount IS NOT NULL AND measure_id = %s AND {themselves}",
        [measure_id, again],
    )
    has = {(row, ym): int(amount) for row, ym, amount in own}
    return sorted(
        (parent, ym, has[parent, ym], int(total))
        for parent, ym, total, _ in summed
        if (parent, ym) in has and has[parent, ym] != int(total)
    )
