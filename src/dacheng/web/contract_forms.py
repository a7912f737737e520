"""The form of a contract: what it says of itself, and as many lines as it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.book import Book
from dacheng.core.contracts.schema import AMENDMENT, CONTRACT_LINES, CONTRACTS, KINDS, NORMAL
from dacheng.core.currency import CURRENCIES, OWN
from dacheng.core.errors import DachengError
from dacheng.service.choices import offered_names
from dacheng.service.contracts import ContractView, Line, changed_called, deal_called, framework_called
from dacheng.service.settings import currency
from dacheng.store.standing import Standing
from dacheng.web.asking import Asking
from dacheng.web.fields import Wording, wording
from dacheng.web.forms import BLANK, DayField, MoneyField
from dacheng.web.forms import said as sentence
from dacheng.web.record_forms import PercentField, foreign_field
from dacheng.web.standpoint import money_unit

FIRST_ROWS, MORE_ROWS = 3, 3
PREFIX = "lines"
MOST_LINES = 200
REFERENCES = ("owner_id", "customer_id")
NUMBERED = {"deal": "deal_id", "framework": "framework_id", "amends": "amends_id"}
"""Fields that take a number -> the column whose record has it."""


@dataclass
class ContractForms:
    """The contract's own form and that of its lines.

    Args:
        more: the person asked for more rows, nothing is saved.
    """

    head: forms.Form
    rows: BaseFormSet
    is_sent: bool
    more: bool
    version: int
    clash: Sequence[Mapping[str, str]] = field(default_factory=list)

    def is_valid(self) -> bool:
        """Tell whether everything could be read."""
        return not self.more and all((self.head.is_valid(), self.rows.is_valid()))

    def values(self, book: Book) -> dict[str, Any]:
        """Return what was filled in, the deal as its public id."""
        given = dict(self.head.cleaned_data)
        framework = framework_called(given.pop("framework"), book)
        deal = deal_called(given.pop("deal"), book)
        changed = changed_called(given.pop("amends"), book)
        referred = {"deal_id": _uid(deal), "framework_id": _uid(framework), "amends_id": _uid(changed)}
        return given | referred | {"term_months": given["term_months"] or 0}

    def changed_values(self, book: Book) -> dict[str, Any]:
        """Return only what differs from what the person saw; the stated sum is always looked at."""
        names = {NUMBERED.get(name, name) for name in self.head.changed_data}
        return {name: value for name, value in self.values(book).items() if name in names}

    def lines(self) -> list[Line]:
        """Return the lines that hold anything, in their order."""
        given = [one.cleaned_data for one in self.rows.forms if _is_filled(getattr(one, "cleaned_data", {}))]
        return [
            Line(
                amount=one["amount"],
                product=UUID(one["product"]) if one["product"] else None,
                amount_ex=one["amount_ex"],
                cost=one.get("cost"),
                code=one["code"],
                tax_bp=one["tax_bp"],
            )
            for one in given
        ]

    @property
    def lines_changed(self) -> bool:
        """Tell whether a line differs from what the person saw."""
        return self.rows.has_changed()

    def refuse(self, problem: DachengError) -> None:
        """Say in the form why it was not saved."""
        self.head.add_error(None, sentence(problem))

    @property
    def status(self) -> int:
        """Return the HTTP status of the form as it stands."""
        wrong = self.is_sent and not self.more and (self.head.errors or any(self.rows.errors))
        return 422 if wrong else 200

    def context(self) -> dict[str, Any]:
        """Return the context of contracts/form.html."""
        return {"form": self.head, "rows": self.rows}


def of_deal(request: HttpRequest, asked: Asking, deal_text: str) -> ContractForms:
    """Return the form of a new contract, begun with what a deal says."""
    deal = deal_called(deal_text, asked.book)
    said = _wording(request)
    options = _Options.of(asked.book, said.language, deal)
    initial: dict[str, Any] = {"signed_day": asked.book.today, "effective_day": asked.book.today}
    lines: list[dict[str, Any]] = []
    if deal:
        initial |= {name: options.uid(name, deal.row[name]) for name in REFERENCES}
        initial |= {"deal": deal.row["code"], "name": deal.row["name"]}
        lines = [{"product": options.uid("product_id", deal.row["product_id"]), "amount": deal.row["amount"]}]
    else:
        initial["owner_id"] = options.uid("owner_id", asked.viewer.person_id)
    return _forms(request, said, options, initial, lines, sees_cost="money-private" in asked.book.scope.classes)


def of_change(request: HttpRequest, asked: Asking, changed_text: str) -> ContractForms:
    """Return the form of a contract that changes another one, begun with what that one says."""
    base = changed_called(changed_text, asked.book)
    said = _wording(request)
    options = _Options.of(asked.book, said.language, base)
    initial: dict[str, Any] = {"signed_day": asked.book.today, "effective_day": asked.book.today, "kind": AMENDMENT}
    if base:
        initial |= {name: options.uid(name, base.row[name]) for name in REFERENCES}
        initial |= {"amends": base.row["code"], "name": base.row["name"], "currency": base.row["currency"]}
    return _forms(request, said, options, initial, [], sees_cost="money-private" in asked.book.scope.classes)


def of_contract(request: HttpRequest, asked: Asking, view: ContractView) -> ContractForms:
    """Return the form of a contract that stands."""
    said = wording(request, view.names)
    options = _Options.of(asked.book, said.language, None, view)
    deal = view.names.get("deals", {}).get(view.row["deal_id"] or 0)
    framework = view.names.get("contracts", {}).get(view.row["framework_id"] or 0)
    plain = ("code", "name", "signed_day", "effective_day", "executable_day", "kind", "currency", "foreign_amount")
    initial = {name: view.row[name] for name in plain}
    initial |= {name: options.uid(name, view.row[name]) for name in REFERENCES}
    changed = view.names.get("contracts", {}).get(view.row["amends_id"] or 0)
    initial |= {"deal": deal.code if deal else "", "framework": framework.code if framework else ""}
    initial |= {"amends": changed.code if changed else ""}
    initial |= {"term_months": view.row["term_months"] or None}
    lines = [
        {
            "code": one.code,
            "product": options.uid("product_id", one.product_id),
            "amount": one.amount,
            "tax_bp": one.tax_bp,
            "amount_ex": one.amount_ex,
            "cost": one.cost,
        }
        for one in view.lines
    ]
    forms = _forms(request, said, options, initial, lines, sees_cost=view.sees_cost)
    forms.head.fields["code"].help_text = ""
    forms.head.fields["code"].required = True
    return forms


class HeadForm(forms.Form):
    """What a contract says of itself."""

    def __init__(self, *args: Any, said: Wording, options: _Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

        def label(name: str) -> str:
            return said.label(CONTRACTS.column(name))

        self.fields["deal"] = forms.CharField(
            label=label("deal_id"), required=False, max_length=100, help_text=_("商机号。客户和负责人不填就用商机的。")
        )
        self.fields["name"] = forms.CharField(label=label("name"), required=False, max_length=300)
        self.fields["code"] = forms.CharField(
            label=label("code"), required=False, max_length=100, help_text=_("不填就自动编一个。")
        )
        for name in ("customer_id", "owner_id"):
            self.fields[name] = forms.ChoiceField(label=label(name), required=False, choices=options.listed(name))
        kinds = [(str(number), one.in_language(said.language)) for number, _code, one in KINDS]
        self.fields["kind"] = forms.TypedChoiceField(
            label=label("kind"),
            choices=kinds,
            coerce=int,
            required=False,
            empty_value=NORMAL,
            help_text=_("框架合同不算订货，下单才算。"),
        )
        self.fields["framework"] = forms.CharField(
            label=label("framework_id"),
            required=False,
            max_length=100,
            help_text=_("下单、变更或冲减所属的框架合同号。"),
        )
        self.fields["amends"] = forms.CharField(
            label=label("amends_id"),
            required=False,
            max_length=100,
            help_text=_("变更、冲减或取消的合同号。客户和负责人不填就用它的。"),
        )
        self.fields["term_months"] = forms.IntegerField(
            label=label("term_months"),
            required=False,
            min_value=0,
            max_value=600,
            help_text=_("多年期合同填月数，按它算年化金额。"),
        )
        self.fields["signed_day"] = DayField(label=label("signed_day"))
        self.fields["effective_day"] = DayField(label=label("effective_day"), help_text=_("业绩按这一天计。"))
        self.fields["executable_day"] = DayField(
            label=label("executable_day"), required=False, help_text=_("条件齐备才可执行时填；空 = 生效日起可执行。")
        )
        self.fields |= _amounts(said)
        _remember(self)


def _amounts(said: Wording) -> dict[str, forms.Field]:
    """Return the fields of what a contract comes to, in the company's own and in its currency."""

    def label(name: str) -> str:
        return said.label(CONTRACTS.column(name))

    currencies = [(str(number), one.in_language(said.language)) for number, _code, one in CURRENCIES]
    return {
        "amount": MoneyField(
            said.unit, label=label("amount"), required=False, help_text=_("用来核对：填了就必须等于各行之和。")
        ),
        "currency": forms.TypedChoiceField(
            label=label("currency"),
            choices=currencies,
            coerce=int,
            required=False,
            empty_value=OWN,
            help_text=_("外币合同：各行填入账的本位币金额，原币金额另填。"),
        ),
        "foreign_amount": foreign_field(CONTRACTS.column("foreign_amount"), said.language),
    }


