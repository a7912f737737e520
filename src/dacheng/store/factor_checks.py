"""Whether a figure of a factor may stand: of a factor of the company's own, and one a day of each place (R048)."""

from __future__ import annotations

from dacheng.core.errors import RuleError, Text
from dacheng.core.factors.schema import CAPACITY
from dacheng.core.period import date_of
from dacheng.store.bulk import select_rows
from dacheng.store.standing import Columns, record_table, standing


def check_figure(whole: Columns, today: int, own: int = 0) -> None:
    """Refuse a figure of a factor that is counted here, of a day to come, or a second one of factor, place and day.

    Args:
        whole: all its columns; own: its number, 0 while it has none.

    Raises:
        RuleError: names the factor, the place and the day.
    """
    factor = int(whole.get("factor_id") or 0)
    if 0 < factor <= CAPACITY:
        name = _called("factors", factor)
        raise RuleError(
            Text(f"因子「{name}」由系统算，不用填数。", f"The factor “{name}” is counted here and takes no figures."),
            Text("先建公司自己的因子，例如 门店数。", "Create a factor of your own first, such as stores."),
        )
    day = int(whole.get("day") or 0)
    if day > today:
        raise RuleError(
            Text(f"{date_of(day)} 还没有到，还没有那天的数。", f"{date_of(day)} is to come: it has no figure yet."),
            Text(f"最晚到 {date_of(today)}。", f"The last day possible is {date_of(today)}."),
        )
    if _stands(whole, own):
        factor_name, unit = _called("factors", factor), _called("units", int(whole.get("unit_id") or 0))
        person = _called("people", int(whole.get("person_id") or 0))
        whose = f"{unit} {person}".strip()
        raise RuleError(
            Text(
                f"「{factor_name}」在 {whose} {date_of(day)} 已经有一个数。",
                f"“{factor_name}” has a figure of {whose} on {date_of(day)}.",
            ),
            Text("改那个数，或换一天。", "Change that one, or state it of another day."),
        )


def _stands(whole: Columns, own: int) -> bool:
    met = [
        *((f"{name} = %s", whole.get(name) or 0) for name in ("factor_id", "unit_id", "person_id", "day")),
        ("NOT removed", None),
    ]
    return any(row[0] != own for row in select_rows(record_table("factor_figures"), ["id"], met))


def _called(name: str, number: int) -> str:
    found = standing(name, [number] if number else [])
    return str(found[number].row["name"]) if number in found else ""
