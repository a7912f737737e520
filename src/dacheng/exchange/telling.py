"""What many rows share, told once: a spelling, a blank, a day that is not known (一次说清)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dacheng.core.errors import Finding, Severity, Text
from dacheng.exchange.likeness import is_misspelling
from dacheng.exchange.noticing import Count, Noticed, Shared
from dacheng.exchange.referring import unknown_finding


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word that is not known; a person says what it means.

    Args:
        column: key of the column, as an alias names it.
        meant: what it probably means; empty when nothing is near.
        rows: how many rows hold it.
        label: what it is the name of; title: the column as the file calls it.
        lenient: its rows are read all the same, without it.
    """

    sheet: str
    column: str
    value: str
    meant: str
    rows: int
    label: Text = Text("", "")
    title: str = ""
    lenient: bool = False


def tell(noticed: Noticed) -> tuple[Suggestion, ...]:
    """Make findings of what rows share, and return the words that a person may explain, those with a meaning first."""
    suggestions = []
    for shared, count in noticed.shared.items():
        finding = _finding(shared, count)
        if finding is not None:
            noticed.keep(replace(finding, sheet=noticed.labels[shared.table], row=count.row), shared.table)
        if shared.kind in ("unknown", "unread-word") and shared.key:
            sheet, told = noticed.labels[shared.table], (shared.value, shared.meant, count.rows)
            lenient = shared.kind == "unread-word"
            suggestions.append(Suggestion(sheet, shared.key, *told, shared.label, shared.title, lenient))
    return tuple(sorted(suggestions, key=lambda one: (one.lenient, not one.meant)))


def _finding(shared: Shared, count: Count) -> Finding | None:
    rows = Text(f"（{count.rows:,} 行）", f" ({_rows(count)})")
    if shared.kind in ("unknown", "ambiguous"):
        finding = unknown_finding(shared)
        told = Text(f"{finding.message.zh[:-1]}{rows.zh}。", f"{finding.message.en[:-1]}{rows.en}.")
        return replace(finding, message=told)
    if shared.kind == "alias":
        return _alias(shared, rows) if is_misspelling(shared.value, shared.meant) else None
    severity, message, remedy = SAID[shared.kind]
    zh = message.zh.format(value=shared.value, rows=f"{count.rows:,} 行", what=shared.label.zh)
    en = message.en.format(value=shared.value, rows=_rows(count), what=shared.label.en)
    return Finding(
        f"import/{shared.kind}",
        Text(zh, en),
        _did_you_mean(shared, remedy),
        severity,
        column=shared.title,
        value=shared.value,
    )


def _alias(shared: Shared, rows: Text) -> Finding:
    return Finding(
        "import/misspelt",
        Text(
            f"“{shared.value}”{rows.zh}按别名读作“{shared.meant}”。",
            f"“{shared.value}”{rows.en} is read as “{shared.meant}”, by its alias.",
        ),
        Text(
            f"建议在来源系统里改成“{shared.meant}”。", f"Better to write “{shared.meant}” in the system it comes from."
        ),
        "warn",
        column=shared.title,
        value=shared.value,
    )


def _did_you_mean(shared: Shared, otherwise: Text) -> Text:
    if shared.kind != "unusual" or not shared.meant:
        return otherwise
    return Text(
        f"是不是“{shared.meant}”？是则加一条别名。", f"Did you mean “{shared.meant}”? Then add an alias to the mapping."
    )


def _rows(count: Count) -> str:
    return "1 row" if count.rows == 1 else f"{count.rows:,} rows"


SAID: dict[str, tuple[Severity, Text, Text]] = {
    "unusual": (
        "warn",
        Text("“{value}”不是常见值（{rows}），原样保留。", "“{value}” is unusual ({rows}) and is kept as it is."),
        Text("若它是对的，请写进映射的 expect。", "If it is right, add it to “expect” of the mapping."),
    ),
    "blank": (
        "note",
        Text("没有{what}的有 {rows}，照样导入。", "Without {what}: {rows}, imported all the same."),
        Text("需要时请在来源系统里补上。", "Fill it in the system they come from if it is needed."),
    ),
    "undated": (
        "note",
        Text(
            "{what}没有起始日的有 {rows}：从导入当天算起，不出现在更早的日子里。",
            "{what} without a first day: {rows}. They begin on the day of the import and are not seen before it.",
        ),
        Text("来源里若有日期，请在映射里写 from。", "If the source has the day, name its column as “from”."),
    ),
    "unread-word": (
        "warn",
        Text(
            "{what}里没有“{value}”（{rows}），只留原文。",
            "{what}: there is no “{value}” ({rows}); only its text stays.",
        ),
        Text("在预览里说它是哪一个，或在映射里加别名。", "Say in the preview which one it is, or add an alias."),
    ),
    "left-out": (
        "note",
        Text("不符合映射 where 的有 {rows}，未导入。", "Not meeting “where” of the mapping: {rows}, left out."),
        Text("无需处理。", "Nothing to do."),
    ),
    "ended": (
        "note",
        Text("{what}已经截止的有 {rows}，未导入。", "{what} that ended already: {rows}, left out."),
        Text("无需处理。", "Nothing to do."),
    ),
    "repeated": (
        "warn",
        Text("与前面的行完全相同的有 {rows}，各只导入一次。", "Repeating an earlier one: {rows}; each is taken once."),
        Text("请在来源系统里去重。", "Remove the repetition at the source."),
    ),
}
"""Kind -> severity, message and remedy."""