class LineForm(forms.Form):
    """One line of a contract; a line without an amount is none."""

    def __init__(self, *args: Any, said: Wording, options: _Options, sees_cost: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.fields["product"] = forms.ChoiceField(required=False, choices=options.listed("product_id"))
        self.fields["amount"] = MoneyField(said.unit, required=False)
        self.fields["tax_bp"] = PercentField("contract_lines", "tax_bp", required=False)
        for name in ("amount_ex", *(["cost"] if sees_cost else [])):
            self.fields[name] = MoneyField(said.unit, required=False)
        for name, one in self.fields.items():
            column = CONTRACT_LINES.column({"product": "product_id"}.get(name, name))
            one.label = said.label(column)
            number = int(str(self.prefix).rpartition("-")[2] or 0) + 1 if str(self.prefix)[-1:].isdigit() else 1
            label = _("第 %(number)s 行%(column)s") % {"number": number, "column": one.label}
            one.widget.attrs["aria-label"] = label
        _remember(self)

    def clean(self) -> dict[str, Any]:
        """Refuse a line that says something but not how much."""
        given = super().clean() or {}
        if _is_filled(given) and given.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("填含税金额，或清空这一行。"))
        return given


@dataclass(frozen=True)
class _Options:
    """The lists of the form: column -> (public id, name), and public ids of ids."""

    lists: Mapping[str, list[tuple[str, str]]]
    uids: Mapping[str, Mapping[int, str]]

    @classmethod
    def of(cls, book: Book, language: str, begun: Standing | None, view: ContractView | None = None) -> _Options:
        """Return the lists, with what stands in the record even where it is offered no more.

        Args:
            begun: the deal or contract that a new one begins with.
        """
        row = view.row if view else begun.row if begun else {}
        columns = {"owner_id": "people", "customer_id": "customers", "product_id": "products"}
        also = {relation: [row.get(name)] for name, relation in columns.items()}
        also["products"] += [one.product_id for one in view.lines] if view else []
        found = offered_names(book, also)
        lists = {
            name: [(one.uid, one.in_language(language)) for one in found[relation].values()]
            for name, relation in columns.items()
        }
        uids = {name: {at: one.uid for at, one in found[relation].items()} for name, relation in columns.items()}
        return cls(lists, uids)

    def listed(self, name: str) -> list[tuple[str, str]]:
        """Return the list of a column, a blank first."""
        return [BLANK, *self.lists[name]]

    def uid(self, name: str, record_id: int | None) -> str:
        """Return the public id of what a column refers to."""
        return self.uids[name].get(record_id or 0, "")


