"""What is said of foreign targets beside a plan: counted twice, matched to nobody, out of its months, kept as it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dacheng.core.errors import Finding, RuleError, Text
from dacheng.core.money import in_yuan
from dacheng.core.period import ym_text
from dacheng.core.plans.incoming import Double, Line, Take
from dacheng.core.plans.merging import Merged, Place
from dacheng.service.plans import OpenPlan

SHOWN = 5
"""Names that a sentence repeats."""


def counted_twice(one: OpenPlan, doubles: Sequence[Double], take: Take) -> list[Finding]:
    """Say of each row with lines below it whether both are the same money, and which one counts."""
    return [_equal(one, each) if not each.apart else _apart(one, each, take) for each in doubles]


def _equal(one: OpenPlan, each: Double) -> Finding:
    who, count, much = one.name(each.position), len(each.below), in_yuan(each.own)
    return Finding(
        "plan/same-money",
        Text(
            f"“{who.zh}”{much} 等于下面 {count} 行的合计：同一笔钱，只算一次。",
            f"{who.en}, {much}, equals the {count} rows below it: the same money, counted once.",
        ),
        Text("无需处理。", "Nothing to do."),
        "note",
        value=much,
    )


def _apart(one: OpenPlan, each: Double, take: Take) -> Finding:
    who, count = one.name(each.position), len(each.below)
    own, under, off = in_yuan(each.own), in_yuan(each.under), in_yuan(each.own - each.under)
    taken = (
        Text(
            "按自己的数导入，差额列为未分配或缓冲",
            "its own figure counts, the rest stands as not assigned or as a buffer",
        )
        if take == "own"
        else Text("按下面的合计导入", "what is below adds up and counts")
    )
    return Finding(
        "plan/double-count",
        Text(
            f"“{who.zh}”写 {own}，下面 {count} 行合计 {under}，差 {off}（{len(each.apart)} 个月不同）："
            f"不相加，{taken.zh}。",
            f"{who.en} has {own}, the {count} rows below it {under}, {off} apart in {len(each.apart)} months: "
            f"they are not added; {taken.en}.",
        ),
        Text("核对哪个对；可改为按下级合计导入。", "Check which is right; what is below can be made to count instead."),
        "warn",
        value=off,
    )


def not_matched(line: Line, near: Sequence[str]) -> Finding:
    """Say whose line nobody in the plan is."""
    kind = {"unit": "组织", "person": "人"}.get(line.kind, "组织或人")
    like = f"是不是 {'、'.join(near)}？" if near else ""
    en = f"Is it {', '.join(near)}? " if near else ""
    called = "，".join(dict.fromkeys(one for one in (line.code, line.name) if one))
    return Finding(
        "plan/not-matched",
        Text(
            f"方案里没有叫“{called}”的{kind}，它的 {in_yuan(line.total)} 没有导入。",
            f"Nobody in the plan is called {called}; its {in_yuan(line.total)} was left out.",
        ),
        Text(
            f"{like}说明它是谁，或先在组织里建好（人要带目标）。",
            f"{en}Say who it is, or add it to the organisation first (a person must carry a target).",
        ),
        "block",
        line.sheet,
        line.row or None,
        value=called,
    )


def said_twice(who: Text, first: Line, again: Line, amount: int, *, same: bool) -> Finding:
    """Say that two lines are of the same row and months; the first counts."""
    zh = "两行相同，只算一次" if same else "两行不同，按前一行导入，不相加"
    en = "they are alike and count once" if same else "they differ; the first is taken, they are not added"
    return Finding(
        "plan/said-twice",
        Text(
            f"第 {first.row} 行和第 {again.row} 行都是“{who.zh}”（{in_yuan(amount)}）：{zh}。",
            f"Rows {first.row} and {again.row} are both {who.en} ({in_yuan(amount)}): {en}.",
        ),
        Text("合成一行再导入。", "Make them one row and bring the file again."),
        "warn" if same else "block",
        again.sheet,
        again.row or None,
        value=in_yuan(amount),
    )


def out_of_months(from_ym: int, until_ym: int, outside: Sequence[tuple[Line, int, int]]) -> Finding:
    """Say what lies in months that the plan does not have."""
    total = in_yuan(sum(amount for _, _, amount in outside))
    first, last = min(ym for _, ym, _ in outside), max(ym for _, ym, _ in outside)
    rows = len({(line.sheet, line.row) for line, _, _ in outside})
    return Finding(
        "plan/out-of-months",
        Text(
            f"{rows} 行里 {ym_text(first)} 到 {ym_text(last)} 的 {total} 不在方案的月份里，没有导入。",
            f"{total} of {rows} rows between {ym_text(first)} and {ym_text(last)} is in no month of the plan.",
        ),
        Text(
            f"方案从 {ym_text(from_ym)} 到 {ym_text(until_ym - 1)}；其余年份另建方案。",
            f"The plan goes from {ym_text(from_ym)} to {ym_text(until_ym - 1)}; make another one for other years.",
        ),
        "warn",
        value=total,
    )


def conflicts_kept(one: OpenPlan, cells: Sequence[Merged], preferred: Collection[Place]) -> list[Finding]:
    """Say which cells both the file and somebody here have changed."""
    found = [each for each in cells if each.outcome == "conflict" and each.place not in preferred]
    if not found:
        return []
    where = _places(one, [each.place for each in found])
    return [
        Finding(
            "plan/conflict",
            Text(
                f"{len(found)} 格文件和方案都改过（{where.zh}），保留方案里的数。",
                f"{len(found)} cells were changed both in the file and here ({where.en}); those of the plan are kept.",
            ),
            Text("逐格选要哪个，或说明全部按文件。", "Choose cell by cell, or let the file go first."),
            "warn",
            value=str(len(found)),
        )
    ]


def standing_cells(one: OpenPlan, still: Sequence[Place]) -> list[Finding]:
    """Say which cells cannot move."""
    if not still:
        return []
    return [
        Finding(
            "plan/standing",
            Text(
                f"{len(still)} 格已固定、在生效月之前或不在任（{_places(one, still).zh}），没有改。",
                f"{len(still)} cells are pinned, stand already, or nobody is there ({_places(one, still).en}).",
            ),
            Text("放开固定，或改后面的月份。", "Release them, or change later months."),
            "warn",
            value=str(len(still)),
        )
    ]


def _places(one: OpenPlan, places: Sequence[Place]) -> Text:
    zh, en = [], []
    for row, ym in places[:SHOWN]:
        who = one.name(one.sheet.position(row))
        zh.append(f"{who.zh} {ym_text(ym)}")
        en.append(f"{who.en} {ym_text(ym)}")
    more = len(places) > SHOWN
    return Text("、".join(zh) + ("…" if more else ""), ", ".join(en) + ("…" if more else ""))


def no_measure(text: str, lines: Sequence[Line]) -> Finding:
    """Say which lines are of a measure that the company does not have."""
    total = in_yuan(sum(one.total for one in lines))
    return Finding(
        "plan/no-measure",
        Text(
            f"公司没有指标“{text}”，{len(lines)} 行共 {total} 没有导入。",
            f"The company has no measure {text}; {len(lines)} rows, {total}, were left out.",
        ),
        Text("先建这个指标。", "Create the measure first."),
        "block",
        value=text,
    )


def nothing_to_bring(findings: Sequence[Finding]) -> RuleError:
    """Return why nothing can be brought in: the first finding that blocks."""
    for one in findings:
        if one.severity == "block":
            return RuleError(one.message, one.remedy)
    return RuleError(
        Text("文件里没有目标。", "There are no targets in the files."),
        Text("检查是不是选错了文件或工作表。", "Check whether it is the right file and sheet."),
    )


def several_years(years: Sequence[int]) -> RuleError:
    """Return why a new plan needs to be told its year."""
    listed = "、".join(map(str, years))
    return RuleError(
        Text(f"文件里有几个财年：{listed}。", f"The files are of several fiscal years: {', '.join(map(str, years))}."),
        Text("说明要导入哪一年（期间），每年一个方案。", "Say which one to bring in (period); one plan a year."),
    )
