"""The defaults that ship, read from ``defaults/*.yaml``: rules, measures, factors, stages, categories of loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from dacheng.core.budget.banding import BANDS_RULE, read_bands
from dacheng.core.checklists.schema import KINDS, PARTS
from dacheng.core.checklists.starting import Item, Template, template_on
from dacheng.core.company import Frame
from dacheng.core.deals.schema import STATES
from dacheng.core.errors import Text
from dacheng.core.period import FAR_DAY, FIRST_DAY, day_of
from dacheng.core.rules import DatedRule, RuleKind
from dacheng.core.targets.schema import BASES
from dacheng.exchange.texts import folded

BP_OF_PERCENT = 100
RULE_FILES = ("rules.yaml", "setting_rules.yaml")


TABLES: Mapping[str, Callable[[str], object]] = {BANDS_RULE: read_bands}
"""Rules that hold a table written as text, and what reads it."""


@lru_cache(maxsize=1)
def default_rules() -> tuple[tuple[RuleKind, ...], tuple[DatedRule, ...]]:
    """Return what every rule means, and the values that ship."""
    listed = [one for name in RULE_FILES for one in _read(name)]
    kinds = tuple(
        RuleKind(
            name=one["name"],
            label=Text(**one["label"]),
            help=Text(**one["help"]),
            unit=Text(**one["unit"]),
            source=one["source"],
            lowest=one.get("range", (0, 0))[0],
            highest=one.get("range", (0, 0))[1],
            choices=tuple((code, Text(**label)) for code, label in one.get("choices", {}).items()),
            reads=TABLES.get(one["name"]),
        )
        for one in listed
    )
    values = tuple(
        DatedRule(one["name"], day_of(value["from"]), value["value"]) for one in listed for value in one["values"]
    )
    return kinds, values


def default_measures() -> Frame:
    """Return the measures 合同额, 毛利 and 回款 with the numbers that the core knows them by."""
    listed = _read("measures.yaml")
    basis = {code: number for number, code, _ in BASES}
    columns = {
        "measure_id": list(range(1, len(listed) + 1)),
        "basis": [basis[one["basis"]] for one in listed],
    }
    labels = {name: [one[name] for one in listed] for name in ("code", "name", "name_en")}
    return always(columns, labels)


def default_factors() -> Frame:
    """Return the factors 潜力, 历史 and 产能 with the numbers that the core knows them by."""
    listed = _read("factors.yaml")
    labels = {name: [one.get(name, "") for one in listed] for name in ("code", "name", "name_en", "counted_in")}
    return always({"factor_id": list(range(1, len(listed) + 1))}, labels)


WORDS = {"loss_reasons": "loss_words.yaml"}
"""Relation -> the table of what other systems call its records."""


@lru_cache(maxsize=8)
def words_of(relation: str) -> Mapping[str, str]:
    """Return what other systems call the records of a relation: folded text -> code; none for others."""
    listed: Mapping[str, Sequence[str]] = _read(WORDS[relation]) if relation in WORDS else {}
    return {folded(text): code for code, texts in listed.items() for text in texts}


def default_loss_reasons() -> Frame:
    """Return the categories of loss that a company starts with."""
    listed = _read("loss_reasons.yaml")
    numbers: list[int | None] = list(range(1, len(listed) + 1))
    columns: dict[str, list[int | None]] = {
        "loss_reason_id": numbers,
        "position": numbers,
        "offered": [1] * len(listed),
    }
    return always(columns, {name: [one[name] for one in listed] for name in ("code", "name", "name_en")})


def default_expense_categories() -> Frame:
    """Return the categories of expenses that a company starts with (R037)."""
    listed = _read("expense_categories.yaml")
    numbers: list[int | None] = list(range(1, len(listed) + 1))
    columns: dict[str, list[int | None]] = {
        "category_id": numbers,
        "position": numbers,
        "offered": [1] * len(listed),
    }
    return always(columns, {name: [one[name] for one in listed] for name in ("code", "name", "name_en")})


@lru_cache(maxsize=1)
def default_checklists() -> tuple[Template, ...]:
    """Return every edition of the checklists that ship (R051, R058, R059, R222)."""
    kinds = {code: number for number, code, _ in KINDS}
    parts = {code: number for number, code, _ in PARTS}
    return tuple(
        Template(
            kind=kinds[one["kind"]],
            from_day=day_of(one["from"]),
            source=one["source"],
            items=tuple(
                Item(parts[item["part"]], item["zh"], item["en"], item.get("after"), item.get("month"))
                for item in one["items"]
            ),
        )
        for one in _read("checklists.yaml")
    )


def default_templates() -> Frame:
    """Return the items of the checklists that ship, as a company starts with them: the latest edition of each."""
    kinds = {number: code for number, code, _ in KINDS}
    items = [
        (one.kind, at, item)
        for one in (template_on(default_checklists(), number, FAR_DAY) for number in kinds)
        for at, item in enumerate(one.items, 1)
    ]
    columns: dict[str, list[int | None]] = {
        "template_item_id": list(range(1, len(items) + 1)),
        "kind": [kind for kind, _, _ in items],
        "part": [one.part for _, _, one in items],
        "position": [at for _, at, _ in items],
        "after_days": [one.after_days for _, _, one in items],
        "month": [one.month for _, _, one in items],
        "required": [0] * len(items),
        "offered": [1] * len(items),
    }
    codes = [f"{kinds[kind]}-{at}" for kind, at, _ in items]
    names, english = ([getattr(one, name) for _, _, one in items] for name in ("name", "name_en"))
    return always(columns, {"code": codes, "name": names, "name_en": english})


def default_stages() -> tuple[Frame, Frame]:
    """Return the stage set and its stages."""
    found = _read("stages.yaml")
    stages = found["stages"]
    state = {code: number for number, code, _ in STATES}
    numbers: list[int | None] = list(range(1, len(stages) + 1))
    columns: dict[str, list[int | None]] = {
        "stage_id": numbers,
        "set_id": [1] * len(stages),
        "position": numbers,
        "state": [state[one["state"]] for one in stages],
        "weight_bp": [_bp(one["win"]) for one in stages],
        "baseline_bp": [_bp(one["baseline"]) if "baseline" in one else None for one in stages],
        "benchmark_days": [one.get("days") for one in stages],
    }
    sets = always({"set_id": [1]}, {"code": [found["code"]], "name": [found["name"]]})
    return sets, always(columns, {name: [one[name] for one in stages] for name in ("code", "name")})


def _bp(percent: str) -> int:
    return int(percent.rstrip("%")) * BP_OF_PERCENT


def always(columns: Mapping[str, Sequence[int | None]], labels: dict[str, list[str]]) -> Frame:
    """Return a frame whose rows hold from the beginning, for ever."""
    rows = len(next(iter(columns.values())))
    return Frame({**columns, "from_day": [FIRST_DAY] * rows, "to_day": [FAR_DAY] * rows}, labels)


def _read(name: str) -> Any:
    return yaml.safe_load((files("dacheng") / "defaults" / name).read_text(encoding="utf-8"))
