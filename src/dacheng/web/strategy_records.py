"""Market facts, themes, goals, OGSM entries, factors and their figures in forms: created, edited, removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, not_allowed
from dacheng.core.errors import Conflict, DachengError, NotAllowed, NotFound
from dacheng.core.period import date_of
from dacheng.core.schema import RELATIONS
from dacheng.service.labels import DatabaseNames
from dacheng.service.settings import currency
from dacheng.service.strategy import offered, seen_record
from dacheng.store.actions import factors, goals, markets, ogsm
from dacheng.store.actions.recording import Saved
from dacheng.store.standing import Standing
from dacheng.web.asking import Asking, asking
from dacheng.web.fields import Wording, both_values
from dacheng.web.forms import said as sentence
from dacheng.web.links import report_url
from dacheng.web.plan_tabs import FACTOR_FIGURES
from dacheng.web.record_forms import RecordForm
from dacheng.web.standpoint import money_unit
from dacheng.web.toasts import say

Action = Callable[..., Saved]


@dataclass(frozen=True)
class Kind:
    """How a relation is edited.

    Args:
        names: columns of the form, in order; right: the action of the policy.
        lists: the report that lists them.
        corrected: columns of the form of one that stands; none = all of them. remove: what takes one away.
        of_plans: its pages stand below those of plans, else of strategy.
    """

    relation: str
    names: tuple[str, ...]
    right: str
    lists: str
    new: str | Promise
    edit: str | Promise
    create: Action
    change: Action
    corrected: tuple[str, ...] = ()
    remove: Callable[..., int] | None = None
    of_plans: bool = False


GOAL_NAMES = (
    "name", "unit_id", "person_id", "theme_id", "parent_id", "aim", "form", "metric", "product_id", "target_count",
    "target_amount", "target_bp", "start_ym", "due_ym", "horizon", "base_count", "base_amount", "reading_count",
    "reading_amount", "reading_bp", "source",
)  # fmt: skip
KINDS = {
    "market_facts": Kind(
        "market_facts",
        ("name", "unit_id", "year", "size", "growth_bp", "own_share_bp", "rivals_share_bp", "source", "sourced_day"),
        "market.edit",
        "strategy/market",
        gettext_lazy("新建市场数据"),
        gettext_lazy("修改市场数据"),
        markets.create_market_fact,
        markets.edit_market_fact,
    ),
    "themes": Kind(
        "themes",
        ("name", "unit_id", "year"),
        "goal.edit",
        "strategy/coverage",
        gettext_lazy("新建战略主题"),
        gettext_lazy("修改战略主题"),
        goals.create_theme,
        goals.edit_theme,
    ),
    "goals": Kind(
        "goals",
        GOAL_NAMES,
        "goal.edit",
        "strategy/goals",
        gettext_lazy("新建战略目标"),
        gettext_lazy("修改战略目标"),
        goals.create_goal,
        goals.edit_goal,
    ),
    "ogsm_nodes": Kind(
        "ogsm_nodes",
        ("kind", "name", "unit_id", "year", "parent_id", "goal_id", "person_id", "due_ym", "due_reason", "position"),
        "goal.edit",
        "strategy/ogsm",
        gettext_lazy("新建 OGSM 条目"),
        gettext_lazy("修改 OGSM 条目"),
        ogsm.create_ogsm_node,
        ogsm.edit_ogsm_node,
    ),
    "factors": Kind(
        "factors",
        ("name", "name_en", "code", "counted_in"),
        "factor.edit",
        FACTOR_FIGURES,
        gettext_lazy("新建分解因子"),
        gettext_lazy("修改分解因子"),
        factors.create_factor,
        factors.edit_factor,
        of_plans=True,
    ),
    "factor_figures": Kind(
        "factor_figures",
        ("factor_id", "unit_id", "person_id", "day", "value", "name"),
        "figure.record",
        FACTOR_FIGURES,
        gettext_lazy("填写因子的数"),
        gettext_lazy("改正因子的数"),
        factors.record_figure,
        factors.correct_figure,
        corrected=("value", "name"),
        remove=factors.remove_figures,
        of_plans=True,
    ),
}


@login_required
def new_record(request: HttpRequest, relation: str) -> HttpResponse:
    """Create a record of one of the kinds."""
    kind, asked = KINDS[relation], asking(request)
    if not asked.viewer.holds(*POLICY[kind.right]):
        raise not_allowed(kind.right)
    form = _form(request, asked, kind, None)

    def save() -> HttpResponse:
        saved = kind.create(actor=asked.viewer, at=asked.at, values=form.values())
        return redirect(_after(kind, saved.uid))

    return _page(request, kind, form, save, {"heading": kind.new, "submit": _("存好")})


@login_required
def edit_record(request: HttpRequest, relation: str, uid: UUID) -> HttpResponse:
    """Change one of them, or take it away; what changes holds from today on, of a figure from its day on."""
    kind, asked = KINDS[relation], asking(request)
    record = seen_record(relation, uid, asked.book)
    _refuse(asked, kind, record)
    form = _form(request, asked, kind, record)
    version = request.POST.get("version", "")

    def save() -> HttpResponse:
        number = int(version) if version.isdecimal() else 0
        if kind.remove and "remove" in request.POST:
            kind.remove(actor=asked.viewer, at=asked.at, uids=[uid])
            return redirect(report_url(kind.lists))
        kind.change(actor=asked.viewer, at=asked.at, uid=uid, values=form.values(), version=number)
        return redirect(_after(kind, uid))

    more: dict[str, Any] = {"heading": kind.edit, "scope": _called(relation, record), "submit": _("存好")}
    if relation == "ogsm_nodes":
        more |= _ogsm_steps(asked, record)
    if kind.remove:
        more |= {"more_submit": {"name": "remove", "label": _("删掉")}}
    if relation == "factor_figures":
        more["scope"] = _whose(record)
    return _page(request, kind, form, save, more | {"hidden": [("version", record.row["version"])]}, uid)


@login_required
def ogsm_step(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take an OGSM entry off its page, or hand it down to the page of a unit below."""
    asked = asking(request)
    record = seen_record("ogsm_nodes", uid, asked.book)
    _refuse(asked, KINDS["ogsm_nodes"], record)
    form = HandDownForm(request.POST or None, units=_units(asked))
    page: dict[str, Any] = {"heading": _("交给下级"), "scope": str(record.row["name"]), "submit": _("交给下级")}
    removing = "remove" in request.POST

    def save() -> HttpResponse:
        if removing:
            ogsm.end_ogsm_node(actor=asked.viewer, at=asked.at, uid=uid, version=None)
        else:
            unit = UUID(form.cleaned_data["unit"])
            ogsm.hand_down(actor=asked.viewer, at=asked.at, uid=uid, unit=unit)
        return redirect(report_url("strategy/ogsm"))

    page |= {"more_submit": {"name": "remove", "label": _("删掉这一条")}}
    if removing:
        form.fields["unit"].required = False
    return _page(request, KINDS["ogsm_nodes"], form, save, page, uid)