def _forms(
    request: HttpRequest,
    said: Wording,
    options: _Options,
    initial: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    *,
    sees_cost: bool,
) -> ContractForms:
    sent, more = request.method == "POST", "more" in request.POST
    given = request.POST.copy() if sent else None
    total = f"{PREFIX}-TOTAL_FORMS"
    if given is not None and more and given.get(total, "").isdecimal():
        given[total] = str(min(int(given[total]) + MORE_ROWS, MOST_LINES))
    head = HeadForm(given, initial=dict(initial), said=said, options=options)
    blank = max(FIRST_ROWS - len(lines), 1)
    line_forms = formset_factory(LineForm, extra=blank, max_num=MOST_LINES, absolute_max=MOST_LINES)
    keywords = {"said": said, "options": options, "sees_cost": sees_cost}
    rows = line_forms(given, initial=[dict(one) for one in lines], prefix=PREFIX, form_kwargs=keywords)
    version = request.POST.get("version", "")
    return ContractForms(head, rows, sent, more, int(version) if version.isdecimal() else 0)


def _remember(form: forms.Form) -> None:
    """Let every field carry what the person saw, so that only his own changes are saved."""
    for one in form.fields.values():
        one.show_hidden_initial = True


def _is_filled(line: Mapping[str, Any]) -> bool:
    """Tell whether a line says anything; its own number alone does not."""
    return any(line.get(name) not in (None, "") for name in ("product", "amount", "tax_bp", "amount_ex", "cost"))


def _wording(request: HttpRequest) -> Wording:
    return Wording({}, money_unit(request), currency(), get_language() or "zh-hans")


def _uid(record: Standing | None) -> UUID | None:
    return record.uid if record else None
