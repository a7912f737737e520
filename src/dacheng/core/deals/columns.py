"""Table columns that several reports about deals share, named as in the schema."""

from __future__ import annotations

from dacheng.core.arrays import BoolArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.errors import Text
from dacheng.core.table import Note, TableColumn, column_of

DEAL = column_of("deals", "deal_id")
CUSTOMER = column_of("deals", "customer_id")
OWNER = column_of("deals", "owner_id")
PRODUCT = column_of("deals", "product_id", optional=True)
STAGE = column_of("deals", "stage_id")
GRADE = column_of("deals", "grade")
CATEGORY = column_of("deals", "category")
EXPECTED = column_of("deals", "expected_day")
CREATED = column_of("deals", "created_day", optional=True)
ESTIMATED = column_of(
    "deals",
    "estimated",
    help=Text(
        "是 = 没有人填过金额，按产品目录价估计。", "Yes = nobody stated an amount; it is the product's list price."
    ),
)
UNIT = TableColumn(
    "unit_id",
    "ref",
    Text("组织", "Unit"),
    ref="units",
    help=Text(
        "在途商机按截至日负责人的归属组织；已关闭的按关闭日。因授权才可见的没有组织。",
        "An open opportunity: its owner's home unit on the as-of day; a closed one: on the closing day. "
        "One that is seen only by a grant has none.",
    ),
)
SHARE = TableColumn(
    "share_ratio",
    "ratio",
    Text("份额", "Share"),
    optional=True,
    help=Text(
        "本范围内的人占这一单业绩的比例；金额是这些份额之和。没有分成的是 100%。",
        "What people of this scope have of the deal; amounts are the sum of these parts. 100% where it is not shared.",
    ),
)


def outside(rows: Rows) -> BoolArray:
    """Return which rows are seen only by a grant."""
    placeless: BoolArray = rows["unit_id"] == OUTSIDE
    return placeless


def columns_seen(book: Book, columns: tuple[TableColumn, ...], private: tuple[str, ...]) -> tuple[TableColumn, ...]:
    """Return the columns without those of the class money-private when the viewer does not see it."""
    if "money-private" in book.scope.classes:
        return columns
    return tuple(column for column in columns if column.name not in private)


def noted(*notes: Note) -> tuple[Note, ...]:
    """Return the notes that have something to say."""
    return tuple(note for note in notes if note.count)


def outside_note(count: int) -> Note:
    """Say how many rows are seen only by a grant and enter no total."""
    return Note(
        "outside",
        Text(
            f"因授权可见、不在你范围内的 {count} 行单列在后，不计入合计。",
            f"Seen only by a grant, listed last and in no total: {count}.",
        ),
        count,
    )


def without_amount_note(count: int) -> Note:
    """Say how many deals have no amount."""
    return Note(
        "without-amount",
        Text(f"{count} 单没有金额，不计入合计。", f"Without an amount and so in no sum: {count}."),
        count,
    )


def estimated_note(count: int) -> Note:
    """Say how many amounts are estimates."""
    return Note(
        "estimated",
        Text(f"{count} 单的金额是按目录价的估计。", f"Amounts that are estimates from the list price: {count}."),
        count,
    )