class HandDownForm(forms.Form):
    """To which unit an entry is handed."""

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ChoiceField(label=_("下级组织"), choices=units)


def wording_of(request: HttpRequest) -> Wording:
    """Return how values are written for the reader of a form."""
    return Wording({}, money_unit(request), currency(), get_language() or "zh-hans")


def strategy_crumbs(label: str, url: str = "") -> list[dict[str, str]]:
    """Return where the pages of strategy stand."""
    return [
        {"label": _("目标"), "url": reverse("web:targets")},
        {"label": _("战略"), "url": reverse("web:strategy")},
        {"label": label, "url": url},
    ]


def _crumbs_of_plans(label: str) -> list[dict[str, str]]:
    return [
        {"label": _("目标"), "url": reverse("web:targets")},
        {"label": _("目标方案"), "url": reverse("web:plans")},
        {"label": _("因子的数"), "url": report_url(FACTOR_FIGURES)},
        {"label": label, "url": ""},
    ]


def _called(relation: str, record: Standing) -> str:
    """Return the name of a record in the language of the reader."""
    name = DatabaseNames().names(relation, [record.record_id])[record.record_id]
    return name.in_language(get_language() or "zh-hans")


def _whose(record: Standing) -> str:
    """Say what a figure is of: its factor, unit and person, and the day it holds from."""
    language = get_language() or "zh-hans"
    refs = {"factors": "factor_id", "units": "unit_id", "people": "person_id"}
    names = DatabaseNames().names_of({name: [record.row[column]] for name, column in refs.items()})
    called = [one.in_language(language) for found in names.values() for one in found.values()]
    return _("，").join([*called, date_of(int(record.row["day"])).isoformat()])


def _form(request: HttpRequest, asked: Asking, kind: Kind, record: Standing | None) -> RecordForm:
    begun = {} if record else _begun(request, asked, kind)
    names = kind.corrected if record and kind.corrected else kind.names
    return RecordForm(
        request.POST or None,
        relation=RELATIONS[kind.relation],
        names=names,
        said=wording_of(request),
        offered=lambda relation, also: offered(asked.book, relation, also),
        record=record,
        begun=begun,
    )


def _begun(request: HttpRequest, asked: Asking, kind: Kind) -> Mapping[str, Any]:
    """Return what a new record begins with: the year, and what the address says."""
    book = asked.book
    given = {name: request.GET[name] for name in kind.names if request.GET.get(name)}
    year = {"year": book.rules.fiscal.year_of(book.months.ym_of(book.today))} if "year" in kind.names else {}
    return year | given


def _page(
    request: HttpRequest,
    kind: Kind,
    form: forms.Form,
    save: Callable[[], HttpResponse],
    page: dict[str, Any],
    uid: UUID | None = None,
) -> HttpResponse:
    """Show a form, or save it; what a rule refuses is said in it."""
    request.section = "targets"
    clash: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            response = save()
            say(request, _("已存。"))
            return response
        except (NotAllowed, NotFound):
            raise
        except Conflict as problem:
            form.add_error(None, sentence(problem))
            clash = both_values(request, RELATIONS[kind.relation], problem)
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    context = {
        "form": form,
        "clash": clash,
        "crumbs": _crumbs_of_plans(str(page["heading"])) if kind.of_plans else strategy_crumbs(str(page["heading"])),
        "cancel_url": _after(kind, uid) if uid else report_url(kind.lists),
    }
    status = 409 if clash else 422 if form.errors else 200
    return render(request, "forms/page.html", context | page, status=status)


def _refuse(asked: Asking, kind: Kind, record: Standing) -> None:
    """Refuse who sees a record and may not edit it."""
    if not asked.viewer.holds(*POLICY[kind.right]):
        raise not_allowed(kind.right)


def _after(kind: Kind, uid: UUID) -> str:
    return reverse("web:goal", args=[uid]) if kind.relation == "goals" else report_url(kind.lists)


def _units(asked: Asking) -> list[tuple[str, str]]:
    language = get_language() or "zh-hans"
    return [(one.uid, one.in_language(language)) for _number, one in offered(asked.book, "units")]


def _ogsm_steps(asked: Asking, record: Standing) -> dict[str, Any]:
    step = {"label": _("交给下级或删掉"), "url": reverse("web:ogsm-step", args=[record.uid])}
    return {"buttons": [step]}
