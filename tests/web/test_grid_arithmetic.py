"""The arithmetic of the planning grid: JavaScript against Python's exact one, and the laws of its sums."""

import json
import shutil
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.web import figures
from scripts.build_assets import ASSETS, system_node, wheel_node

STEPS = {"yuan": 100, "wan": 1_000_000, "yi": 10_000_000_000}
MINOR = st.integers(min_value=-(10**14), max_value=10**14)
UNITS = st.sampled_from(figures.UNITS)
DRIVER = """
import readline from "node:readline";
import * as amounts from "./grid/amounts.js";
import { sumsOf } from "./grid/sums.js";
import { blockOf, planOf } from "./grid/paste.js";
import { changesOf } from "./grid/changes.js";
const big = (text) => (text === null ? null : BigInt(text));
const text = (value) => (value === null || value === undefined ? null : value.toString());
const unitOf = (name) => amounts.UNITS[name];
const calls = {
  show: ([minor, unit, places]) => amounts.show(big(minor), unitOf(unit), places),
  exact: ([minor, unit]) => amounts.exact(big(minor), unitOf(unit)),
  parse: ([typed, unit, before]) => {
    const read = amounts.parse(typed, unitOf(unit), big(before));
    return read.error ? "error" : text(read.value);
  },
  sums: ([rows, columns, cells]) => {
    const sums = sumsOf(rows, columns, (row, column) => big(cells[`${row}|${column}`] ?? null));
    const at = {};
    for (const row of rows)
      for (const column of columns) at[`${row.key}|${column.key}`] = text(sums.at(row.key, column.key));
    const top = Object.fromEntries(columns.map(({ key }) => [key, text(sums.top(key))]));
    const broken = sums.broken().map(([row, column, miss]) => [row, column, text(miss)]);
    return { at, top, broken, identities: sums.identities };
  },
  block: ([pasted]) => blockOf(pasted),
  plan: ([pasted, values]) => {
    const cellAt = (down, right) => {
      const held = values[down]?.[right];
      const value = held === "sum" ? null : held;
      return held === undefined ? null : { down, right, typed: held !== "sum", value: big(value) };
    };
    const { changes, same, skipped, unread } = planOf(blockOf(pasted), cellAt, unitOf("wan"));
    return { changes: changes.map(({ cell, value }) => [cell.down, cell.right, text(value)]), same, skipped, unread };
  },
  history: ([moves]) => {
    const cells = Array.from({ length: 3 }, () => ({ value: 0 }));
    const changes = changesOf((batch) => batch.forEach(({ cell, after }) => (cell.value = after)));
    const seen = [];
    for (const [what, at, value] of moves) {
      if (what === "make") changes.make([{ cell: cells[at], before: cells[at].value, after: value }]);
      else changes[what]();
      seen.push(cells.map((cell) => cell.value));
    }
    return seen;
  },
};
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [name, given] = JSON.parse(line);
  console.log(JSON.stringify(calls[name](given)));
}
"""


