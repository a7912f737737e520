"""What opportunities carry of the strategy, when two of them are merged (R003, R028)."""

from __future__ import annotations

from dacheng.store.bulk import select_rows
from dacheng.store.history import Entry
from dacheng.store.holding import hold
from dacheng.store.saving import New, create, end
from dacheng.store.standing import Standing, record_table, standing, standing_keys


def hand_goals(entry: Entry, gone: Standing, stay: Standing) -> dict[str, int]:
    """Let the deal that stays carry the goals of the one that goes, and take over what was said of its strategy.

    Returns:
        How many goals went over, by relation; nothing where none did.
    """
    met = [("deal_id = %s", gone.record_id), ("NOT removed", None)]
    found = standing("goal_deals", [row[0] for row in select_rows(record_table("goal_deals"), ["id"], met)])
    links = [one for one in found.values() if one.versions and one.versions[-1].to_day > entry.day]
    for one in links:
        day = max(entry.day, one.first_day, stay.first_day)
        hold(entry, "goal_deals", {"goal_id": one.row["goal_id"], "deal_id": stay.record_id}, day)
    end(entry, "goal_deals", [one.record_id for one in links], entry.day)
    _hand_strategy(entry, gone, stay)
    return {"goal_deals": len(links)} if links else {}


def _hand_strategy(entry: Entry, gone: Standing, stay: Standing) -> None:
    records = standing_keys("deal_strategy", [(gone.record_id,), (stay.record_id,)])
    said = records.get((gone.record_id,))
    if said is None or not said.versions or said.versions[-1].to_day <= entry.day:
        return
    if (stay.record_id,) not in records:
        names = (
            "came_from",
            "strategic_type",
            "horizon",
            "assignee_id",
            "asked_day",
            "answer",
            "answered_day",
            "reason",
        )
        columns = {"deal_id": stay.record_id, **{name: said.row[name] for name in names}}
        create(entry, "deal_strategy", [New(columns, max(entry.day, stay.first_day))])
    end(entry, "deal_strategy", [said.record_id], entry.day)
