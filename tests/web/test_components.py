"""Report tables and grids as HTML: doors, old values, missing ones, names for screen readers, nothing unescaped."""

from html.parser import HTMLParser

from django.template.loader import render_to_string

from dacheng.web import cells, grid_cells

COLUMNS = [
    {"key": "customer", "label": "客户", "align": "text", "first": True},
    {"key": "amount", "label": "金额", "align": "num"},
]


class Elements(HTMLParser):
    """Collect (tag, attributes) of every element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def table_of(*row, **more):
    return {"columns": COLUMNS, "rows": [{"id": "r1", "cells": list(row)}], **more}


def test_a_number_with_an_address_is_a_door_to_the_sheet():
    html = cells.table_rows(table_of({"text": "沪东水务"}, {"text": "640.00", "href": "/drill?a=1&b=2", "hx": True}))

    [door] = Elements(html).all("a")
    assert door == {"class": "door", "href": "/drill?a=1&b=2", "data-sheet": None}


def test_a_missing_number_opens_nothing():
    html = cells.table_rows(table_of({"text": "沪东水务"}, {"text": "–", "href": "/drill", "hx": True}))

    assert Elements(html).all("a") == []
    assert "–" in html


def test_the_first_cell_names_its_row():
    html = cells.table_rows(table_of({"text": "沪东水务", "sub": "二期泵站"}, {"text": "1"}))

    [head] = Elements(html).all("th")
    assert head == {"class": "text first row-head", "scope": "row"}
    assert "<b>沪东水务</b> 二期泵站" in html


def test_a_changed_number_says_its_old_value_to_eye_and_ear():
    html = cells.table_rows(table_of({"text": "x"}, {"text": "640.00", "changed": "600.00"}))

    dot, spoken = Elements(html).all("span")
    assert dot == {"class": "was", "title": "原 600.00"}
    assert spoken == {"class": "aloud"}
    assert ">原 600.00</span>" in html


def test_names_from_outside_cannot_become_markup():
    hostile = '"><script>alert(1)</script>'
    view = table_of(
        {"text": hostile, "sub": hostile, "title": hostile, "href": f"/x?{hostile}"},
        {"text": hostile, "changed": hostile, "href": hostile, "hx": True},
        total={"cells": [{"text": hostile}, {"text": hostile}]},
        cards=True,
    )

    html = cells.table_rows(view) + cells.table_total(view)

    assert "<script" not in html
    assert Elements(html).all("script") == []


def test_a_mark_is_kept_as_it_is_drawn():
    html = cells.table_rows(table_of({"text": "x"}, {"text": '<svg class="mark"></svg>', "kind": "mark"}))

    assert Elements(html).all("svg") == [{"class": "mark"}]


def test_a_row_of_a_list_is_a_card_that_keeps_its_table_roles():
    html = cells.table_rows(table_of({"text": "x"}, {"text": "–"}, cards=True))

    assert [attributes["role"] for _tag, attributes in Elements(html).found if "role" in attributes] == [
        "row", "rowheader", "cell",
    ]  # fmt: skip
    assert Elements(html).all("td")[0]["data-label"] == "金额"
    assert "blank" in (Elements(html).all("td")[0]["class"] or "")


def test_the_total_stands_first_and_inside_the_head():
    view = table_of({"text": "x"}, {"text": "1.00"}, title="表", total={"cells": [{"text": "合计"}, {"text": "9.00"}]})

    html = render_to_string("parts/table.html", {"table": view})

    assert html.index("9.00") < html.index("</thead>") < html.index("1.00")


def test_a_table_without_rows_says_the_next_step():
    empty = {"sentence": "没有符合条件的行。", "action": {"label": "清除条件", "url": "/clear"}}

    html = render_to_string(
        "parts/table.html", {"table": {"columns": COLUMNS, "rows": [], "empty": empty, "title": "表"}}
    )

    assert "没有符合条件的行。" in html
    assert Elements(html).all("a") == [{"class": "button primary", "href": "/clear"}]
    assert "<table" not in html


def test_the_sorted_column_says_so_and_turns_on_click():
    columns = [COLUMNS[0], {**COLUMNS[1], "sorted": "desc", "sort_url": "?sort=amount"}]

    html = render_to_string("parts/table.html", {"table": {"columns": columns, "title": "表", "rows": [
        {"id": "", "cells": [{"text": "x"}, {"text": "1"}]}]}})  # fmt: skip

    head = Elements(html).all("th")[1]
    assert head["aria-sort"] == "descending"
    assert {"href": "?sort=amount"} in Elements(html).all("a")


def grid_of(**cell):
    return {
        "id": "g", "unit": "wan", "places": 0, "difference": "",
        "columns": [{"key": "m1", "label": "1 月"}, {"key": "q1", "label": "Q1", "parts": "m1"}],
        "rows": [{"key": "u1", "label": "陆知远", "kind": "own", "cells": [{"column": "m1", **cell}]}],
    }  # fmt: skip


def test_a_typed_cell_holds_its_exact_amount_version_and_name():
    html = grid_cells.grid_rows(grid_of(value=3_212_500_01, version=7, states=["pinned"]))

    [cell] = Elements(html).all("input")
    assert cell["name"] == "c.u1.m1.7"
    assert cell["value"] == "321.250001"
    assert cell["data-minor"] == "321250001"
    assert cell["aria-labelledby"] == "g-r-u1 g-c-m1"
    assert Elements(html).all("td")[0]["class"] == "pinned"


def test_a_missing_target_is_empty_and_not_zero():
    missing = Elements(grid_cells.grid_rows(grid_of(value=None))).all("input")[0]
    zero = Elements(grid_cells.grid_rows(grid_of(value=0))).all("input")[0]

    assert (missing["value"], missing["data-minor"]) == ("", "")
    assert (zero["value"], zero["data-minor"]) == ("0", "0")


def test_sums_are_text_and_cannot_be_posted():
    html = grid_cells.grid_rows(grid_of(value=1))

    assert len(Elements(html).all("input")) == 1
    assert Elements(html).all("td")[1] == {"data-at": "q1", "class": "sum"}


def test_a_locked_cell_is_shown_but_not_typed():
    html = grid_cells.grid_rows(grid_of(value=1, locked=True))

    assert "readonly" in Elements(html).all("input")[0]
