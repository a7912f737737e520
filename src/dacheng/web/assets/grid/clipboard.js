// Copy and paste blocks between the grid and a spreadsheet.
import * as amounts from "./amounts.js";
import { cellAt, change, rest, rowBelow, selected } from "./editing.js";
import { blockOf, planOf } from "./paste.js";
import { confirmPaste } from "./preview.js";

const isBlock = (text) => /[\t\n]/.test(text.trim());

export async function onPaste(grid, event) {
  const start = grid.byInput.get(event.target);
  const text = event.clipboardData.getData("text/plain");
  if (!start?.typed || !isBlock(text)) return; // one value goes into the input as it always does
  event.preventDefault();
  const beside = (down, right) => cellAt(grid, rowBelow(grid, start.down, down), start.right + right);
  const plan = planOf(blockOf(text), beside, grid.model.unit);
  const accepted = await confirmPaste(grid.model, plan, start);
  start.input.focus();
  if (accepted) change(grid, plan.changes.map(({ cell, value }) => ({ cell, before: cell.value, after: value })));
  rest(grid, start);
}

export function onCopy(grid, event) {
  const cell = grid.byInput.get(event.target);
  if (!cell || grid.editing) return;
  event.preventDefault();
  event.clipboardData.setData("text/plain", blockText(grid, selected(grid, cell)));
}

function blockText(grid, chosen) {
  const lines = new Map();
  for (const cell of chosen) {
    const text = cell.input ? amounts.exact(cell.value, grid.model.unit) : cell.td.textContent.replaceAll(",", "");
    lines.set(cell.down, [...(lines.get(cell.down) ?? []), text]);
  }
  return [...lines.values()].map((line) => line.join("\t")).join("\n");
}
