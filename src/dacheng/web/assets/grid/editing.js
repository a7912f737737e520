// Moving and typing in the grid. Every function takes the grid and, where it has one, the cell.
// A grid is {model, changes, byInput, editing, anchor, redraw(), store()} and, where it has keys of its own, keys:
// grid.js adds up while one types, plan_grid.js asks the server what follows.
import { toast } from "../modules/toasts.js";
import { say } from "../modules/words.js";
import * as amounts from "./amounts.js";
import { cellOf, dirtyCells, showAtRest } from "./model.js";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const SIDEWAYS = ["ArrowLeft", "ArrowRight"];

const isShown = (cell) => !cell.td.parentElement.hidden;

/** Return the row so many shown rows below another; rows that are folded away are left out. */
export function rowBelow({ model }, down, by) {
  const shown = model.rows.map((row, at) => at).filter((at) => at >= down && !model.lines[at].hidden);
  return shown[by] ?? model.rows.length;
}

/** Return the cell at a position, null beyond the edge. */
export function cellAt({ model }, down, right) {
  const [row, column] = [model.rows[down], model.columns[right]];
  return row && column ? (cellOf(model, row.key, column.key) ?? null) : null;
}

/** Apply a batch of {cell, before, after} as one step that can be undone. */
export function change(grid, batch) {
  if (grid.changes.make(batch)) grid.redraw();
}

/** Take what stands in the input; false when it cannot be read: the old amount is kept. */
export function commit(grid, cell) {
  if (!grid.editing) return true;
  const read = amounts.parse(cell.input.value, grid.model.unit, cell.value);
  if (read.error) {
    cell.input.setAttribute("aria-invalid", "true");
    cell.td.classList.add("refused");
    toast(say("common", "not_a_number", cell.input.value), { tone: "bad" });
    return false;
  }
  rest(grid, cell, read.value);
  change(grid, [{ cell, before: cell.value, after: read.value }]);
  return true;
}

/** Show the exact amount, all selected: typing replaces it. */
export function rest(grid, cell, value = cell.value) {
  grid.editing = false;
  cell.input.removeAttribute("aria-invalid");
  cell.td.classList.remove("refused");
  cell.input.value = amounts.exact(value, grid.model.unit);
  if (document.activeElement === cell.input) cell.input.select();
}

/** Return the cells of the rectangle between the anchor and a cell, sums included. */
export function selected(grid, cell) {
  const from = grid.anchor ?? cell;
  const within = (value, one, other) => value >= Math.min(one, other) && value <= Math.max(one, other);
  return [...grid.model.cells.values()].filter(
    (one) => isShown(one) && within(one.down, from.down, cell.down) && within(one.right, from.right, cell.right),
  );
}

function mark(grid, cell) {
  const chosen = new Set(grid.anchor ? selected(grid, cell) : []);
  for (const one of grid.model.cells.values()) one.td.classList.toggle("within", chosen.has(one));
}

/** Go to the next typed cell in a direction; sums are stepped over. */
function move(grid, cell, [down, right], extend = false) {
  let next = cell;
  do next = cellAt(grid, next.down + down, next.right + right);
  while (next && !(next.typed && isShown(next)));
  if (!next) return;
  grid.anchor = extend ? (grid.anchor ?? cell) : null;
  next.input.focus();
  next.td.scrollIntoView({ block: "nearest", inline: "nearest" });
  mark(grid, next);
}

function setAll(grid, cell, value) {
  rest(grid, cell, value);
  const typed = selected(grid, cell).filter((one) => one.typed);
  change(grid, typed.map((one) => ({ cell: one, before: one.value, after: value })));
}

function fill(grid, cell) {
  const read = amounts.parse(cell.input.value, grid.model.unit, cell.value);
  if (read.error) commit({ ...grid, editing: true }, cell);
  else setAll(grid, cell, read.value);
}

function travel(grid, cell, way) {
  if (grid.editing) return rest(grid, cell);
  if (grid.changes[way]()) grid.redraw();
  rest(grid, cell);
}

function edit(grid, cell) {
  grid.editing = true;
  cell.input.setSelectionRange(cell.input.value.length, cell.input.value.length);
}

function leave(grid, cell) {
  grid.anchor = null;
  mark(grid, cell);
  rest(grid, cell);
}

export function discard(grid) {
  change(grid, dirtyCells(grid.model).map((cell) => ({ cell, before: cell.value, after: cell.saved })));
}

const WITH_CONTROL = {
  z: (grid, cell) => travel(grid, cell, "undo"),
  y: (grid, cell) => travel(grid, cell, "redo"),
  s: (grid, cell) => commit(grid, cell) && grid.store(),
  enter: fill,
};

const PLAIN = {
  F2: edit,
  Enter: (grid, cell, event) => commit(grid, cell) && move(grid, cell, [event.shiftKey ? -1 : 1, 0]),
  Escape: leave,
  Delete: (grid, cell) => setAll(grid, cell, null),
};

function actionOf(grid, event) {
  if (event.ctrlKey || event.metaKey) return WITH_CONTROL[event.key.toLowerCase()];
  const moving = ARROWS[event.key];
  if (grid.editing && (SIDEWAYS.includes(event.key) || event.key === "Delete")) return null;
  if (moving) return () => commit(grid, grid.byInput.get(event.target)) && move(grid, grid.byInput.get(event.target), moving, event.shiftKey);
  return (!grid.editing && grid.keys?.[event.key]) || PLAIN[event.key];
}

export function onKey(grid, event) {
  const cell = grid.byInput.get(event.target);
  if (!cell?.typed || event.isComposing || event.altKey) return;
  const run = actionOf(grid, event);
  if (!run) return;
  event.preventDefault();
  event.stopPropagation();
  run(grid, cell, event);
}

export function onFocusIn(grid, { target }) {
  const cell = grid.byInput.get(target);
  if (cell) rest(grid, cell);
}

export function onFocusOut(grid, { target }) {
  const cell = grid.byInput.get(target);
  if (!cell || (cell.typed && !commit(grid, cell))) return;
  showAtRest(grid.model, cell);
}
