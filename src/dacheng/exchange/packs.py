"""Template packs by industry (行业模板): stages, win rates and a season to begin with, from ``defaults/packs``.

A pack is a set of stated assumptions, never a statistic: the company edits its stages
and win rates, which are dated, and sees what was assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from dacheng.core.company import Frame
from dacheng.core.deals.schema import STATES
from dacheng.core.errors import NotFound, Text
from dacheng.exchange.defaults import BP_OF_PERCENT, always


@dataclass(frozen=True, slots=True)
class PackStage:
    """A stage as a pack proposes it: its state is a number of ``deals.schema.STATES``."""

    code: str
    name: str
    state: int
    weight_bp: int


@dataclass(frozen=True, slots=True)
class Pack:
    """The template of an industry.

    Args:
        assumptions: what it assumes and from where, one sentence each.
        edited: the ISO day it was last edited.
        season: the share of each month of the calendar year, in percent, together 100.
    """

    code: str
    name: Text
    about: Text
    assumptions: tuple[Text, ...]
    edited: str
    set_name: str
    stages: tuple[PackStage, ...]
    season: tuple[int, ...]


@lru_cache(maxsize=1)
def packs() -> tuple[Pack, ...]:
    """Return the packs that ship, by code."""
    folder = files("dacheng") / "defaults/packs"
    found = [yaml.safe_load(one.read_text(encoding="utf-8")) for one in folder.iterdir() if one.name.endswith(".yaml")]
    return tuple(sorted(map(_pack, found), key=lambda pack: pack.code))


def pack_named(code: str) -> Pack:
    """Return the pack of a code.

    Raises:
        NotFound: there is none; the codes are named.
    """
    for pack in packs():
        if pack.code == code:
            return pack
    codes = [pack.code for pack in packs()]
    raise NotFound(
        Text(f"没有行业模板「{code}」。", f"There is no template pack “{code}”."),
        Text(f"可选：{'、'.join(codes)}。", f"Choose one of: {', '.join(codes)}."),
    )


def pack_frames(pack: Pack) -> tuple[Frame, Frame]:
    """Return the stage set and the stages of a pack, for a company that has none."""
    numbers: list[int | None] = list(range(1, len(pack.stages) + 1))
    columns: dict[str, list[int | None]] = {
        "stage_id": numbers,
        "set_id": [1] * len(numbers),
        "position": numbers,
        "state": [one.state for one in pack.stages],
        "weight_bp": [one.weight_bp for one in pack.stages],
        "baseline_bp": [None] * len(numbers),
        "benchmark_days": [None] * len(numbers),
    }
    labels = {"code": [one.code for one in pack.stages], "name": [one.name for one in pack.stages]}
    return always({"set_id": [1]}, {"code": [pack.code], "name": [pack.set_name]}), always(columns, labels)


def _pack(read: Mapping[str, Any]) -> Pack:
    return Pack(
        code=read["code"],
        name=Text(**read["name"]),
        about=Text(**read["about"]),
        assumptions=tuple(Text(**one) for one in read["assumptions"]),
        edited=str(read["edited"]),
        set_name=read["set"]["name"],
        stages=_stages(read["stages"]),
        season=tuple(read["season"]),
    )


def _stages(listed: Sequence[Mapping[str, str]]) -> tuple[PackStage, ...]:
    state = {code: number for number, code, _ in STATES}
    return tuple(
        PackStage(one["code"], one["name"], state[one["state"]], int(one["win"].rstrip("%")) * BP_OF_PERCENT)
        for one in listed
    )
