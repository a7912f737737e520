// The grid on the page: its cells, what they add up to, and how they look.
import * as amounts from "./amounts.js";
import { sumsOf } from "./sums.js";

const split = (text) => (text ? text.split(" ") : []);

/** Read the table into {rows, columns, cells, lines}; `lines` are the typed or summed cells by position. */
export function modelOf(form) {
  const table = form.querySelector("table.grid");
  const unit = amounts.UNITS[form.dataset.unit];
  const places = Number(form.dataset.places ?? 0);
  const columns = [...table.querySelectorAll("thead th[data-column]")].map((head) => ({
    key: head.dataset.column,
    parts: split(head.dataset.parts),
    label: head.textContent.trim(),
  }));
  const lines = [...table.querySelectorAll("tbody tr[data-row]")];
  const rows = lines.map((line) => ({
    key: line.dataset.row,
    parent: line.dataset.parent ?? "",
    kind: line.dataset.kind,
    label: line.querySelector("[data-name]").textContent.trim(),
  }));
  const cells = new Map();
  lines.forEach((line, down) => readLine(line, rows[down], columns, cells, down));
  return { form, table, unit, places, columns, rows, lines, cells };
}

const amount = (text) => (text ? BigInt(text) : null);

function readLine(line, row, columns, cells, down) {
  [...line.querySelectorAll("td[data-at]")].forEach((td) => {
    const column = td.dataset.at;
    const input = td.querySelector("input");
    const value = amount((input ?? td).dataset.minor);
    const right = columns.findIndex(({ key }) => key === column);
    const typed = Boolean(input) && !input.readOnly;
    const version = input?.dataset.version;
    const cell = { row: row.key, column, td, input, typed, value, saved: value, version, down, right };
    cell.below = amount(td.dataset.below);
    cell.summed = !input && td.dataset.minor === undefined;
    cell.either = row.kind === "either";
    cells.set(`${row.key}|${column}`, cell);
  });
}

export const cellOf = (model, row, column) => model.cells.get(`${row}|${column}`);

export const labelOf = (model, cell) =>
  `${model.rows[cell.down].label} ${model.columns[cell.right].label}`;

export const dirtyCells = (model) => [...model.cells.values()].filter((cell) => cell.typed && cell.value !== cell.saved);

/** Write every value and every sum that changed its text; return the sums for the proof bar. */
export function refresh(model) {
  const of = (name) => (row, column) => cellOf(model, row, column)?.[name] ?? null;
  const sums = sumsOf(model.rows, model.columns, of("value"), of("below"));
  for (const cell of model.cells.values()) {
    write(model, cell, sums.at(cell.row, cell.column));
    cell.td.classList.toggle("dirty", cell.typed && cell.value !== cell.saved);
    cell.td.classList.toggle("derived", !cell.summed && cell.either && cell.value === null);
  }
  for (const td of model.table.querySelectorAll("td[data-difference]")) {
    const value = sums.difference(td.closest("tr").dataset.row, td.dataset.difference);
    setText(td, value === null ? "" : amounts.showSigned(value, model.unit, model.places));
  }
  for (const td of model.table.querySelectorAll("td[data-foot]")) setText(td, footOf(model, sums, td));
  return sums;
}

function footOf(model, sums, td) {
  const { foot, at } = td.dataset;
  const [top, parts] = [sums.top(at), foot === "below" || foot === "rest" ? sums.below(at) : sums.leaves(at)];
  if (foot === "top") return amounts.show(top, model.unit, model.places);
  if (foot === "leaves" || foot === "below") return amounts.show(parts, model.unit, model.places);
  return top === null || parts === null ? amounts.MISSING : amounts.showSigned(top - parts, model.unit, model.places);
}

/** Show a cell at rest; where a unit types nothing, its children's sum stands in grey. */
export function showAtRest(model, cell) {
  const derived = cell.either && cell.value === null;
  const text = derived ? "" : amounts.show(cell.value, model.unit, model.places);
  if (cell.input.value !== text) cell.input.value = text;
}

function write(model, cell, sum) {
  const text = amounts.show(sum, model.unit, model.places);
  if (!cell.input) return setText(cell.td, text);
  if (cell.either && cell.input.placeholder !== text) cell.input.placeholder = text;
  if (document.activeElement !== cell.input || cell.input.readOnly) showAtRest(model, cell);
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
