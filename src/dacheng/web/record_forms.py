"""A form made from the description of a relation: fields by kind, initial values of a record, values for an action."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from dacheng.core.checking import LONGEST_TEXT, range_of
from dacheng.core.money import percent
from dacheng.core.relation import Column, Relation
from dacheng.service.entering import entered
from dacheng.service.names import Name
from dacheng.store.standing import Standing
from dacheng.web.fields import Wording
from dacheng.web.forms import BLANK, DayField, MoneyField, MonthField, read

Offered = Callable[[str, Sequence[int | None]], Sequence[tuple[int, Name]]]
"""What a field may refer to: relation, and the ids that stand in it already -> (number, name)."""


class PercentField(forms.Field):
    """A share in basis points, typed in percent."""

    def __init__(self, relation: str, column: str, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})
        super().__init__(widget=widget, **kwargs)
        self.place = relation, column

    def to_python(self, value: Any) -> int | None:
        """Return what was typed, for example 30% or 12.5."""
        text = str(value or "").strip()
        return read(lambda typed: entered(*self.place, typed), text) if text else None

    def prepare_value(self, value: Any) -> Any:
        """Return a share as it is typed."""
        return percent(value) if isinstance(value, int) else value


class RecordForm(forms.Form):
    """Some columns of a relation.

    Args:
        record: what stands in them; None = a new one, which begins with ``begun`` (public ids of references).
    """

    def __init__(
        self,
        *args: Any,
        relation: Relation,
        names: Sequence[str],
        said: Wording,
        offered: Offered,
        record: Standing | None = None,
        begun: Mapping[str, Any] | None = None,
    ) -> None:
        self.columns = {name: relation.column(name) for name in names}
        row = record.row if record else {}
        initial = {**(begun or {}), **{name: value for name, value in row.items() if name in self.columns}}
        choices = {
            name: offered(column.ref, [row.get(name)]) for name, column in self.columns.items() if column.kind == "ref"
        }
        super().__init__(*args, initial=_initial(self.columns, initial, choices, row))
        for name, column in self.columns.items():
            options = [(one.uid, one.in_language(said.language)) for _number, one in choices.get(name, ())]
            self.fields[name] = _field(relation, column, said, options)

    def values(self) -> dict[str, Any]:
        """Return what was typed, as an action takes it."""
        return {name: _value(column, self.cleaned_data[name]) for name, column in self.columns.items()}


def _initial(
    columns: Mapping[str, Column],
    given: Mapping[str, Any],
    choices: Mapping[str, Sequence[tuple[int, Name]]],
    row: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what fields begin with: choices by code, references by public id."""
    found = dict(given)
    for name, column in columns.items():
        value = row.get(name)
        if column.kind == "choice" and isinstance(found.get(name), int):
            found[name] = next((code for number, code, _ in column.choices if number == found[name]), "")
        elif column.kind == "ref" and name in row:
            found[name] = _uid(choices[name], value)
    return found


def _uid(names: Sequence[tuple[int, Name]], number: Any) -> str:
    """Return the public id of a number among the names that were read with it."""
    return next((one.uid for known, one in names if known == number), "")


def _field(relation: Relation, column: Column, said: Wording, options: list[tuple[str, str]]) -> forms.Field:
    required = column.default is None and not column.nullable
    more: dict[str, Any] = {
        "label": said.label(column),
        "required": required,
        "help_text": column.help.in_language(said.language),
    }
    if column.kind == "ref":
        return forms.ChoiceField(choices=[BLANK, *options], **more)
    if column.kind == "choice":
        codes = [(code, label.in_language(said.language)) for _number, code, label in column.choices]
        return forms.ChoiceField(choices=[*([] if _filled(column) else [BLANK]), *codes], **more)
    if column.kind == "flag":
        return forms.BooleanField(**(more | {"required": False}))
    if column.name == "foreign_amount":
        return foreign_field(column, said.language)
    if column.kind == "money":
        return MoneyField(said.unit, **more)
    if column.kind == "bp":
        return PercentField(relation.name, column.name, **more)
    if column.kind == "ym":
        return MonthField(**more)
    if column.kind == "day":
        return DayField(**more)
    if column.kind == "count":
        lowest, highest = range_of(column)
        return forms.IntegerField(min_value=lowest, max_value=highest, **more)
    return forms.CharField(max_length=LONGEST_TEXT, **more)


def foreign_field(column: Column, language: str) -> MoneyField:
    """Return a field for an amount in another currency, which no unit of the page applies to."""
    help_text = _("按原币填，例如 100000；不随页面的金额单位。")
    return MoneyField("yuan", label=column.label.in_language(language), required=False, help_text=help_text)


def _filled(column: Column) -> bool:
    return not column.nullable and column.default is not None


def _value(column: Column, value: Any) -> Any:
    if column.kind == "choice":
        return next((number for number, code, _ in column.choices if code == value), None)
    if column.kind == "ref":
        return value or ""
    if column.kind == "flag":
        return int(value)
    if value is None and _filled(column):  # left blank: what holds where nothing is said
        return column.default
    return value
