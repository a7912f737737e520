"""A mapping that speaks of its own won and lost stages means ours too (阶段的状态).

Whoever reads 「Closed Won」 as a stage of the company's own still means a closed opportunity:
a condition that names a won stage of the mapping holds for every won stage there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dacheng.core.deals.schema import STATES
from dacheng.exchange.mapping import Condition, FileRule, FromColumn, ImportMapping, RowRule
from dacheng.exchange.own_rows import Standpoint
from dacheng.exchange.texts import folded

Words = Mapping[int, frozenset[str]]
"""State -> folded codes and names of the stages that have it."""


def with_states(mapping: ImportMapping, standpoint: Standpoint) -> ImportMapping:
    """Return the mapping whose conditions on stages hold for the company's stages of the same state."""
    own = _own_words(mapping)
    there = _words([(one.state, (one.code, one.name)) for one in standpoint.stages])
    if not own or not there:
        return mapping
    return replace(mapping, files=tuple(_file(one, own, there) for one in mapping.files))


def _own_words(mapping: ImportMapping) -> Words:
    number = {code: at for at, code, _ in STATES}
    stages = [one.values for one in mapping.records if one.relation == "stages"]
    return _words([(number[one.get("state", "open")], (one["code"], one["name"])) for one in stages])


def _words(stages: Sequence[tuple[int, tuple[str, ...]]]) -> Words:
    words: dict[int, set[str]] = {}
    for state, texts in stages:
        words.setdefault(state, set()).update(folded(text) for text in texts if text)
    return {state: frozenset(texts) for state, texts in words.items()}


def _file(rule: FileRule, own: Words, there: Words) -> FileRule:
    return replace(rule, yields=tuple(_row(one, own, there) for one in rule.yields))


def _row(rule: RowRule, own: Words, there: Words) -> RowRule:
    if rule.relation != "deals":
        return rule
    stage = {origin.column for origin in _stages(rule)}
    steps = tuple(
        replace(step, when=tuple(_condition(one, own, there) if one.column in stage else one for one in step.when))
        for step in rule.steps
    )
    return replace(rule, steps=steps)


def _stages(rule: RowRule) -> list[FromColumn]:
    origins = [rule.values.get("stage_id"), *(step.values.get("stage_id") for step in rule.steps)]
    return [one for one in origins if isinstance(one, FromColumn)]


def _condition(condition: Condition, own: Words, there: Words) -> Condition:
    meant = {state for state, words in own.items() if words & condition.values}
    more = {word for state in meant for word in there.get(state, ())}
    return replace(condition, values=condition.values | more)
