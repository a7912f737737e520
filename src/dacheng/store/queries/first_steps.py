"""What a company holds already, for the checklist of its first days."""

from __future__ import annotations

from dacheng.store.bulk import fetch_rows


def stands(year_end: int) -> dict[str, bool]:
    """Return what is there: units and people beyond the first, stages, this year's calendar, targets, deals.

    Args:
        year_end: the last day that the calendar should know.
    """
    asked = {
        "organisation": "SELECT 1 FROM rec_units WHERE NOT removed AND parent_id > 0",
        "people": "SELECT 1 FROM rec_people WHERE NOT removed ORDER BY id LIMIT 1 OFFSET 1",
        "stages": "SELECT 1 FROM rec_stages WHERE NOT removed",
        "calendar": f"SELECT 1 FROM rec_calendar WHERE NOT removed AND day = {int(year_end)}",
        "targets": "SELECT 1 FROM rec_targets WHERE NOT removed AND amount IS NOT NULL",
        "deals": "SELECT 1 FROM rec_deals WHERE NOT removed",
        "contracts": "SELECT 1 FROM rec_contracts WHERE NOT removed",
    }
    parts = [f"CASE WHEN EXISTS ({sql}) THEN 1 ELSE 0 END" for sql in asked.values()]
    (row,) = fetch_rows(f"SELECT {', '.join(parts)}")
    return dict(zip(asked, map(bool, row), strict=True))


def stage_set_codes() -> set[str]:
    """Return the codes of the stage sets that stand."""
    return {code for (code,) in fetch_rows("SELECT code FROM rec_stage_sets WHERE NOT removed")}
