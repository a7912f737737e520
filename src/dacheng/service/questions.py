"""The parameters of a report as text: what a URL, an API call or a command line carries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from dacheng.core.book import Basis, Book
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FAR_DAY, FIRST_DAY, day_of, parse_period
from dacheng.core.report import Parameter, Report
from dacheng.core.schema import RELATIONS
from dacheng.core.table import Page
from dacheng.service.names import Names
from dacheng.service.seeing import SeenNames

YES = {"1", "true", "yes", "on", "是"}
NO = {"", "0", "false", "no", "off", "否"}


def understood(report: Report, given: Mapping[str, str], book: Book, names: Names) -> dict[str, Any]:
    """Return the typed parameters of a report from text.

    Empty texts count as not given.

    Raises:
        RuleError: a parameter is unknown, missing, or its value is not understood; it
            says which one, what was seen and what is possible.
    """
    known = {one.name: one for one in report.parameters if one.kind.name not in ("only", "page")}
    values: dict[str, Any] = {}
    for name, text in given.items():
        if name not in known and not (name in ("offset", "limit") and report.takes("page")):
            raise _unknown_parameter(report, name, known)
        if name in known and text.strip():
            values[name] = _value(known[name], text.strip(), book, SeenNames(book, names))
    if report.takes("page") and (given.get("offset") or given.get("limit")):
        values["page"] = Page(_whole("offset", given.get("offset", "")), _whole("limit", given.get("limit", "")))
    missing = [one.name for one in known.values() if one.required and one.name not in values]
    if missing:
        raise RuleError(
            Text(f"报表 {report.name} 缺少参数：{'、'.join(missing)}。", f"{report.name} needs: {', '.join(missing)}."),
            Text("请给出这些参数。", "Give these parameters."),
        )
    return values


def _value(parameter: Parameter, text: str, book: Book, names: Names) -> Any:
    kind = parameter.kind
    if kind.name == "ref":
        return identified(kind.ref, text, names)
    if kind.name == "period":
        return parse_period(text, book.rules.fiscal)
    if kind.name == "day":
        return parsed_day(text)
    if kind.name == "flag":
        return _flag(parameter, text)
    if kind.name == "choice":
        return _choice(parameter, text)
    return text


def identified(relation: str, text: str, names: Names) -> int:
    """Return the id of a code or a name.

    Raises:
        RuleError: there is none, or several; suggestions come with it.
    """
    found = names.find(relation, text)
    if len(found) == 1:
        return found[0]
    label = RELATIONS[relation].label
    near = "、".join(names.near(relation, text))
    if found:
        raise RuleError(
            Text(f"{label.zh}里有 {len(found)} 个「{text}」。", f"{len(found)} {label.en} are called “{text}”."),
            Text("请用编码。", "Use the code instead."),
        )
    raise RuleError(
        Text(f"{label.zh}里没有「{text}」。", f"{label.en}: there is no “{text}”."),
        Text(f"是不是：{near}？", f"Did you mean: {near}?")
        if near
        else Text("检查编码或名称。", "Check code or name."),
    )


def parsed_day(text: str) -> int:
    """Return the day of an ISO date.

    Raises:
        RuleError: it is not one.
    """
    try:
        return day_of(date.fromisoformat(text))
    except ValueError:
        raise RuleError(
            Text(f"「{text}」不是日期。", f"“{text}” is not a date."), Text("写成 2026-06-30。", "Write 2026-06-30.")
        ) from None


def asked_day(text: str) -> int | None:
    """Return the day a question names; None where it names none.

    Raises:
        RuleError: it is no date, or not between 1970 and 9999.
    """
    if not text.strip():
        return None
    day = parsed_day(text.strip())
    if not FIRST_DAY <= day < FAR_DAY:
        raise RuleError(
            Text(f"日期 {text} 不在 1970 到 9999 年之间。", f"{text} is not between 1970 and 9999."),
            Text("换一个日期。", "Choose another day."),
        )
    return day


def parsed_moment(text: str) -> datetime:
    """Return an ISO moment; without a zone it is UTC.

    Raises:
        RuleError: it is not one.
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise RuleError(
            Text(f"「{text}」不是时刻。", f"“{text}” is not a moment."),
            Text("写成 2026-06-30T18:00+08:00。", "Write 2026-06-30T18:00+08:00."),
        ) from None


def understood_basis(text: str) -> Basis:
    """Return the basis that a word names.

    Raises:
        RuleError: it names none.
    """
    if text in ("", "then"):
        return "then"
    if text == "today":
        return "today"
    raise RuleError(
        Text(f"口径「{text}」不存在。", f"There is no basis “{text}”."),
        Text("用 then（当时口径）或 today（今日口径）。", "Use then or today."),
    )


def _flag(parameter: Parameter, text: str) -> bool:
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise RuleError(
        Text(f"「{parameter.label.zh}」不能是「{text}」。", f"“{parameter.label.en}” cannot be “{text}”."),
        Text("写 1 或 0。", "Write 1 or 0."),
    )


def _choice(parameter: Parameter, text: str) -> str:
    codes = [code for code, _ in parameter.kind.choices]
    if text in codes:
        return text
    raise RuleError(
        Text(f"「{parameter.label.zh}」不能是「{text}」。", f"“{parameter.label.en}” cannot be “{text}”."),
        Text(f"可选：{'、'.join(codes)}。", f"Choose one of: {', '.join(codes)}."),
    )


def _whole(name: str, text: str) -> int:
    if not text:
        return 0
    if text.isdecimal() and len(text) < 10:
        return int(text)
    raise RuleError(
        Text(f"{name} 不能是「{text}」。", f"{name} cannot be “{text}”."), Text("写一个整数。", "Write a whole number.")
    )


def _unknown_parameter(report: Report, name: str, known: Mapping[str, Parameter]) -> RuleError:
    names = ", ".join(known)
    return RuleError(
        Text(f"报表 {report.name} 没有参数 {name}。", f"{report.name} has no parameter {name}."),
        Text(f"有：{names}。", f"It has: {names}."),
    )
