"""A frozen Book: what the database said when it was frozen, to everybody, whatever happens afterwards (R152)."""

from __future__ import annotations

import io
from uuid import UUID

import openpyxl
import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.errors import NotAllowed, RuleError
from dacheng.service.exporting import as_json
from dacheng.service.four_tables import TABLES, frozen_pack, live, pack_file, pack_of, paper, thawed
from dacheng.service.freezing import freeze, frozen_before, frozen_books, frozen_named
from dacheng.service.freezing import opened as opened_book
from dacheng.service.reports import run_report
from dacheng.store.actions.recognitions import write_off
from tests.proofs import world
from tests.proofs.asking import answered, database_book
from tests.proofs.test_hand_written_sql import rows

MAY, JUNE = world.on(5, 31), world.on(6, 30)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """Freeze into a folder of the test."""
    settings.FROZEN = tmp_path / "frozen"


def told(book, names=None):
    """Return the four tables as the API tells them."""
    found = [
        as_json(run_report(one, {}, book=book, names=names) if names else answered(one, {}, book), (), "zh-hans")
        for one in TABLES
    ]
    return [{key: value for key, value in one.items() if key != "parameters"} for one in found]


def give_up_something():
    """Write off half of what is open of the largest term that was due, so that receivables change."""
    uid, amount = rows(
        f"""SELECT r.uid, f.open FROM fact_payment_terms f JOIN rec_payment_terms r ON r.id = f.term_id
        WHERE f.seq_to = {2**62} AND f.to_day > {world.TODAY} AND f.due_day < {JUNE} ORDER BY f.open DESC LIMIT 1"""
    )[0]
    values = {"term_id": UUID(str(uid)), "day": world.on(6, 15), "amount": int(amount) // 2, "name": "质量扣款"}
    write_off(actor=SYSTEM, at=world.NOW, values=values)


def test_it_tells_everybody_what_the_database_told_him_and_never_changes(opened, engine):
    with opened(engine, alone=True):
        before = {one: told(database_book(one, JUNE)) for one in ("", world.SOUTH, world.REP)}
        frozen = freeze(SYSTEM, world.NOW, JUNE)
        give_up_something()
        after = told(database_book("", JUNE))
        kept = {}
        for one in before:
            standing = thawed(frozen, world.viewer(one), world.NOW)
            kept[one] = told(standing.book, standing.names)

    assert kept == before
    assert after[3]["totals"] != before[""][3]["totals"]


def test_the_pack_tells_what_changed_since_the_one_before(opened, engine):
    with opened(engine, alone=True):
        may, june = (freeze(SYSTEM, world.NOW, day) for day in (MAY, JUNE))
        pack = frozen_pack(june.name, SYSTEM, world.NOW)
        name, _, content = pack_file(pack, "xlsx", "zh-hans")
        document = paper(pack, "en")
        expected = {
            (table, day): answered(
                table, {"measure": "cash"} if table == "tables/forecast" else {}, database_book("", day)
            )
            for table in TABLES
            for day in (MAY, JUNE)
        }
        listed = [one.name for one in frozen_books()]
        earlier = (frozen_before(june), frozen_before(may))

    book = openpyxl.load_workbook(io.BytesIO(content))
    changes = {row[0]: row[1:4] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)}
    amounts = [expected["tables/pipeline", day].table.totals["amount"] / 100 for day in (JUNE, MAY)]
    cash = [expected["tables/forecast", day].table.totals["done"] / 100 for day in (JUNE, MAY)]
    assert list(changes["在途机会 · 金额"]) == pytest.approx([*amounts, amounts[0] - amounts[1]], abs=0.001)
    assert list(changes["回款 · 业绩"]) == pytest.approx([*cash, cash[0] - cash[1]], abs=0.001)
    assert len(book.worksheets) == 6 and name == "四表-2026-06-30.xlsx"
    assert book.worksheets[1].max_row == expected["tables/pipeline", JUNE].table.count + 2
    assert listed == [june.name, may.name] and [one.name if one else "" for one in earlier] == [may.name, ""]
    assert document.wide and june.digest[:8] in document.foot


def test_files_that_were_changed_are_refused_and_named(opened, settings):
    with opened("sqlite", alone=True):
        frozen = freeze(SYSTEM, world.NOW, JUNE)
        file = next((settings.FROZEN / frozen.name / "facts" / "deals").iterdir())
        file.write_bytes(file.read_bytes()[:-1] + b"x")
        with pytest.raises(RuleError) as changed:
            opened_book(frozen, SYSTEM, world.NOW)
        (settings.FROZEN / frozen.name / "manifest.json").write_text("{}")
        with pytest.raises(RuleError) as exchanged:
            opened_book(frozen, SYSTEM, world.NOW)
        named = frozen_named(frozen.name)

    assert "facts/deals" in changed.value.message.zh
    assert frozen.name in exchanged.value.message.zh
    assert named == frozen


def test_only_operations_and_finance_freeze_and_only_what_is_over(opened):
    with opened("sqlite", alone=True):
        for code in (world.REP, world.SOUTH):
            with pytest.raises(NotAllowed):
                freeze(world.viewer(code), world.NOW, JUNE)
        with pytest.raises(RuleError) as ahead:
            freeze(SYSTEM, world.NOW, world.TODAY + 400)

    assert "还没有到" in ahead.value.message.zh


def test_a_live_pack_says_that_its_data_are_live(opened):
    with opened("sqlite"):
        pack = pack_of(live(database_book("", JUNE)), None)
        said = [one.text for one in paper(pack, "zh-hans").blocks[:2]]

    assert said == ["截至 2026-06-30，实时数据，没有存档。", "之前没有存档，没有变化可比。"]
    assert all(row[2] is None and row[3] is None for row in pack.changes.rows())
