"""Sharing an opportunity (业绩分成): who has how much from which day on, with what that comes to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import not_allowed
from dacheng.core.deals.schema import DEAL_SPLITS
from dacheng.core.errors import Conflict, DachengError, RuleError, Text
from dacheng.service.choices import offered
from dacheng.service.deals import DealView, deal_view
from dacheng.service.entering import entered
from dacheng.service.labels import DatabaseNames
from dacheng.service.splitting import credits_if, credits_on, partner_called, split_deal
from dacheng.web.asking import Asking, asking
from dacheng.web.credit_panel import parts_shown, unit_of_parts
from dacheng.web.deals import called, scope_of
from dacheng.web.fields import Wording, wording
from dacheng.web.forms import DayField, read
from dacheng.web.forms import said as sentence
from dacheng.web.undoing import say_saved

ROWS = 4
"""Partners that the form has room for beside those who stand in it."""


class PercentField(forms.Field):
    """A share in basis points, typed as a percentage: 40, 33.33 or 12.5%."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off", "size": "7"})
        super().__init__(widget=widget, required=False, **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Return the basis points that were typed; None for a blank."""
        return (
            read(lambda text: entered("deal_splits", "share_bp", text), str(value))
            if str(value or "").strip()
            else None
        )

    def prepare_value(self, value: Any) -> Any:
        """Return a share as it is typed."""
        return f"{value / 100:g}" if isinstance(value, int) else value


class SplitForm(forms.Form):
    """The partners of an opportunity with their shares, and from which day on."""

    def __init__(self, *args: Any, rows: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        person, share = (DEAL_SPLITS.column(one).label.in_language(language) for one in ("person_id", "share_bp"))
        self.rows = range(1, rows + 1)
        for row in self.rows:
            named = {"aria-label": f"{person} {row}", "list": "people", "autocomplete": "off"}
            widget = forms.TextInput(attrs=named | {"placeholder": _("工号或姓名")})
            self.fields[f"person_{row}"] = forms.CharField(label=person, required=False, max_length=100, widget=widget)
            self.fields[f"share_{row}"] = PercentField(label=f"{share} %")
            self.fields[f"share_{row}"].widget.attrs["aria-label"] = f"{share} {row} %"
        self.fields["on"] = DayField(label=_("从哪天起"))

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the fields of each row: who, and how much."""
        return [(self[f"person_{row}"], self[f"share_{row}"]) for row in self.rows]

    def shares(self) -> list[tuple[UUID, int]]:
        """Return (person, basis points) of each row that is filled in.

        Raises:
            RuleError: a row has a person without a share or the other way round, or nobody is called so.
        """
        given = [(self.cleaned_data.get(f"person_{row}"), self.cleaned_data.get(f"share_{row}")) for row in self.rows]
        filled = [(str(person or "").strip(), share) for person, share in given if person or share is not None]
        if any(not person or share is None for person, share in filled):
            raise RuleError(
                Text("有一行只写了人或只写了比例。", "A row has a person without a share, or a share without one."),
                Text("两样都写，或把这一行清空。", "Fill in both, or clear the row."),
            )
        return [(partner_called(person), int(share or 0)) for person, share in filled]


@login_required
def split_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Share an opportunity from a day on."""
    asked, view, form = _asked(request, uid)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            version = request.POST.get("version", "")
            seen = int(version) if version.isdecimal() else 0
            on = form.cleaned_data["on"]
            split_deal(actor=asked.viewer, at=asked.at, uid=uid, shares=form.shares(), version=seen, on=on)
            say_saved(request, asked.viewer, asked.at)
            return redirect("web:deal", uid=uid)
        except Conflict as problem:
            form.add_error(None, sentence(problem))
            status = 409
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    said = wording(request, view.names)
    request.section = "deals"
    context = _frame(said, view) | {"form": form, "version": view.version}
    context |= {"people": offered(asked.book, "people"), "language": said.language}
    context |= _figures(asked, view, form, said)
    return render(request, "deals/split.html", context, status=422 if form.errors and status == 200 else status)


@login_required
@require_POST
def split_figures(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what the shares that stand in the form come to."""
    asked, view, form = _asked(request, uid)
    form.is_valid()
    return render(request, "deals/credits.html", _figures(asked, view, form, wording(request, view.names)))


def _asked(request: HttpRequest, uid: UUID) -> tuple[Asking, DealView, SplitForm]:
    asked = asking(request)
    view = deal_view(asked.viewer, uid, asked.book)
    if "deal.reassign" not in view.rights:
        raise not_allowed("deal.reassign")
    partners = [one for one in credits_on(uid, asked.book.today) if not one.owner]
    names = DatabaseNames().names("people", {one.person_id for one in partners})
    initial: dict[str, Any] = {"on": asked.book.today}
    for row, one in enumerate(partners, 1):
        initial |= {f"person_{row}": names[one.person_id].code, f"share_{row}": one.share_bp}
    return asked, view, SplitForm(request.POST or None, initial=initial, rows=len(partners) + ROWS)


def _figures(asked: Asking, view: DealView, form: SplitForm, said: Wording) -> dict[str, Any]:
    """Return what the shares of a form come to, or why they cannot be."""
    today = asked.book.today
    try:
        if form.is_bound and not form.errors:
            found = credits_if(view.uid, min(form.cleaned_data["on"], today), form.shares())
        else:
            found = credits_on(view.uid, today)
    except DachengError as problem:
        return {"refused": sentence(problem)}
    return {"credits": parts_shown(said, found), "credits_unit": unit_of_parts(said)}


def _frame(said: Wording, view: DealView) -> dict[str, Any]:
    url = reverse("web:deal", args=[view.uid])
    return {
        "heading": _("业绩分成"),
        "scope": _("%(deal)s，%(scope)s") % {"deal": called(view), "scope": scope_of(said, view)},
        "crumbs": [
            {"label": _("商机"), "url": reverse("web:deals")},
            {"label": called(view), "url": url},
            {"label": _("业绩分成"), "url": ""},
        ],
        "cancel_url": url,
        "figures_url": reverse("web:deal-split-figures", args=[view.uid]),
    }
