"""Saved mappings: each save is a version that never changes, and the log tells who changed what."""

from __future__ import annotations

import json

import pytest

from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.store.actions.import_mappings import drop_mapping, save_mapping
from dacheng.store.models import LogEntry
from dacheng.store.queries.import_mappings import saved_mapping, saved_names, saved_versions
from tests.store.company import AT, actor


def saved(who="ops", name="台账", version=None, mapping="", tables=(), **words):
    aliases = {"阶段": words} if words else {}
    return save_mapping(
        actor=actor(who), at=AT, name=name, mapping=mapping, tables=tables, aliases=aliases, version=version
    )


def logged():
    return [
        (one.action, json.loads(one.detail))
        for one in LogEntry.objects.filter(action__startswith="mapping.").order_by("seq")
    ]


def test_each_save_is_a_version_and_the_last_one_reads(database):
    first, second = saved(谈着="需求确认"), saved(谈着="报价")

    assert (first, second) == (1, 2)
    assert saved_mapping("台账").aliases == {"阶段": {"谈着": "报价"}}
    assert saved_mapping("台账", 1).aliases == {"阶段": {"谈着": "需求确认"}}
    assert [one.version for one in saved_versions("台账")] == [2, 1]


def test_the_log_tells_which_words_and_tables_are_read_otherwise(database):
    saved(谈着="需求确认", 报价中="报价")
    saved(谈着="报价", 报价中="报价", tables=[{"label": "六月", "relation": "deals"}])
    drop_mapping(actor=actor("ops"), at=AT, name="台账")

    assert logged() == [
        ("mapping.saved", {"name": "台账", "version": 1, "words": "阶段: 谈着 → 需求确认；阶段: 报价中 → 报价"}),
        ("mapping.saved", {"name": "台账", "version": 2, "words": "阶段: 谈着 → 报价", "tables": "六月"}),
        ("mapping.dropped", {"name": "台账", "version": 3}),
    ]


def test_the_same_again_writes_nothing(database):
    saved(谈着="报价")

    assert saved(谈着="报价") == 1
    assert len(logged()) == 1


def test_a_save_over_a_version_that_is_not_the_last_is_refused(database):
    saved(version=0, 谈着="需求确认")

    with pytest.raises(Conflict):
        saved(version=0, 谈着="报价")
    assert saved(version=1, 谈着="报价") == 2


def test_a_dropped_mapping_reads_no_more_and_can_be_saved_again(database):
    saved(谈着="报价")
    drop_mapping(actor=actor("ops"), at=AT, name="台账")

    assert saved_mapping("台账") is None and saved_names() == []
    with pytest.raises(NotFound):
        drop_mapping(actor=actor("ops"), at=AT, name="台账")
    assert saved(version=0, 谈着="报价") == 3


@pytest.mark.parametrize("name", ["", "a/b", "x" * 61])
def test_a_name_that_no_address_could_hold_is_refused(database, name):
    with pytest.raises(RuleError):
        saved(name=name, 谈着="报价")


def test_only_who_imports_saves_and_drops(database):
    saved(谈着="报价")

    with pytest.raises(NotAllowed):
        saved("li", 谈着="需求确认")
    with pytest.raises(NotAllowed):
        drop_mapping(actor=actor("li"), at=AT, name="台账")
