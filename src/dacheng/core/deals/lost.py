"""Why deals are lost (丢单分析): what owners say against what reviews find (R117)."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals import columns as shown
from dacheng.core.deals.losses import TOLD, VERIFIED, WORTH, Losses, losses_in
from dacheng.core.errors import Text
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.paging import summed_by
from dacheng.core.report import Flag, PeriodName, PersonId, UnitId, report
from dacheng.core.table import Bars, Drill, Note, Table, TableColumn, table_of

CARRIED = ("closed", "unit", "direct", "owner")
_OF_ROW = {
    "reason": "loss_reason_id",
    "verified": "verified_reason_id",
    "untold": "untold",
    "unverified": "unverified",
}
THESE = Drill("deals/losses", take=_OF_ROW, carry=CARRIED)
ALL = Drill("deals/losses", carry=CARRIED)

COLUMNS = (
    TOLD,
    VERIFIED,
    TableColumn("untold", "flag", Text("未填类别", "Without a category"), optional=True),
    TableColumn("unverified", "flag", Text("未核实", "Not verified"), optional=True),
    TableColumn("deals", "count", Text("单数", "Opportunities"), drill=THESE, total_drill=ALL),
    TableColumn(
        "share_ratio",
        "ratio",
        Text("占单数", "Share"),
        help=Text("单数 ÷ 全部丢单", "Opportunities ÷ all that were lost"),
    ),
    TableColumn("amount", "money", WORTH.label, help=WORTH.help, drill=THESE, total_drill=ALL),
    TableColumn(
        "compared",
        "count",
        Text("两者都有", "Both told"),
        optional=True,
        help=Text("负责人选了、主管也核实了的单数", "With a category of the owner and of a review"),
    ),
    TableColumn(
        "differing",
        "count",
        Text("核实不同", "Verified otherwise"),
        judged="less",
        help=Text("核实类别与负责人选的不同", "The review found another category than the owner said"),
        total_drill=Drill("deals/losses", fixed={"differing": 1}, carry=CARRIED),
    ),
    TableColumn(
        "mismatch_ratio",
        "ratio",
        Text("不符率", "Mismatch"),
        judged="less",
        help=Text(
            "核实不同 ÷ 两者都有；一行是负责人选这一类别的全部丢单的不符率",
            "Verified otherwise ÷ both told; a row shows it for all losses with that category of the owner",
        ),
    ),
)


@report(
    "deals/lost",
    title=Text("丢单分析", "Why we lose"),
    help=Text(
        "期间内丢单的商机，按负责人选的类别与主管核实的类别。金额是丢单前、本范围内最后一次已知的在途金额。"
        "不符率 = 两者都有而不同的 ÷ 两者都有的。没有填类别的、没有核实的各自成行。",
        "Opportunities lost in the period, by the category the owner chose and the one a review found. The amount is "
        "the last one known while open in this scope. Mismatch = those that differ ÷ those with both. Losses without a "
        "category, and without a review, have rows of their own.",
    ),
    columns=COLUMNS,
)
def lost(
    book: Book,
    *,
    closed: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
) -> Table:
    """Count lost deals by what the owner said and what a review found (丢单分析).

    Args:
        closed: lost in this period; default the fiscal year of the as-of day.

    Source: R117.
    """
    found = losses_in(book, fiscal_year_of(book, closed), unit, direct, owner)
    told = np.where(found.told, found.rows["loss_reason_id"], 0)
    review = np.where(found.verified, found.rows["verified_reason_id"], 0)
    pairs, at = np.unique(np.stack((told, review), axis=1), axis=0, return_inverse=True)
    at = at.reshape(-1)
    deals = _summed(at, len(pairs), found.counted)
    worth, priced = _summed(at, len(pairs), found.worth), _summed(at, len(pairs), found.known)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -deals))
    rows = Rows({"deals": deals[order]})
    reason, verified = pairs[order, 0], pairs[order, 1]
    mismatched, compared = _by_reason(found, told, reason)
    return table_of(
        COLUMNS,
        rows,
        {
            "loss_reason_id": (reason, reason > 0),
            "verified_reason_id": (verified, verified > 0),
            "untold": (reason == 0).astype(np.int64),
            "unverified": (verified == 0).astype(np.int64),
            "share_ratio": deals[order] / max(int(found.counted.sum()), 1),
            "amount": (worth[order], priced[order] > 0),
            "compared": _summed(at, len(pairs), found.compared & found.counted)[order],
            "differing": _summed(at, len(pairs), found.differing & found.counted)[order],
            "mismatch_ratio": (mismatched / np.maximum(compared, 1), compared > 0),
        },
        key=("loss_reason_id", "verified_reason_id"),
        totals=_totals(found),
        notes=_notes(found),
        bars=_bars(told[found.counted]),
    )


def _summed(at: IntArray, rows: int, values: IntArray | BoolArray) -> IntArray:
    total = np.zeros(rows, dtype=np.int64)
    np.add.at(total, at, values.astype(np.int64))
    return total


def _by_reason(found: Losses, told: IntArray, reasons: IntArray) -> tuple[IntArray, IntArray]:
    """Return for each reason how many losses were verified otherwise, and how many were compared."""
    highest = int(told.max(initial=0)) + 1
    differing, compared = (
        np.bincount(told[one], minlength=highest)
        for one in (found.differing & found.counted, found.compared & found.counted)
    )
    return differing[reasons], compared[reasons]


def _totals(found: Losses) -> dict[str, int | float | None]:
    counted = found.counted
    compared, differing = int((found.compared & counted).sum()), int((found.differing & counted).sum())
    return {
        "deals": int(counted.sum()),
        "amount": found.total(),
        "compared": compared,
        "differing": differing,
        "mismatch_ratio": differing / compared if compared else None,
    }


def _notes(found: Losses) -> tuple[Note, ...]:
    untold, unverified = (int((~one & found.counted).sum()) for one in (found.told, found.verified))
    return shown.noted(
        shown.without_amount_note(int((~found.known & found.counted).sum())),
        Note("untold", Text(f"{untold} 单没有填丢单类别。", f"Without a category of loss: {untold}."), untold),
        Note("unverified", Text(f"{unverified} 单还没有核实。", f"Not verified yet: {unverified}."), unverified),
    )


def _bars(told: IntArray) -> tuple[Bars, ...]:
    keys, counts = summed_by(told[told > 0], np.ones(int((told > 0).sum()), dtype=np.int64))
    if len(keys) < 2:
        return ()
    order = np.argsort(-counts, kind="stable")
    measure = next(one for one in COLUMNS if one.name == "deals")
    return (Bars(Text("按丢单类别", "By category of loss"), TOLD, keys[order], counts[order], measure=measure),)
