"""``dacheng mappings``: saved from a file, listed, shown in any version, dropped."""

from __future__ import annotations

import json

import pytest

from dacheng.cli import mappings
from tests.store.company import load

YAML = "mapping: ours\nfiles:\n  - rows:\n      - relation: customers\n        set: {code: 号, name: 名}\n"


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database with the small company."""
    load()
    return terminal(mappings)


def test_a_mapping_is_saved_listed_shown_and_dropped(dacheng, tmp_path):
    (tmp_path / "ours.yaml").write_text(YAML, "utf-8")
    (tmp_path / "words.json").write_text(json.dumps({"aliases": {"阶段": {"谈着": "报价"}}}), "utf-8")

    first, second = (dacheng("mappings", "save", "台账", tmp_path / one) for one in ("ours.yaml", "words.json"))

    assert [one.stdout.strip() for one in (first, second)] == ["1", "2"]
    assert dacheng("mappings").stdout.split("\t")[:2] == ["台账", "2"]
    assert dacheng("mappings", "show", "台账", "--version", 1).stdout.strip() == YAML.strip()
    assert json.loads(dacheng("mappings", "show", "台账").stdout)["aliases"] == {"阶段": {"谈着": "报价"}}
    dacheng("mappings", "drop", "台账")
    assert dacheng("mappings").stdout == ""
    assert "dropped" in dacheng("mappings", "history", "台账").stdout.splitlines()[0]


def test_a_mapping_with_mistakes_is_not_saved_and_the_line_is_named(dacheng, tmp_path):
    (tmp_path / "bad.yaml").write_text("mapping: ours\nfiles: []\nnonsense: 1\n", "utf-8")

    refused = dacheng("mappings", "save", "台账", tmp_path / "bad.yaml")

    assert refused.exit_code == 1
    assert dacheng("mappings").stdout == ""
