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
    label: line.querySelector("th").textContent.trim(),
  }));
  const cells = new Map();
  lines.forEach((line, down) => readLine(line, rows[down], columns, cells, down));
  return { form, table, unit, places, columns, rows, cells };
}

function readLine(line, row, columns, cells, down) {
  [...line.querySelectorAll("td[data-at]")].forEach((td) => {
    const column = td.dataset.at;
    const input = td.querySelector("input");
    const value = input?.dataset.minor ? BigInt(input.dataset.minor) : null;
    const right = columns.findIndex(({ key }) => key === column);
    const typed = Boolean(input) && !input.readOnly;
    const cell = { row: row.key, column, td, input, typed, value, saved: value, version: input?.dataset.version, down, right };
    cells.set(`${row.key}|${column}`, cell);
  });
}

export const cellOf = (model, row, column) => model.cells.get(`${row}|${column}`);

export const labelOf = (model, cell) =>
  `${model.rows[cell.down].label} ${model.columns[cell.right].label}`;

export const dirtyCells = (model) => [...model.cells.values()].filter((cell) => cell.typed && cell.value !== cell.saved);

/** Write every value and every sum that changed its text; return the sums for the proof bar. */
export function refresh(model) {
  const sums = sumsOf(model.rows, model.columns, (row, column) => cellOf(model, row, column)?.value ?? null);
  for (const cell of model.cells.values()) {
    const value = cell.input ? cell.value : sums.at(cell.row, cell.column);
    write(cell, amounts.show(value, model.unit, model.places));
    cell.td.classList.toggle("dirty", cell.typed && cell.value !== cell.saved);
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
  const [top, leaves] = [sums.top(at), sums.leaves(at)];
  if (foot === "top") return amounts.show(top, model.unit, model.places);
  if (foot === "leaves") return amounts.show(leaves, model.unit, model.places);
  return top === null || leaves === null ? amounts.MISSING : amounts.showSigned(top - leaves, model.unit, model.places);
}

function write(cell, text) {
  if (!cell.input) setText(cell.td, text);
  else if (document.activeElement !== cell.input || cell.input.readOnly) {
    if (cell.input.value !== text) cell.input.value = text;
  }
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
