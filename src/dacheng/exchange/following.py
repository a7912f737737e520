"""Derived columns of budgets that a folder leaves out: the unit of a budget's own, the posted day (补全)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dacheng.core.company import Frame


def budgets_followed(frames: Mapping[str, Frame]) -> dict[str, Frame]:
    """Return the frames with lines, months and releases at the unit of their budget, and expenses posted on their day.

    What is given stays as it is.
    """
    unit = _numbers(frames["budgets"], "budget_id", "unit_id")
    lines = _with(frames["budget_lines"], "unit_id", "budget_id", unit)
    of_line = _numbers(lines, "line_id", "unit_id")
    return {
        "budget_lines": lines,
        "budget_cells": _with(frames["budget_cells"], "unit_id", "line_id", of_line),
        "releases": _with(frames["releases"], "unit_id", "budget_id", unit),
        "expenses": _same(frames["expenses"], "posted_day", "day"),
    }


def _numbers(frame: Frame, key: str, value: str) -> dict[int, int]:
    pairs = zip(frame.columns[key], frame.columns[value], strict=True)
    return {one or 0: other or 0 for one, other in pairs}


def _with(frame: Frame, name: str, by: str, found: Mapping[int, int]) -> Frame:
    """Return the frame with a column looked up by another one; what is not found is 0."""
    values: Sequence[int | None] = [found.get(one or 0, 0) for one in frame.columns[by]]
    return frame if name in frame.columns else Frame({**frame.columns, name: values}, frame.labels)


def _same(frame: Frame, name: str, other: str) -> Frame:
    """Return the frame with a column that says the same as another one."""
    return frame if name in frame.columns else Frame({**frame.columns, name: frame.columns[other]}, frame.labels)
