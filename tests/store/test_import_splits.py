"""A sheet of splits: who has what share of which deal from which day on; looked at, written once, taken back."""

from __future__ import annotations

import pytest

from dacheng.core.period import FAR_DAY
from dacheng.core.staging import Base, Batch, Staged
from dacheng.store.actions.imports import ImportRefused, commit_import, preview_import, undo_import
from dacheng.store.canonical import canonical_hash
from dacheng.store.history import head_seq
from dacheng.store.models import LogEntry
from tests.store.company import AT, START, TODAY, actor, number, on
from tests.store.test_owner_parts import close_through, contract, split
from tests.store.test_splits import own, shares


def part(deal: str, person: str, share: int, day: int = TODAY, *, row: int = 2, later=(), known: bool = True) -> Staged:
    values = {"deal_id": deal, "person_id": person, "share_bp": share}
    steps = tuple((since, {"share_bp": then}) for since, then in later)
    return Staged("deal_splits", "", values, day, steps, sheet="业绩分成", row=row, known_start=known)


def bring(*rows: Staged, bases=None):
    batch = Batch("own", "分成.xlsx", "CNY", rows, bases or {})
    return commit_import(actor=actor("ops"), at=AT, batch=batch)


def look(*rows: Staged, bases=None):
    return preview_import(actor=actor("ops"), at=AT, batch=Batch("own", "分成.xlsx", "CNY", rows, bases or {}))


def counts(created: int, changed: int, unchanged: int) -> dict[str, dict[str, int]]:
    return {"deal_splits": {"created": created, "changed": changed, "unchanged": unchanged}}


def test_a_sheet_shares_deals_from_its_days_and_the_same_sheet_again_writes_nothing(database):
    before = canonical_hash()
    rows = [
        part("D1", "zhao", 4000, on(3, 1), later=[(on(5, 1), 2500)]),
        part("D1", "wang", 1000, on(4, 1), row=3),
        part("D2", "zhao", 500, row=4),
    ]

    done = bring(*rows)
    written, entries = (own(), shares(), own("D2")), LogEntry.objects.count()
    again = bring(*rows)

    zhao, wang = number("people", "zhao"), number("people", "wang")
    assert done.counts == counts(3, 0, 0) and again.counts == counts(0, 0, 3)
    assert again.uid is None and LogEntry.objects.count() == entries
    assert written[0] == [(START, 10_000), (on(3, 1), 6000), (on(4, 1), 5000), (on(5, 1), 6500)]
    assert [one[:4] for one in written[1] if one[0] == wang] == [(wang, on(4, 1), FAR_DAY, 1000)]
    assert (zhao, on(5, 1), FAR_DAY, 2500, 1000) in written[1]
    assert written[2] == [(START, 10_000), (TODAY, 9500)]
    undo_import(actor=actor("ops"), at=AT, uid=done.uid)
    assert canonical_hash() == before


def test_a_row_speaks_of_its_person_alone_and_zero_ends_his_part(database):
    split({"zhao": 4000, "wang": 1000}, day=on(3, 1))

    seen = look(part("D1", "zhao", 0, on(5, 1)))
    bring(part("D1", "zhao", 0, on(5, 1)))

    wang, zhao = number("people", "wang"), number("people", "zhao")
    assert seen.counts == counts(0, 1, 0)
    assert own() == [(START, 10_000), (on(3, 1), 5000), (on(5, 1), 9000)]
    assert [one[:4] for one in shares()] == [(wang, on(3, 1), FAR_DAY, 1000), (zhao, on(3, 1), on(5, 1), 4000)]


@pytest.mark.parametrize(
    ("rows", "rule", "words"),
    [
        ([part("D9", "zhao", 4000)], "deal_splits/unknown-deals", "D9"),
        ([part("D1", "nobody", 4000)], "deal_splits/unknown-people", "nobody"),
        ([part("D1", "li", 4000)], "deals/own-split", "负责人不能再分一份"),
        ([part("D1", "zhao", 6000), part("D1", "wang", 4001, row=3)], "deals/split-above-whole", "100.01%"),
        ([part("D1", "zhao", 10_001)], "import/value", "比例"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused_whole_with_its_row(sqlite_database, rows, rule, words):
    seen = look(*rows)
    with pytest.raises(ImportRefused):
        bring(*rows)

    (finding,) = (one for one in seen.findings if one.severity == "block")
    assert (finding.rule, finding.sheet, finding.row) == (rule, "业绩分成", 2)
    assert words in finding.message.zh and finding.remedy.en
    assert shares() == []


def test_the_split_of_what_a_closed_month_counts_is_not_changed_by_a_sheet(database):
    contract("K1", "D1", on(5, 20))
    close_through(5)

    seen = look(part("D1", "zhao", 4000, on(5, 1)))
    bring(part("D1", "zhao", 4000, on(6, 1)))

    assert [one.rule for one in seen.findings] == ["import/closed-period"]
    assert own()[-1] == (on(6, 1), 6000)


def test_a_new_deal_and_its_split_come_in_one_file(database):
    deal = {"name": "新商机", "owner_id": "li", "stage_id": "lead", "amount": 900}
    rows = [Staged("deals", "X1", deal, on(3, 1), sheet="商机", row=2), part("X1", "zhao", 3000, on(1, 1))]

    before = canonical_hash()

    done = bring(*rows)
    left = own("X1")
    undo_import(actor=actor("ops"), at=AT, uid=done.uid)

    assert left == [(on(3, 1), 7000)]
    assert canonical_hash() == before


def test_a_sheet_of_ours_that_comes_back_takes_only_what_the_file_changed(database):
    split({"zhao": 4000, "wang": 1000}, day=on(3, 1))
    split({"zhao": 2000}, code="D2", day=on(3, 1))
    base = {"业绩分成": Base(head_seq(), TODAY)}
    split({"zhao": 4000, "wang": 1500}, day=TODAY)
    split({"zhao": 2500}, code="D2", day=TODAY)
    rows = [
        part("D1", "zhao", 3000, on(3, 1)),
        part("D1", "wang", 1000, on(3, 1), row=3),
        part("D2", "zhao", 1000, on(3, 1), row=4),
    ]

    seen = look(*rows, bases=base)
    bring(*rows, bases=base)

    assert [(one.rule, one.row) for one in seen.findings] == [("import/both-changed", 4)]
    assert own()[-1] == (TODAY, 10_000 - 3000 - 1500)
    assert own("D2")[-1] == (TODAY, 7500)


def test_a_file_that_hands_a_deal_to_its_partner_and_splits_it_anew_is_one_step(database):
    split({"zhao": 4000}, day=on(3, 1))
    before = canonical_hash()
    owner = Staged("deals", "D1", {"owner_id": "zhao"}, TODAY, known_start=False, sheet="商机", row=2)

    done = bring(owner, part("D1", "li", 3000))
    left = own()[-1], [one[:4] for one in shares() if one[2] == FAR_DAY]
    undo_import(actor=actor("ops"), at=AT, uid=done.uid)

    assert left == ((TODAY, 7000), [(number("people", "li"), TODAY, FAR_DAY, 3000)])
    assert canonical_hash() == before
