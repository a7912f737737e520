"""The target grid: what is shown to whom, what a save writes, what a conflict says, with and without JavaScript."""

import json
import re

import pytest

from dacheng.store.models import LogEntry, Target

GRID = "/targets/grid/?year=2026"


def key_of(company, unit, person=""):
    """Return the key of a row: the ends of the public ids."""
    uids = [company.uid("units", unit), *([company.uid("people", person)] if person else [])]
    return "-".join(uid.hex[-10:] for uid in uids)


def save(client, *cells, address=GRID):
    body = {"cells": [dict(zip(("row", "column", "value", "version"), cell, strict=True)) for cell in cells]}
    return client.post(address, json.dumps(body), content_type="application/json")


def amount(company, unit, person, month=6):
    """Return the amount of a cell; None when it was never set."""
    person_id = company.number("people", person) if person else 0
    cells = Target.objects.filter(unit_id=company.number("units", unit), person_id=person_id, removed=False)
    return cells.filter(ym=company.month(month)).values_list("amount", flat=True).first()


def test_a_manager_sees_his_units_with_their_people_and_no_other(company, signed_in):
    page = signed_in("east").get(GRID).content.decode()

    assert "<h1>目标填报</h1>" in page
    assert re.findall(r'data-row="([^"]+)"', page) == [
        key_of(company, "EAST"),
        key_of(company, "SH"),
        key_of(company, "SH", "li"),
        key_of(company, "SH", "wang"),
    ]
    assert "华南" not in page and "赵敏" not in page


def test_a_unit_that_fills_nothing_counts_as_what_is_below_it(company, signed_in):
    page = signed_in("east").get(GRID + "&show=yuan").content.decode()

    own = cell(page, key_of(company, "EAST"), "2026-06")
    derived = cell(page, key_of(company, "SH"), "2026-06")
    assert 'value="500000"' in own and 'data-minor="50000000"' in own
    assert 'value=""' in derived and 'placeholder="300,000"' in derived
    assert 'data-difference="year">+200,000<' in page


def cell(page, row, column):
    """Return the HTML of a cell."""
    line = page[page.index(f'<tr data-row="{row}"') :]
    return line[line.index(f'<td data-at="{column}"') :].partition("</td>")[0]


def test_sums_stand_on_the_page_without_javascript(company, signed_in):
    page = signed_in("east").get(GRID + "&show=yuan").content.decode()

    assert cell(page, key_of(company, "EAST"), "q2").endswith(">500,000")
    assert cell(page, key_of(company, "EAST"), "year").endswith(">500,000")
    assert cell(page, key_of(company, "EAST"), "q1").endswith(">–")
    assert 'data-foot="rest" data-at="h1" class="sum">+200,000<' in page


def test_saved_cells_are_one_action_that_can_be_undone(company, signed_in):
    client = signed_in("east")
    rows = [key_of(company, "SH", "li"), key_of(company, "SH", "wang")]

    answer = save(client, (rows[0], "2026-06", "31000000", "1"), (rows[1], "2026-06", "20000000", None))
    body = answer.json()

    assert answer.status_code == 200
    assert [(one["value"], one["version"]) for one in body["saved"]] == [("31000000", 2), ("20000000", 1)]
    assert LogEntry.objects.filter(action="targets.set").values_list("changes", flat=True).get() == 2

    assert client.post(body["undo_url"]).json() == {"undone": 2}
    assert (amount(company, "SH", "li"), amount(company, "SH", "wang")) == (30_000_000, None)


def test_a_cell_set_meanwhile_is_told_with_both_values_and_nothing_is_written(company, signed_in):
    row, other = key_of(company, "SH", "li"), key_of(company, "SH", "wang")
    save(signed_in("ops"), (row, "2026-06", "33000000", "1"))

    answer = save(signed_in("east"), (row, "2026-06", "34000000", "1"), (other, "2026-06", "100", None))

    assert answer.status_code == 409
    assert answer.json()["conflicts"] == [
        {"row": row, "column": "2026-06", "value": "33000000", "version": 2, "by": "周运营"}
    ]
    assert (amount(company, "SH", "li"), amount(company, "SH", "wang")) == (33_000_000, None)


def test_targets_hold_from_their_effective_day(company, signed_in):
    row = key_of(company, "SH", "li")

    save(signed_in("east"), (row, "2026-06", "36000000", "1"), address=GRID + "&from=2027-02-01")

    before = cell(signed_in("east").get(GRID + "&from=2027-01-31").content.decode(), row, "2026-06")
    after = cell(signed_in("east").get(GRID + "&from=2027-02-01").content.decode(), row, "2026-06")
    assert ('data-minor="30000000"' in before, 'data-minor="36000000"' in after) == (True, True)


def test_without_javascript_only_what_was_touched_is_saved(company, signed_in):
    client, li, wang = signed_in("east"), key_of(company, "SH", "li"), key_of(company, "SH", "wang")
    save(signed_in("ops"), (wang, "2026-06", "20000000", None))

    fields = {f"c.{li}.2026-06.1": "32万", f"c.{wang}.2026-06.": ""}
    answer = client.post(GRID + "&show=wan", fields)

    assert answer.status_code == 302
    assert (amount(company, "SH", "li"), amount(company, "SH", "wang")) == (32_000_000, 20_000_000)


