"""Marketing and sales as one plan (营销与销售联动): the leads that a gap asks for, by channel, and who owes whom what.

Leads have no records of their own: what channels should bring is a dated rule, what came of leads is what the
actions of people say (R047).
"""

from __future__ import annotations

import numpy as np

from dacheng.core.activity.needed import ORIGINS, LeadsNeeded, leads_needed
from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.money import split
from dacheng.core.report import Flag, PeriodName, UnitId, report
from dacheng.core.table import Note, Table, TableColumn, table_of

WEBSITE, EVENTS, PARTNERS, REFERRALS, OWN = range(1, 6)
CHANNELS = (
    (WEBSITE, "website", Text("官网与内容", "Website and content")),
    (EVENTS, "events", Text("展会与活动", "Fairs and events")),
    (PARTNERS, "partners", Text("渠道伙伴", "Channel partners")),
    (REFERRALS, "referrals", Text("老客户转介绍", "Referrals by accounts")),
    (OWN, "own", Text("销售自拓", "Prospecting by sales")),
)
MARKETING, SALES = 1, 2
SIDES = ((MARKETING, "marketing", Text("市场", "Marketing")), (SALES, "sales", Text("销售", "Sales")))
BROUGHT_BY_SALES = (OWN,)

COLUMNS = (
    TableColumn("channel", "choice", Text("线索渠道", "Channel of leads"), choices=CHANNELS),
    TableColumn("side", "choice", Text("由谁交付", "Brought by"), choices=SIDES),
    TableColumn(
        "share_ratio",
        "ratio",
        Text("占比", "Share"),
        help=Text("这个渠道的份数 ÷ 各渠道份数之和；份数是规则", "Its parts ÷ those of all channels; parts are rules"),
    ),
    TableColumn(
        "needed",
        "count",
        Text("共需线索", "Leads needed"),
        judged="less",
        help=Text(
            "「从结果到动作」的新线索按占比分，合计正好等于它",
            "The new leads of “From result to action” by share; together exactly those",
        ),
    ),
    TableColumn(
        "per_week",
        "count",
        Text("每周", "A week"),
        judged="less",
        help=Text("每周新线索按占比分，合计正好等于它", "The new leads of a week by share; together exactly those"),
    ),
)


@report(
    "targets/marketing",
    title=Text("营销联动", "Marketing and sales"),
    help=Text(
        "补上差距要的新线索，按渠道分给市场和销售：各渠道的份数是规则 marketing.parts_*，可改，有生效日。"
        "双向承诺：市场每周交付合格线索，销售按期首次联系并回复是否有效。",
        "The new leads that the gap asks for, divided among channels, of marketing and of sales: the parts are the "
        "rules marketing.parts_*, dated and editable. Promised both ways: marketing brings qualified leads every "
        "week, sales makes the first contact and answers whether they are of use in time.",
    ),
    columns=COLUMNS,
)
def marketing(
    book: Book, *, period: PeriodName | None = None, unit: UnitId | None = None, direct: Flag = False
) -> Table:
    """Divide the leads that a gap asks for among the channels that bring them (营销联动).

    Args:
        period: of the gap; default the fiscal year of the as-of day.

    Source: R047; golden cases G02, G13.
    """
    leads = leads_needed(book, fiscal_year_of(book, period), unit, direct)
    parts = np.array([book.rules.number(f"marketing.parts_{code}") for _, code, _ in CHANNELS], dtype=np.int64)
    channels = np.array([number for number, _, _ in CHANNELS], dtype=np.int64)
    sides = np.where(np.isin(channels, BROUGHT_BY_SALES), SALES, MARKETING)
    divided, whole = bool(parts.any()), int(parts.sum())
    needed, weekly = (_among(one, parts) for one in (leads.needed, leads.per_week))
    return table_of(
        COLUMNS,
        Rows({"channel": channels}),
        {
            "side": sides,
            "share_ratio": (parts / max(whole, 1), np.full(len(parts), divided)),
            "needed": needed,
            "per_week": weekly,
        },
        key=("channel",),
        totals={name: int(told[0].sum()) if told[1].all() else None for name, told in _named(needed, weekly)},
        notes=_notes(book, leads, sides, weekly, divided),
    )


Told = tuple[IntArray, BoolArray]


def _named(needed: Told, weekly: Told) -> list[tuple[str, Told]]:
    return [("needed", needed), ("per_week", weekly)]


def _among(leads: int | None, parts: IntArray) -> Told:
    """Divide leads by parts, the largest remainders first; unknown where there are none or no parts."""
    if leads is None or not parts.any():
        return np.zeros(len(parts), dtype=np.int64), np.zeros(len(parts), dtype=np.bool_)
    return split(leads, parts), np.ones(len(parts), dtype=np.bool_)


def _notes(book: Book, leads: LeadsNeeded, sides: IntArray, weekly: Told, divided: bool) -> tuple[Note, ...]:
    if leads.per_week is None:
        message = Text(
            "算不出要多少线索：没有目标，期间内没有赢单，或期间已过。",
            "How many leads it takes cannot be told: no target, no win in the period, or the period is over.",
        )
        return (Note("leads-not-told", message, 1),)
    if not divided:
        message = Text("各渠道的份数都是 0，请在规则里填。", "The parts of all channels are 0: set them in the rules.")
        return (Note("no-channel", message, 1),)
    contact, feedback = (book.rules.number(f"marketing.{name}_days") for name in ("contact", "feedback"))
    origin = next(label for number, _, label in ORIGINS if number == leads.origin)
    of_marketing = int(weekly[0][sides == MARKETING].sum())
    promised = Text(
        f"市场每周交付 {of_marketing} 条合格线索；销售 {contact} 天内首次联系，{feedback} 天内回复是否有效。",
        f"Marketing brings {of_marketing} qualified leads a week; sales makes the first contact within {contact} days "
        f"and answers within {feedback} days whether they are of use.",
    )
    rate = Text(f"线索到赢单的转化率来自：{origin.zh}。", f"Rate from lead to win: {origin.en}.")
    return (Note("promised", promised, 1), Note("lead-rate", rate, 1))
