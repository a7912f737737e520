"""The reference page of mappings keeps step with what is read."""

from __future__ import annotations

import re
from pathlib import Path

from dacheng.core.schema import RELATIONS
from dacheng.exchange.mapping import NOT_IMPORTED, is_required, key_columns, typed_columns
from dacheng.exchange.mapping_file import read_mapping

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "mapping.md").read_text("utf-8")


def written(relation: str) -> list[tuple[str, bool]]:
    """Return (column, required) as the page lists them."""
    (row,) = re.findall(rf"^\| `{relation}` \|.*\| (.*) \|$", PAGE, re.M)
    return [(name, bool(star)) for name, star in re.findall(r"`(\w+)`(\\\*)?", row)]


def test_the_examples_are_sound_mappings():
    whole, part = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)

    assert read_mapping(whole, "mapping.md").relations == ("customers", "deals")
    assert read_mapping(f"mapping: x\nfiles:\n  - rows:\n{part}", "mapping.md").relations == ("deals",)


def test_every_relation_and_column_is_listed_with_what_is_required():
    expected = {
        name: {
            (column, is_required(one) or (one.name in key_columns(RELATIONS[name]) and one.default is None))
            for column, one in typed_columns(RELATIONS[name]).items()
        }
        for name in RELATIONS
        if name not in NOT_IMPORTED
    }

    assert {name: set(written(name)) for name in expected} == expected
