// What was changed and not saved: one edit for each cell and kind, kept in steps that can be undone.
import { changesOf } from "../grid/changes.js";
import { toast } from "../modules/toasts.js";
import { say } from "../modules/words.js";

const text = (value) => (value === null ? null : value.toString());

/** Return {changes, list, cells, count, asked, state, settle, drop, forget} of a grid's edits. */
export function editsOf(grid) {
  const kept = new Map();
  const steps = changesOf((batch) => {
    for (const { cell: key, after } of batch) {
      if (after) kept.set(key, after);
      else kept.delete(key);
    }
  });

  const step = (edits) => steps.make(edits.map(([key, after]) => ({ cell: key, before: kept.get(key), after })));
  const keyOf = (cell, kind) => `${cell.row}|${cell.column}|${kind}`;
  const layer = () => grid.model.form.dataset.layer;

  /** State something of cells: [[cell, kind, {value} or {text}]]. */
  function state(stated) {
    return step(stated.map(([cell, kind, given]) => [keyOf(cell, kind), { cell, kind, ...given }]));
  }

  /** Take typed amounts, as editing.js hands them over; a blank is no amount of a plan. */
  function make(batch) {
    const typed = batch.filter(({ cell, after }) => cell.value !== after);
    if (layer() === "amount" && typed.some(({ after }) => after === null)) {
      toast(say("plan", "blank"), { tone: "bad" });
      return false;
    }
    for (const { cell, after } of typed) cell.value = after;
    return typed.length > 0 && state(typed.map(({ cell, after }) => [cell, layer(), { value: text(after) }]));
  }

  return {
    changes: { ...steps, make },
    state,
    count: () => kept.size,
    cells: () => [...kept.values()].map((edit) => edit.cell),
    asked: (cell) => [...kept.values()].some((edit) => edit.cell === cell),
    list: () =>
      [...kept.values()].map(({ cell, kind, ...given }) => ({
        row: cell.row, column: cell.column, kind, ...given, version: cell.version ?? 0,
      })),
    settle: (cell) => kept.delete(keyOf(cell, layer())),
    drop: () => step([...kept.keys()].map((key) => [key, undefined])),
    forget() {
      kept.clear();
      steps.forget();
    },
  };
}