class Grid:
    """The grid's own modules, run by Node and asked line by line."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(ASSETS / "grid", folder / "grid")
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "driver.js").write_text(DRIVER)
        node = system_node() or wheel_node(Path(sys.executable))
        assert node, "node is needed: it comes with the development dependencies"
        self.process = subprocess.Popen(
            [*node, "driver.js"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def ask(self, name: str, *given: object) -> object:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps([name, given]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    running = Grid(tmp_path_factory.mktemp("grid"))
    yield running
    running.process.kill()


def minor_text(amount: int | None) -> str | None:
    return None if amount is None else str(amount)


@given(minor=MINOR, unit=UNITS, places=st.sampled_from([0, 2]))
def test_the_grid_shows_an_amount_as_the_pages_do(grid, minor, unit, places):
    assert grid.ask("show", str(minor), unit, places) == figures.money(minor, unit, places)


@given(minor=MINOR, unit=UNITS)
def test_what_is_edited_is_exactly_what_was_stored(grid, minor, unit):
    edited = grid.ask("exact", str(minor), unit)

    assert edited == figures.exact(minor, unit)
    assert grid.ask("parse", edited, unit, None) == str(minor)


@given(minor=MINOR, unit=UNITS)
def test_a_shown_amount_is_read_back_to_its_rounding(grid, minor, unit):
    shown = grid.ask("show", str(minor), unit, 2)

    read = int(grid.ask("parse", shown, unit, None))
    assert abs(read - minor) * 200 <= STEPS[unit]


@given(minor=MINOR, percent=st.decimals(min_value=-99, max_value=999, places=2))
def test_a_percentage_is_exact_and_rounds_half_away(grid, minor, percent):
    sign = "+" if percent >= 0 else "-"

    changed = grid.ask("parse", f"={sign}{abs(percent)}%", "wan", str(minor))

    change = (Decimal(minor) * abs(percent) / 100).quantize(Decimal(1), ROUND_HALF_UP)
    assert int(changed) == minor + (int(change) if sign == "+" else -int(change))


@pytest.mark.parametrize(
    ("typed", "unit", "before", "minor"),
    [
        ("1.2万", "yuan", None, 1_200_000),
        ("1.2万", "yi", None, 1_200_000),
        ("１２００", "wan", None, 1_200_000_000),
        ("1,234.5", "wan", None, 1_234_500_000),
        ("¥ 3 000元", "wan", None, 300_000),
        ("0.5亿", "wan", None, 5_000_000_000),
        ("(12)", "wan", None, -12_000_000),
        ("−3", "wan", None, -3_000_000),
        (".5", "wan", None, 500_000),
        ("", "wan", 7, None),
        ("–", "wan", 7, None),
        ("=+20", "wan", 1_000_000, 21_000_000),
        ("=-1万元", "yi", 3_000_000, 2_000_000),
        ("=*1.05", "wan", 200, 210),
        ("=/3", "wan", 100, 33),
        ("=300", "wan", None, 300_000_000),
        ("0.000000049", "wan", None, 0),
    ],
)
def test_what_people_and_excel_type_is_understood(grid, typed, unit, before, minor):
    assert grid.ask("parse", typed, unit, minor_text(before)) == minor_text(minor)


@pytest.mark.parametrize("typed", ["x", "1.2.3", "12%", "=+", "=5%", "=+5%+1", "1e5", "=/0", "--3", "1万2"])
def test_what_cannot_be_read_is_refused_and_never_guessed(grid, typed):
    assert grid.ask("parse", typed, "wan", "100") == "error"


def test_a_change_of_nothing_is_refused(grid):
    assert grid.ask("parse", "=+5%", "wan", None) == "error"


COLUMNS = [
    {"key": "year", "parts": ["q1"]},
    {"key": "q1", "parts": ["m1", "m2"]},
    {"key": "m1", "parts": []},
    {"key": "m2", "parts": []},
]
ROWS = [
    {"key": "region", "parent": "", "kind": "sum"},
    {"key": "office", "parent": "region", "kind": "own"},
    {"key": "ann", "parent": "office", "kind": "own"},
    {"key": "bob", "parent": "office", "kind": "own"},
]
CELLS = st.dictionaries(
    st.sampled_from([f"{row}|{column}" for row in ("office", "ann", "bob") for column in ("m1", "m2")]), MINOR.map(str)
)


@given(cells=CELLS)
def test_every_sum_is_the_exact_sum_of_its_known_parts(grid, cells):
    at = grid.ask("sums", ROWS, COLUMNS, cells)["at"]

    def known(*keys):
        values = [int(at[key]) for key in keys if at[key] is not None]
        return str(sum(values)) if values else None

    for row in ("region", "office", "ann", "bob"):
        assert at[f"{row}|q1"] == known(f"{row}|m1", f"{row}|m2")
        assert at[f"{row}|year"] == at[f"{row}|q1"]
    for column in ("m1", "m2"):
        assert at[f"region|{column}"] == at[f"office|{column}"] == cells.get(f"office|{column}")


@given(cells=CELLS)
def test_the_proof_names_each_typed_column_where_a_parent_differs_from_its_children(grid, cells):
    broken = grid.ask("sums", ROWS, COLUMNS, cells)["broken"]

    expected = []
    for column in ("m1", "m2"):
        below = [int(cells[f"{row}|{column}"]) for row in ("ann", "bob") if f"{row}|{column}" in cells]
        own = cells.get(f"office|{column}")
        if own is not None and below and int(own) != sum(below):
            expected.append(["office", column, str(int(own) - sum(below))])
    assert broken == expected


EITHER = [dict(row, kind="either") if row["kind"] == "sum" or row["key"] == "office" else row for row in ROWS]
TYPED = st.dictionaries(
    st.sampled_from([f"{row['key']}|{column}" for row in EITHER for column in ("m1", "m2")]), MINOR.map(str)
)


@given(cells=TYPED)
def test_a_unit_that_types_nothing_counts_as_what_is_below_it_and_differs_from_nothing(grid, cells):
    found = grid.ask("sums", EITHER, COLUMNS, cells)

    for column in ("m1", "m2"):
        below = [int(cells[f"{row}|{column}"]) for row in ("ann", "bob") if f"{row}|{column}" in cells]
        office = cells.get(f"office|{column}") or (str(sum(below)) if below else None)
        assert found["at"][f"office|{column}"] == office
        assert found["at"][f"region|{column}"] == cells.get(f"region|{column}", office)
    silent = {f"{row}|{column}" for row, column, _miss in found["broken"]} - set(cells)
    assert silent == set()


def test_the_proof_counts_every_parent_in_every_column(grid):
    assert grid.ask("sums", ROWS, COLUMNS, {})["identities"] == 2 * 4


BLOCKS = st.lists(st.lists(st.text(alphabet='a1,"\t\n ', max_size=6), min_size=1, max_size=4), min_size=1, max_size=4)


@given(block=BLOCKS)
def test_a_block_as_excel_quotes_it_comes_apart_into_its_cells(grid, block):
    def quoted(cell):
        return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in '\t\n"') else cell

    pasted = "\n".join("\t".join(quoted(cell) for cell in row) for row in block) + "\n"

    assert grid.ask("block", pasted) == block


def test_a_paste_says_what_it_would_change_before_it_changes_anything(grid):
    values = [["100000000", "sum", "200000000"], [None, "sum", "300000000"]]

    plan = grid.ask("plan", "100\t9\t250\n1.5万\t9\tabc\t7", values)

    assert plan == {
        "changes": [[0, 2, "250000000"], [1, 0, "1500000"]],
        "same": 1,
        "skipped": 3,
        "unread": ["abc"],
    }


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("make"), st.integers(0, 2), st.integers(1, 9)),
        st.tuples(st.sampled_from(["undo", "redo"]), st.just(0), st.just(0)),
    ),
    max_size=12,
)


@given(moves=MOVES)
def test_undo_and_redo_walk_through_the_states_that_were(grid, moves):
    seen = grid.ask("history", moves)

    states, at, expected = [[0, 0, 0]], 0, []
    for what, cell, value in moves:
        if what == "make" and states[at][cell] != value:
            states = [*states[: at + 1], [value if place == cell else one for place, one in enumerate(states[at])]]
            at += 1
        elif what == "undo":
            at = max(at - 1, 0)
        elif what == "redo":
            at = min(at + 1, len(states) - 1)
        expected.append(states[at])
    assert seen == expected