def test_without_javascript_a_conflict_keeps_what_was_typed(company, signed_in):
    li = key_of(company, "SH", "li")
    save(signed_in("ops"), (li, "2026-06", "33000000", "1"))

    answer = signed_in("east").post(GRID + "&show=wan", {f"c.{li}.2026-06.1": "34"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "「李雷 2026-06」已被 周运营 改为 33.00，你写的是 34.00" in page
    assert f'name="c.{li}.2026-06.2" value="34"' in page


def test_what_cannot_be_read_is_refused_with_its_place(company, signed_in):
    li = key_of(company, "SH", "li")

    answer = signed_in("east").post(GRID + "&show=wan", {f"c.{li}.2026-06.1": "很多"})

    assert answer.status_code == 422
    assert "李雷 2026-06" in answer.content.decode()
    assert amount(company, "SH", "li") == 30_000_000


@pytest.mark.parametrize("body", ["{", "[]", '{"cells": 3}', '{"cells": [{"row": "x"}]}', '{"cells": [[1]]}'])
def test_a_save_that_is_none_is_refused(signed_in, body):
    assert signed_in("east").post(GRID, body, content_type="application/json").status_code == 422


@pytest.mark.parametrize("value", ["1.5", "١٢", "1" * 19, "NaN", 1e3])
def test_an_amount_is_whole_minor_units(company, signed_in, value):
    answer = save(signed_in("east"), (key_of(company, "SH", "li"), "2026-06", value, "1"))

    assert answer.status_code == 422


def test_a_rep_sees_his_own_row_and_types_nothing(company, signed_in):
    client, row = signed_in("li"), key_of(company, "SH", "li")

    page = client.get(GRID).content.decode()
    answer = save(client, (row, "2026-06", "1", "1"))

    assert re.findall(r'data-row="([^"]+)"', page) == [row]
    assert f'name="c.{row}' not in page and "保存</button>" not in page
    assert (answer.status_code, amount(company, "SH", "li")) == (403, 30_000_000)


def test_units_out_of_sight_are_as_if_they_were_not_there(company, signed_in):
    client = signed_in("east")

    unknown, south = client.get(GRID + "&unit=NOWHERE"), client.get(GRID + "&unit=SOUTH")
    row = save(client, (key_of(company, "SOUTH", "zhao"), "2026-06", "1", None))

    assert (unknown.status_code, south.status_code, row.status_code) == (422, 422, 404)
    assert "华南" not in south.content.decode()


def test_a_closed_month_is_text(company, signed_in):
    from dacheng.store.actions.periods import close_period

    close_period(actor=company.actor("ops"), at=company.AT, ym=company.month(5))

    page = signed_in("east").get(GRID).content.decode()

    assert "<input" not in cell(page, key_of(company, "SH", "li"), "2026-05")
    assert "<input" in cell(page, key_of(company, "SH", "li"), "2026-06")


def test_a_large_organisation_is_folded_and_opens_level_by_level(company, signed_in, monkeypatch):
    monkeypatch.setattr("dacheng.service.target_grid.MOST_ROWS", 2)

    page = signed_in("boss").get(GRID + "&show=yuan").content.decode()

    rows = re.findall(r'data-row="([^"]+)"', page)
    assert rows == [key_of(company, "HQ")]
    assert "?year=2026&amp;show=yuan&amp;unit=HQ" in page
    assert 'data-below="50000000"' in cell(page, key_of(company, "HQ"), "2026-06")


def test_the_sheet_of_a_cell_says_who_set_it_when_and_from_which_day(company, signed_in):
    li = key_of(company, "SH", "li")
    save(signed_in("ops"), (li, "2026-06", "33000000", "1"), address=GRID + "&from=2026-07-01")

    address = f"/targets/grid/history/?year=2026&from=2026-07-01&row={li}&column=2026-06&show=wan"
    sheet = signed_in("east").get(address, headers={"HX-Request": "true", "HX-Target": "sheet"}).content.decode()

    assert "李雷 2026-06 合同额" in sheet and "<html" not in sheet
    assert "周运营" in sheet and "从 2026-07-01 起" in sheet
    assert re.search(r"30\.00</del> → <ins>.*33\.00</ins>", sheet)


def test_the_saves_of_others_count_only_cells_one_sees(company, signed_in):
    zhao, li = key_of(company, "SOUTH", "zhao"), key_of(company, "SH", "li")
    save(signed_in("ops"), (zhao, "2026-06", "100", None), (li, "2026-06", "200", "1"))
    entry = LogEntry.objects.get(action="targets.set").hash

    east = signed_in("east").get(f"/targets/saves/{entry}/").content.decode()
    south = signed_in("zhao").get(f"/targets/saves/{entry}/").content.decode()

    assert "李雷" in east and "赵敏" not in east and "1 格" in east
    assert "赵敏" in south and "李雷" not in south
    assert "撤销这次填报" in east and "撤销这次填报" not in south


def test_a_save_with_cells_out_of_sight_is_not_undone(company, signed_in):
    zhao, li = key_of(company, "SOUTH", "zhao"), key_of(company, "SH", "li")
    save(signed_in("ops"), (zhao, "2026-06", "100", None), (li, "2026-06", "200", "1"))
    entry = LogEntry.objects.get(action="targets.set").hash

    answer = signed_in("east").post(f"/targets/saves/{entry}/undo/")

    assert (answer.status_code, amount(company, "SH", "li")) == (404, 200)


def test_the_grid_asks_the_database_few_questions(company, signed_in, django_assert_max_num_queries):
    client = signed_in("boss")

    with django_assert_max_num_queries(22):
        assert client.get(GRID).status_code == 200


def test_the_grid_is_english_for_an_english_reader(signed_in):
    page = signed_in("east", "en").get(GRID).content.decode()

    assert "<h1>Set targets</h1>" in page and ">Jun<" in page
