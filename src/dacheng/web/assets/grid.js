// The target grid: a plain table of inputs that adds up while one types.
//
// Page contract (parts/grid.html):
//   <form class="grid-form" action=SAVE_URL data-unit="wan" data-places="0" data-proof="strict|show">
//     <th data-column=KEY data-parts="KEY KEY">        parts = the columns it adds; none = typed
//     <tr data-row=KEY data-parent=KEY data-kind="own|sum|either">          either = typed, else what its children add up to
//       <td data-at=COLUMN><input data-minor="32100000" data-version="3" …>   typed; data-minor empty = missing
//       <td data-at=COLUMN data-minor="32100000">                            typed elsewhere, read only here
//       <td … data-below="31000000">                                         what lies below, where the grid has no children
//       <td data-at=COLUMN class="sum">                                      added here, read only
//       <td data-difference=COLUMN>                                          own minus children (上减下)
//     <td data-foot="top|leaves|difference|below|rest" data-at=COLUMN>      below = the next level, rest = top minus below
//     .grid-messages, .proof with [data-state] [data-checked] [data-unsaved] [data-broken] [data-sum data-at]
//   and {% words "grid" %}.
// Save contract: POST SAVE_URL, JSON, X-CSRFToken and Idempotency-Key
//   {"cells": [{"row", "column", "value": "32100000" | null, "version": "3" | null}]}     value = minor units as text
//   200 {"saved": [{"row", "column", "value", "version"}], "undo_url", "message"}          all of them, or none
//   409 {"conflicts": [{"row", "column", "value": theirs, "version", "by"}]}               nothing was written
//   422 {"findings": [{"row", "column", "message"}]}                                       nothing was written
//   undo_url is POSTed with an empty body; 200 and the page is read again.
// Without JavaScript the form posts its inputs as  c.<row>.<column>.<version> = exact decimal in the display unit.
// Keys: arrows, Tab, Enter move · typing replaces, F2 edits, Esc restores · Shift+arrows select ·
//   Ctrl+Enter fills · Delete clears · Ctrl+C / Ctrl+V a block · Ctrl+Z / Ctrl+Y · Ctrl+S saves · Alt+H who set it.
import { changesOf } from "./grid/changes.js";
import { onCopy, onPaste } from "./grid/clipboard.js";
import { discard, onFocusIn, onFocusOut, onKey } from "./grid/editing.js";
import { foldable } from "./grid/folding.js";
import * as history from "./grid/history.js";
import { dirtyCells, modelOf, refresh } from "./grid/model.js";
import { prove } from "./grid/proof.js";
import { save } from "./grid/save.js";
import { toast } from "./modules/toasts.js";
import { say } from "./modules/words.js";

/** Bring one grid to life. `editing`: arrows move the caret, not the cell. `anchor`: where a selection began. */
function begin(form) {
  const model = modelOf(form);
  const changes = changesOf((batch) => {
    for (const { cell, after } of batch) cell.value = after;
  });
  const byInput = new Map([...model.cells.values()].filter((cell) => cell.input).map((cell) => [cell.input, cell]));
  let sound = true;
  const redraw = () => (sound = prove(model, refresh(model)));
  const grid = { model, changes, byInput, editing: false, anchor: null, redraw, store: () => store(model, sound, redraw) };

  const on = (name, run) => form.addEventListener(name, (event) => run(grid, event));
  on("keydown", onKey);
  on("paste", onPaste);
  on("copy", onCopy);
  on("focusin", onFocusIn);
  on("focusout", onFocusOut);
  on("focusin", (_, event) => history.follow(byInput.get(event.target)));
  on("keydown", (_, event) => history.onKey(event));
  on("input", () => (grid.editing = true));
  on("mousedown", () => (grid.anchor = null));
  on("submit", (_, event) => {
    event.preventDefault();
    grid.store();
  });
  form.querySelector("[data-discard]")?.addEventListener("click", () => discard(grid));
  addEventListener("beforeunload", (event) => dirtyCells(model).length && event.preventDefault());
  foldable(model);
  redraw();
}

/** Save, unless parents and children disagree where they must agree. */
function store(model, sound, redraw) {
  if (sound) return save(model, redraw);
  const counted = model.form.querySelector("[data-checked]").textContent;
  return toast(say("grid", "broken", counted), { tone: "bad" });
}

document.querySelectorAll("form.grid-form").forEach(begin);
