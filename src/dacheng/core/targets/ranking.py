"""Who brings most of it (80/20): accounts, people or products ranked, named targets and the pooled tail (R046)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

import numpy as np

from dacheng.core.arrays import FloatArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals import columns as shown
from dacheng.core.deals.closed import closed_in
from dacheng.core.deals.columns import noted
from dacheng.core.deals.schema import WON
from dacheng.core.errors import Text
from dacheng.core.filtering import equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.period import Period
from dacheng.core.report import Flag, PeriodName, PersonId, UnitId, choice, report
from dacheng.core.table import Drill, Note, Table, TableColumn, column_of, table_of
from dacheng.core.targets.cells import cells
from dacheng.core.targets.pareto import NamedTargets, Pareto, named_targets, pareto
from dacheng.core.targets.results import counting, results
from dacheng.core.targets.schema import CONTRACT

CUSTOMER, OWNER, PRODUCT = "customer", "owner", "product"
MEMBERS = (
    (CUSTOMER, Text("客户", "Accounts")),
    (OWNER, Text("人员", "People")),
    (PRODUCT, Text("产品", "Products")),
)
NOBODY = 0
VIEW = ("period", "unit", "direct")


@dataclass(frozen=True, slots=True)
class Ranked:
    """What is ranked: the column that names it, and where its amount opens."""

    column: TableColumn
    opens: Drill


RANKED = {
    CUSTOMER: Ranked(shown.CUSTOMER, Drill("targets/done", take={"customer": "customer_id"}, carry=(*VIEW, "owner"))),
    OWNER: Ranked(shown.OWNER, Drill("targets/done", take={"owner": "owner_id"}, carry=VIEW)),
    PRODUCT: Ranked(
        column_of("products", "product_id"),
        Drill("deals/closed", take={"product": "product_id"}, fixed={"outcome": "won"}, carry=(*VIEW, "owner")),
    ),
}
FIGURES = (
    TableColumn(
        "amount",
        "money",
        Text("带来", "Brought"),
        judged="more",
        help=Text(
            "期间内的业绩（合同额）；按产品时是赢单金额",
            "Done of contract value in the period; by product what was won of it",
        ),
    ),
    TableColumn("share_ratio", "ratio", Text("占比", "Share"), help=Text("带来 ÷ 合计", "Brought ÷ that of all")),
    TableColumn(
        "cumulated_ratio",
        "ratio",
        Text("累计占比", "Cumulated"),
        help=Text("从大到小累计的占比", "Shares added up from the largest on"),
    ),
    TableColumn(
        "top",
        "flag",
        Text("头部", "Top"),
        help=Text(
            "累计到 80% 的那一批，与最后一名并列的也算",
            "Those who reach the line together, and who ties with the last of them",
        ),
    ),
    TableColumn(
        "named",
        "money",
        Text("点名目标", "Named target"),
        help=Text(
            "目标期的合同额目标按带来的比例分给头部每一个；其余合成一个，见说明",
            "The target of contract value, split by what each of the top brought; the rest is pooled, see notes",
        ),
    ),
)
COLUMNS = (*(one.column for one in RANKED.values()), *FIGURES)


@report(
    "targets/pareto",
    title=Text("80/20 分解", "80/20"),
    help=Text(
        "按带来的业绩从大到小排名，累计到 80% 的是头部：头部逐个点名定目标，其余合成一个目标。"
        "线和最少个数是规则。并列在线上的都算头部；少于 5 个没有意义。金额为零或负的不排名。",
        "Ranked by what each brought; those who reach 80% together are the top: each of them gets a target by name, "
        "the rest one together. The line and the fewest members are rules. Who ties at the line is in; fewer than 5 "
        "are not meaningful. Who brings nothing or less is not ranked.",
    ),
    columns=COLUMNS,
)
def ranking(
    book: Book,
    *,
    members: Annotated[str, choice(*MEMBERS)] = CUSTOMER,
    period: PeriodName | None = None,
    goal: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
) -> Table:
    """Rank who brings most of it, with a target for each of the top (80/20 分解).

    Args:
        members: who is ranked. period: of what they brought; goal: of the target that is split; both default
            to the fiscal year of the as-of day.

    Source: R046; golden case G40.
    """
    ids, amounts = brought(book, members, fiscal_year_of(book, period), unit, direct, owner)
    named_ones = ids != NOBODY
    found = ranked(book, amounts[named_ones])
    target = cells(
        book, unit=unit, direct=direct, person=owner, measure=CONTRACT, period=fiscal_year_of(book, goal)
    ).totals.get("amount")
    split = None if target is None or not found.total else named_targets(int(target), found)
    one, rows = RANKED[members], len(found.order)
    top = (np.arange(rows) < found.top).astype(np.int64)
    named = np.zeros(rows, dtype=np.int64)
    if split:
        named[: found.top] = split.amounts
    amount = FIGURES[0]
    columns = (one.column, _opening(amount, one.opens), *FIGURES[1:])
    return table_of(
        columns,
        Rows({one.column.name: ids[named_ones][found.order], "amount": found.amounts, "top": top}),
        {
            "share_ratio": _shares(found.amounts, found.total),
            "cumulated_ratio": _shares(found.cumulated, found.total),
            "named": (named, (top == 1) & (split is not None)),
        },
        key=(one.column.name,),
        totals={"amount": found.total, "named": None if split is None else int(split.amounts.sum())},
        notes=_notes(found, split, int(amounts[~named_ones].sum())),
    )


def _opening(column: TableColumn, drill: Drill) -> TableColumn:
    return TableColumn(column.name, column.kind, column.label, help=column.help, judged=column.judged, drill=drill)


def ranked(book: Book, amounts: IntArray) -> Pareto:
    """Rank what was brought by the line, the head and the fewest members of the rules."""
    line = Fraction(book.rules.number("pareto.line_bp"), BP_PER_WHOLE)
    head = Fraction(book.rules.number("pareto.head_bp"), BP_PER_WHOLE)
    return pareto(amounts, line=line, head=head, fewest=book.rules.number("pareto.fewest"))


def brought(
    book: Book, members: str, span: Period, unit: int | None, direct: bool, owner: int | None
) -> tuple[IntArray, IntArray]:
    """Return who brought something, ascending, and how much, shape (n,) each; ``NOBODY`` for what names none."""
    wanted = in_unit(book, unit, direct) & equal(owner_id=owner)
    if members == PRODUCT:
        rows = closed_in(book, span, wanted & equal(state=WON))
        keys, amounts = rows["product_id"] * rows.known("product_id"), rows["amount"] * rows.known("amount")
    else:
        column = "customer_id" if members == CUSTOMER else "owner_id"
        rows = results(book, counting(book, span), (column,), wanted, (CONTRACT,))
        rows = rows.only(rows["measure_id"] == CONTRACT)
        keys, amounts = rows[column], rows["amount"]
    ids, at = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(ids), dtype=np.int64)
    np.add.at(sums, at.reshape(-1), amounts)
    return ids, sums


def _shares(parts: IntArray, total: int) -> FloatArray:
    return np.array([part / total for part in parts.tolist()], dtype=np.float64)


def _notes(found: Pareto, split: NamedTargets | None, unnamed: int) -> tuple[Note, ...]:
    told = [Note("targets/not-meaningful", found.off, 1)] if found.off and len(found.order) else []
    told += [*found.notes, *([_top_note(found)] if found.top else [])]
    if split:
        pooled = Text("其余合成一个目标 {}。", "The rest has one target together: {}.")
        told.append(Note.of_amounts("targets/pooled", pooled, [split.pooled], len(found.order) - found.top))
    if unnamed:
        without = Text("没有写明是谁的 {}，不排名。", "{} names none of them, and is not ranked.")
        told.append(Note.of_amounts("targets/unnamed", without, [unnamed], 1))
    return noted(*told)


def _top_note(found: Pareto) -> Note:
    share, many, head = found.top_share or 0, len(found.order), found.head_share or 0
    return Note(
        "targets/top",
        Text(
            f"{found.top} 个（占 {found.top / many:.0%}）带来 {float(share):.0%}；"
            f"最大的 {found.head} 个带来 {float(head):.0%}。",
            f"{found.top} of {many} ({found.top / many:.0%}) bring {float(share):.0%}; the largest {found.head} bring "
            f"{float(head):.0%}.",
        ),
        found.top,
    )
