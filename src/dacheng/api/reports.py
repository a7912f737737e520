"""Reports: one operation for each registered report, with its own parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from dacheng.api.asking import STANDPOINT, Call
from dacheng.api.operations import SEEN, operation
from dacheng.api.problems import FieldsRefused
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import date_of
from dacheng.core.report import REPORTS, Parameter, Report, report_named
from dacheng.service.comparing import compared_json
from dacheng.service.exporting import FORMATS, as_json, exported
from dacheng.service.identifying import with_ids
from dacheng.service.labels import DatabaseNames
from dacheng.service.questions import asked_day
from dacheng.service.report_jobs import IMMEDIATE_ROWS, is_long
from dacheng.service.reports import Answer, run_report

router = Router(tags=["reports"])

PAGE = ("offset", "limit")
FORMAT = "format"
HIDDEN = ("only", "page")
STANDPOINT_HELP = {
    "as_of": ("2026-06-30", "截至日，默认今天 · as-of day, default today"),
    "basis": ("then", "then 当时口径 · today 今日口径"),
    "compare": ("2026-03-31", "对比日，同样的行当时的值 · day to compare with"),
    "known_at": ("2026-07-03T10:00+08:00", "当时所知 · as known at a moment"),
    FORMAT: ("json", "json · csv · import.csv · xlsx"),
}
PAGE_HELP = {"offset": "跳过的行数 · rows to skip", "limit": "行数，默认全部 · rows, default all"}


class ReportParameter(Schema):
    """A parameter of a report: what it takes."""

    name: str
    kind: str = Field(description="ref, choice, period, day, flag or sort")
    label: str
    required: bool
    relation: str = Field("", description="of a ref: give a code or a name of it")
    choices: list[str] = []


class ReportInList(Schema):
    """A registered report."""

    name: str
    title: str
    help: str
    listed: bool = Field(description="false: it opens from a number of another one")
    parameters: list[ReportParameter]


class ReportCatalogue(Schema):
    """Every registered report."""

    rows: list[ReportInList]


class ReportColumn(Schema):
    """A column of a report."""

    name: str
    kind: str
    label: str
    help: str


class ReportNote(Schema):
    """What a reader must know: what was left out and why."""

    code: str
    text: str
    count: int


class Compared(Schema):
    """The values of the same rows on the compared day; null where a row was not there."""

    as_of: str
    rows: list[dict[str, str | None] | None]
    totals: dict[str, str | None]


class ReportAnswer(Schema):
    """A report: values are text at full precision, missing is null; a reference has `_name` and `_id` beside it."""

    as_of: str
    basis: str
    parameters: dict[str, str]
    report: str
    title: str
    columns: list[ReportColumn]
    rows: list[dict[str, str | None]]
    totals: dict[str, str | None]
    count: int
    notes: list[ReportNote]
    help: str
    compared: Compared | None = None


@operation(router, "GET", "/reports", ReportCatalogue, Text("全部报表", "List reports"), right=SEEN)
def list_reports(request: Call) -> ReportCatalogue:
    """Every report with the parameters it takes."""
    language = request.auth.language
    return ReportCatalogue(rows=[_in_list(one, language) for _, one in sorted(REPORTS.items())])


def answer_report(request: Call, name: str) -> Any:
    """Return a report from the standpoint and with the parameters of the address.

    Raises:
        FieldsRefused: parameters that the report does not take; it names them.
        RuleError: one is not understood.
    """
    report, given = report_named(name), request.GET.dict()
    _refuse_unknown(report, given)
    caller, compare_day = request.auth, asked_day(given.get("compare", ""))
    own = {key: value for key, value in given.items() if key not in (*STANDPOINT, FORMAT)}
    book, kind = caller.book(given), given.get(FORMAT, "json")
    if kind in FORMATS and kind != "json" and "limit" not in given and is_long(book, name, own):
        raise RuleError(
            Text(f"超过 {IMMEDIATE_ROWS:,} 行，不能当场给。", f"It has more than {IMMEDIATE_ROWS:,} rows."),
            Text("用 POST /api/v1/jobs/exports 在后台导出。", "Export in the background: POST /api/v1/jobs/exports."),
        )
    answer = run_report(name, own, book=book, names=DatabaseNames(), compare_day=compare_day)
    if kind not in FORMATS:
        raise RuleError(
            Text(f"没有格式 {kind}。", f"There is no format {kind}."),
            Text(f"可选：{'、'.join(FORMATS)}。", f"Choose one of: {', '.join(FORMATS)}."),
        )
    return _as_file(answer, kind, caller.language) if kind != "json" else _shown(answer, compare_day, caller.language)


def _shown(answer: Answer, compare_day: int | None, language: str) -> ReportAnswer:
    body = with_ids(as_json(answer, (), language), answer)
    if compare_day is not None:
        body["compared"] = {"as_of": date_of(compare_day).isoformat()} | compared_json(answer)
    return ReportAnswer(**body)


def _as_file(answer: Answer, kind: str, language: str) -> HttpResponse:
    response = HttpResponse(exported(answer, kind, columns=(), language=language), content_type=FORMATS[kind])
    name = f"{answer.report.name.replace('/', '-')}-{date_of(answer.book.as_of_day).isoformat()}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _refuse_unknown(report: Report, given: Mapping[str, str]) -> None:
    known = [*(one.name for one in _own(report)), *(PAGE if report.takes("page") else ()), *STANDPOINT, FORMAT]
    unknown = [name for name in given if name not in known]
    if unknown:
        reason = Text(f"没有这个参数；有：{'、'.join(known)}。", f"No such parameter; there are: {', '.join(known)}.")
        raise FieldsRefused([("query", name, reason) for name in unknown])


def _own(report: Report) -> list[Parameter]:
    return [one for one in report.parameters if one.kind.name not in HIDDEN]


def _in_list(report: Report, language: str) -> ReportInList:
    return ReportInList(
        name=report.name,
        title=report.title.in_language(language),
        help=report.help.in_language(language),
        listed=report.listed,
        parameters=[
            ReportParameter(
                name=one.name,
                kind=one.kind.name,
                label=one.label.in_language(language),
                required=one.required,
                relation=one.kind.ref,
                choices=_words(one),
            )
            for one in _own(report)
        ],
    )


def _words(parameter: Parameter) -> list[str]:
    words = [word for word, _ in parameter.kind.choices]
    return [*words, *(f"-{word}" for word in words)] if parameter.kind.name == "sort" else words


def _documented(report: Report) -> list[dict[str, Any]]:
    """Return the query parameters of a report as OpenAPI describes them."""
    text, whole = {"type": "string"}, {"type": "integer", "minimum": 0}
    listed = [_described(name, words, text) | {"example": seen} for name, (seen, words) in STANDPOINT_HELP.items()]
    if report.takes("page"):
        listed += [_described(name, words, whole) for name, words in PAGE_HELP.items()]
    return [*listed, *(_parameter(one) for one in _own(report))]


def _parameter(one: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if words := _words(one):
        schema["enum"] = words
    if one.kind.name == "flag":
        schema["enum"] = ["0", "1"]
    what = f"{one.label.zh} · {one.label.en}" + (f" ({one.kind.ref})" if one.kind.ref else "")
    return _described(one.name, what, schema) | {"required": one.required}


def _described(name: str, words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": words}


def register(router: Router, report: Report, at: str, name: str) -> None:
    """Add the operation of a report at an address; ``name`` is its operation id."""

    def view(request: Call) -> Any:
        return answer_report(request, report.name)

    view.__doc__ = f"{report.help.zh}\n\n{report.help.en}"
    more: dict[str, Any] = {"name": name, "open_query": True, "parameters": _documented(report)}
    operation(router, "GET", at, ReportAnswer, report.title, right=SEEN, **more)(view)


for _name, _report in sorted(REPORTS.items()):
    register(router, _report, f"/reports/{_name}", f"report_{_name.replace('/', '_')}")


@router.get("/reports/{area}/{noun}", include_in_schema=False)
def unknown_report(request: HttpRequest, area: str, noun: str) -> Any:
    """Answer for a report that does not exist: the names that do are listed."""
    report_named(f"{area}/{noun}")
