// The decomposition grid of a plan: what is typed is sent to the server with everything unsaved, and the server
// answers what follows. Nothing is added up here.
//
// Page contract (plans/grid.html): the table of grid.js, with columns of which none has to be summed here, and
//   <form class="plan-form" action=SAVE_URL data-preview=URL data-cells=URL data-panel=URL data-layer="amount|submitted">
//     .grid-messages, .proof with [data-state] [data-counted] [data-identity] [data-unsaved] [data-discard]
//   [data-level-only] · [data-undo-edit] [data-redo-edit] [data-pin] · aside [data-plan-panel] with [data-cell-panel]
//   and [data-effects] [data-effect-list] [data-effect-more]; {% words "grid" %}{% words "plan" %}.
// An edit is {row, column, kind: "amount|submitted|pinned|floor|cap|weight|buffer_bp", value or text, version}.
// Preview contract: POST data-preview {edits, level_only} → 200 {cells: [{row, column, value, states}], differences,
//   labels, foot, proof, effects, more}, or an error {detail}: nothing follows, the last step is taken back.
// Save contract: POST SAVE_URL the same → 200 {message, undo_url} · 409 {conflicts: [{row, column, value, version, by}]}
//   · else {detail}; then GET data-cells → every cell with its version.
// Keys beside those of grid.js: Space pins; on the name of a row it lifts the row (plan/taking.js).
import { onCopy, onPaste } from "./grid/clipboard.js";
import { onFocusIn, onFocusOut, onKey, selected } from "./grid/editing.js";
import { foldable } from "./grid/folding.js";
import { modelOf } from "./grid/model.js";
import { editsOf } from "./plan/edits.js";
import { panelOf } from "./plan/panel.js";
import { ask, baseOf, previewed } from "./plan/previewing.js";
import { keep } from "./plan/saving.js";
import { rowsTakenByHand } from "./plan/taking.js";

function begin(form) {
  const model = modelOf(form);
  const byInput = new Map([...model.cells.values()].filter((cell) => cell.input).map((cell) => [cell.input, cell]));
  const grid = { model, byInput, editing: false, anchor: null, base: baseOf(model), levelOnly: false };
  grid.edits = editsOf(grid);
  grid.changes = grid.edits.changes;
  grid.redraw = () => ask(grid);
  grid.store = () => keep(grid);
  grid.keys = { " ": (_, cell) => pin(grid, selected(grid, cell)) };
  grid.panel = panelOf(grid);

  const on = (name, run) => form.addEventListener(name, (event) => run(grid, event));
  on("keydown", onKey);
  on("paste", onPaste);
  on("copy", onCopy);
  on("focusin", onFocusIn);
  on("focusout", onFocusOut);
  on("focusin", (_, event) => grid.panel.follow(byInput.get(event.target)));
  on("input", () => (grid.editing = true));
  on("mousedown", () => (grid.anchor = null));
  on("submit", (_, event) => {
    event.preventDefault();
    grid.store();
  });
  addEventListener("beforeunload", (event) => grid.edits.count() && event.preventDefault());
  tools(grid);
  foldable(model);
  rowsTakenByHand(form);
  previewed(grid, null);
}

function tools(grid) {
  const page = document;
  const on = (selector, run) => page.querySelector(selector)?.addEventListener("click", run);
  for (const tool of page.querySelectorAll("[data-scripted]")) tool.hidden = false;
  on("[data-discard]", () => grid.edits.drop() && grid.redraw());
  on("[data-undo-edit]", () => grid.changes.undo() && grid.redraw());
  on("[data-redo-edit]", () => grid.changes.redo() && grid.redraw());
  on("[data-pin]", () => grid.panel.cell() && pin(grid, selected(grid, grid.panel.cell())));
  const levelOnly = page.querySelector("[data-level-only]");
  levelOnly?.addEventListener("change", () => {
    grid.levelOnly = levelOnly.checked;
    if (grid.edits.count()) grid.redraw();
  });
}

/** Pin the chosen cells, or free them where all of them are pinned. */
function pin(grid, chosen) {
  const cells = chosen.filter((cell) => cell.typed);
  const value = cells.every((cell) => cell.states.includes("pinned")) ? "0" : "1";
  if (grid.edits.state(cells.map((cell) => [cell, "pinned", { value }]))) grid.redraw();
}

document.querySelectorAll("form.plan-form").forEach(begin);
