"""Form fields that read what people write: days, amounts in the page's unit, choices by public id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.errors import DachengError
from dacheng.core.money import percent
from dacheng.core.period import FAR_DAY, date_of, ym_text
from dacheng.service.entering import entered, entered_money
from dacheng.service.questions import parsed_day
from dacheng.service.wire import month_of
from dacheng.web import figures

BLANK = ("", figures.MISSING)


class DayField(forms.Field):
    """A day as days since 1970-01-01."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}), **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Return the day of an ISO date; None for a blank."""
        text = str(value or "").strip()
        return read(parsed_day, text) if text else None

    def prepare_value(self, value: Any) -> Any:
        """Return the ISO date of a day."""
        return date_of(value).isoformat() if isinstance(value, int) else value


def day_after(last: int | None) -> int:
    """Return the day after the last one of a form; without one it never comes."""
    return FAR_DAY if last is None else last + 1


class MonthField(forms.Field):
    """A month as year and month; its value is the month number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-07"}), **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Return what was typed, 2026-07."""
        text = str(value or "").strip()
        return read(month_of, text) if text else None

    def prepare_value(self, value: Any) -> Any:
        """Return a month as it is typed."""
        return ym_text(value) if isinstance(value, int) else value


class MoneyField(forms.Field):
    """An amount in minor units; a bare number counts in the page's unit.

    Args:
        unit: yuan, wan or yi.
    """

    def __init__(self, unit: figures.Unit, **kwargs: Any) -> None:
        self.unit = unit
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Return what was typed, for example 1200, 1.2万 or 12,000元."""
        text = str(value or "").strip()
        return read(lambda typed: entered_money(typed, self.unit), text) if text else None

    def prepare_value(self, value: Any) -> Any:
        """Return an amount as it is typed."""
        return figures.exact(value, self.unit) if isinstance(value, int) else value


class ShareField(forms.Field):
    """A share of full time in basis points, typed in percent."""

    column = ("people", "fte_bp")

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Return what was typed, for example 50% or 50."""
        text = str(value or "").strip()
        return read(lambda typed: entered(*self.column, typed), text) if text else None

    def prepare_value(self, value: Any) -> Any:
        """Return a share as it is typed."""
        return percent(value) if isinstance(value, int) else value


class FitField(ShareField):
    """What the weight of a row of a plan is multiplied by, in basis points, typed in percent."""

    column = ("plan_terms", "fit_bp")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether another factor was typed; 95 and 95% are the same."""
        return super().has_changed(self.prepare_value(initial), data) and super().has_changed(initial, data)


def read(reader: Any, text: str) -> Any:
    """Return what a reader makes of a text; what it refuses becomes the field's own error."""
    try:
        return reader(text)
    except DachengError as problem:
        raise ValidationError(said(problem)) from None


def said(problem: DachengError) -> str:
    """Return an expected error as a sentence in the reader's language."""
    return problem.sentence(get_language() or "zh-hans")


def chosen(
    label: str, options: Iterable[tuple[str, str]], *, required: bool = True, **kwargs: Any
) -> forms.ChoiceField:
    """Return a field that offers a list; a blank stands first, so that nothing is chosen by accident."""
    return forms.ChoiceField(label=label, choices=[BLANK, *options], required=required, **kwargs)


def reason(label: str = "", *, required: bool = True, **kwargs: Any) -> forms.CharField:
    """Return a field for a sentence."""
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label or _("原因"), max_length=300, required=required, widget=widget, **kwargs)
