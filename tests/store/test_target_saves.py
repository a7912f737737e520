"""Saves of targets: who set what, as far as one sees it, and how a save is undone; search and calendar beside them."""

import pytest

from dacheng.core.errors import NotAllowed, NotFound, RuleError
from tests.store import company


def set_cells(actor, *cells, on=None):
    """Set (unit, person, month, amount) and return the entry's name outside."""
    from dacheng.store.actions.targets import Cell, set_targets
    from dacheng.store.models import LogEntry

    measure = company.uid("measures", "contract")
    wanted = [
        Cell(
            company.uid("units", unit),
            company.uid("people", person) if person else None,
            measure,
            company.month(month),
            amount,
        )
        for unit, person, month, amount in cells
    ]
    set_targets(actor=company.actor(actor), at=company.AT, cells=wanted, on=on)
    return LogEntry.objects.order_by("-seq").values_list("hash", flat=True).first()


def undo(actor, entry):
    from dacheng.store.actions.target_saves import undo_save

    return undo_save(actor=company.actor(actor), at=company.AT, entry_hash=entry)


def amount(unit, person, month):
    from dacheng.store.queries.targets import cell_records
    from dacheng.store.standing import standing

    key = (company.number("units", unit), company.number("people", person) if person else 0, company.month(month))
    found = cell_records([key[0]], company.number("measures", "contract"), company.month(1), company.month(12) + 1)
    return standing("targets", [found[key].record_id])[found[key].record_id].row["amount"] if key in found else None


def test_an_undone_save_leaves_what_was_before_and_can_be_undone_itself(database):
    entry = set_cells("east", ("SH", "li", 6, 1_00), ("SH", "wang", 6, 2_00))

    assert undo("ops", entry) == 2
    assert (amount("SH", "li", 6), amount("SH", "wang", 6)) == (300_000_00, None)

    from dacheng.store.models import LogEntry

    undo("east", LogEntry.objects.get(action="targets.undone").hash)
    assert (amount("SH", "li", 6), amount("SH", "wang", 6)) == (1_00, 2_00)


def test_a_save_that_was_built_on_is_not_undone(database):
    entry = set_cells("east", ("SH", "li", 6, 1_00))
    set_cells("ops", ("SH", "li", 6, 3_00))

    with pytest.raises(RuleError, match="之后又改过"):
        undo("east", entry)
    assert amount("SH", "li", 6) == 3_00


@pytest.mark.parametrize(("actor", "error"), [("south", NotFound), ("li", NotAllowed), ("boss", NotAllowed)])
def test_a_save_is_undone_by_who_may_set_its_cells(database, actor, error):
    entry = set_cells("east", ("SH", "li", 6, 1_00))

    with pytest.raises(error):
        undo(actor, entry)
    assert amount("SH", "li", 6) == 1_00


def test_only_saves_of_targets_are_undone_here(database):
    from dacheng.store.models import LogEntry

    with pytest.raises(NotFound):
        undo("ops", LogEntry.objects.get(action="company.loaded").hash)


def test_saves_are_seen_as_far_as_their_cells_are(database):
    from dacheng.store.queries.targets import Seen, cells_of_entry, cells_saved, saves_seen

    set_cells("ops", ("SH", "li", 6, 1_00), ("SOUTH", "zhao", 7, 2_00))
    east = Seen((company.number("units", "EAST"), company.number("units", "SH")), 0, False)
    zhao = Seen((), company.number("people", "zhao"), False)
    everything = Seen((), 0, True)

    counted = [[one.cells for one in cells_saved(seen, saves_seen(seen, limit=9))] for seen in (east, zhao, everything)]

    assert counted == [[1, 2], [1], [2, 2]]
    [seq] = saves_seen(zhao, limit=9)
    [(unit, person, _measure, ym, change)] = cells_of_entry(zhao, seq, limit=9)
    assert (unit, person, ym) == (company.number("units", "SOUTH"), zhao.person_id, company.month(7))
    assert (change.before, change.after) == (None, 2_00)


def test_a_cell_tells_its_changes_the_latest_first(database):
    from dacheng.store.queries.targets import cell_changes, cell_records

    set_cells("east", ("SH", "li", 6, 1_00), on=company.on(7, 1))
    measure, unit = company.number("measures", "contract"), company.number("units", "SH")
    record = cell_records([unit], measure, company.month(6), company.month(7))[
        unit, company.number("people", "li"), company.month(6)
    ]

    changes = cell_changes([record.record_id])

    assert record.version == 2
    assert [(one.before, one.after, one.from_day) for one in changes] == [
        (300_000_00, 1_00, company.on(7, 1)),
        (None, 300_000_00, company.START),
    ]
    assert changes[0].actor_id == company.number("people", "east")


def test_the_calendar_never_gets_a_gap(database):
    from dacheng.store.actions.calendar import set_calendar_days
    from dacheng.store.queries.calendar import calendar_span

    def fill(*days):
        set_calendar_days(actor=company.actor("ops"), at=company.AT, days=dict.fromkeys(days, True), source="x")

    fill(100, 101)
    fill(98, 99)
    fill(102)

    assert calendar_span() == (98, 103)
    for apart in ((105,), (95,), (103, 105), (1, 200)):
        with pytest.raises(RuleError, match="会缺少"):
            fill(*apart)
    assert calendar_span() == (98, 103)


def test_the_log_is_found_by_person_action_and_moment(database):
    from dacheng.store.history import microseconds
    from dacheng.store.queries.logbook import Wanted, actions_logged, entries_before, entry_named

    entry = set_cells("east", ("SH", "li", 6, 1_00), ("SH", "wang", 6, 2_00))
    at = microseconds(company.AT)

    def found(**wanted):
        return [one.action for one in entries_before("", 9, 9, Wanted(**wanted))]

    assert found() == ["targets.set", "company.loaded"]
    assert found(actor_id=company.number("people", "east")) == found(from_at=at) == ["targets.set"]
    assert found(actor_id=0) == found(to_at=at) == found(action="company.loaded") == ["company.loaded"]
    assert actions_logged() == ["company.loaded", "targets.set"]
    assert [one.after["amount"] for one in entry_named(entry, 1, 1).first] == [2_00]
