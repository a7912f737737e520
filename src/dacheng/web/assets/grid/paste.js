// A block from Excel: text with tabs and lines, quoted where a cell holds a tab, a line break or a quote.
import { parse } from "./amounts.js";

/** Split a pasted text into rows of cells. */
export function blockOf(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let i = 0; i < source.length; i += 1) {
    const letter = source[i];
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (source[i + 1] === '"') cell += source[(i += 1)];
      else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === "\t" || letter === "\n") {
      rows.at(-1).push(cell);
      cell = "";
      if (letter === "\n") rows.push([]);
    } else cell += letter;
  }
  rows.at(-1).push(cell);
  return rows;
}

/**
 * Say what a paste would do, changing nothing.
 * `cellAt(down, right)` gives the grid's cell beside the start: {value, typed: bool} or null beyond the edge.
 * Returns {changes: [{cell, value}], same, skipped, unread: [text]}: skipped = sums and beyond the edge.
 */
export function planOf(block, cellAt, unit) {
  const plan = { changes: [], same: 0, skipped: 0, unread: [], rows: block.length, columns: Math.max(...block.map((row) => row.length)) };
  block.forEach((row, down) =>
    row.forEach((text, right) => {
      const cell = cellAt(down, right);
      if (!cell?.typed) plan.skipped += 1;
      else place(plan, cell, parse(text, unit, cell.value), text);
    }),
  );
  return plan;
}

function place(plan, cell, read, text) {
  if (read.error) plan.unread.push(text.trim());
  else if (read.value === cell.value) plan.same += 1;
  else plan.changes.push({ cell, value: read.value });
}
