// Saving: the changed cells as one action, each with the version it was read at. See grid.js for the contract.
import { writeHeaders } from "../modules/requests.js";
import { toast } from "../modules/toasts.js";
import { make } from "../modules/elements.js";
import { say } from "../modules/words.js";
import * as amounts from "./amounts.js";
import { cellOf, dirtyCells, labelOf } from "./model.js";

const text = (value) => (value === null ? null : value.toString());
const amount = (minor) => (minor === null || minor === undefined ? null : BigInt(minor));

/** Send the changed cells; `again` redraws the grid. */
export async function save(model, again) {
  const sent = dirtyCells(model);
  if (!sent.length) return;
  const cells = sent.map(({ row, column, value, version }) => ({ row, column, value: text(value), version: version ?? null }));
  try {
    const response = await fetch(model.form.action, {
      method: "POST",
      headers: { ...writeHeaders(), "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ cells }),
    });
    await answered(model, response, again);
  } catch {
    toast(say("common", "offline"), { tone: "bad" });
  }
}

async function answered(model, response, again) {
  const json = response.headers.get("Content-Type")?.includes("json");
  const answer = json ? await response.json() : {};
  clearMessages(model);
  if (response.ok) return saved(model, answer, again);
  if (response.status === 409 && answer.conflicts) return showConflicts(model, answer.conflicts, again);
  if (answer.findings) return showRefused(model, answer.findings);
  toast(say("common", "failed", answer.detail ?? response.status), { tone: "bad" });
}

/** Only what came back saved counts as saved: a cell edited meanwhile stays unsaved. */
function saved(model, answer, again) {
  for (const { row, column, value, version } of answer.saved) {
    const cell = cellOf(model, row, column);
    cell.saved = amount(value);
    cell.version = version;
  }
  again();
  const undo = answer.undo_url && { label: say("grid", "undo"), run: () => undoAtServer(answer.undo_url) };
  toast(answer.message ?? say("grid", "saved", answer.saved.length), { undo });
}

async function undoAtServer(url) {
  const response = await fetch(url, { method: "POST", headers: writeHeaders() });
  if (response.ok) location.reload();
  else toast(say("common", "failed", response.status), { tone: "bad" });
}

const messages = (model) => model.form.querySelector(".grid-messages");

function clearMessages(model) {
  messages(model).replaceChildren();
  for (const cell of model.cells.values()) cell.td.classList.remove("conflicted", "refused");
}

/** Both values are shown and one is chosen, cell by cell; nothing of this save was written. */
function showConflicts(model, conflicts, again) {
  messages(model).append(...conflicts.map((conflict) => conflictOf(model, conflict, again)));
  messages(model).firstElementChild?.focus();
}

function conflictOf(model, conflict, again) {
  const cell = cellOf(model, conflict.row, conflict.column);
  const theirs = amount(conflict.value);
  return conflictBox(model, conflict, (value) => {
    Object.assign(cell, { saved: theirs, version: conflict.version, value });
    again();
  });
}

/** Return a box with both values of a cell; `settle` takes the one that is chosen. */
export function conflictBox(model, conflict, settle) {
  const cell = cellOf(model, conflict.row, conflict.column);
  const theirs = amount(conflict.value);
  const shown = (value) => (value === null ? say("grid", "missing") : amounts.show(value, model.unit, 2));
  cell.td.classList.add("conflicted");
  const sentence = say("grid", "conflict", labelOf(model, cell), conflict.by || say("grid", "someone"), shown(theirs), shown(cell.value));
  const box = make("div", { class: "conflict", tabindex: "-1" }, make("p", {}, sentence));
  const mine = cell.value;
  const chosen = (value) => () => {
    cell.td.classList.remove("conflicted");
    box.remove();
    settle(value);
    cell.input.focus();
  };
  box.append(
    make("div", { class: "buttons" }, choice(say("grid", "keep_mine", shown(mine)), chosen(mine)),
      choice(say("grid", "take_theirs", shown(theirs)), chosen(theirs))),
  );
  return box;
}

function choice(label, run) {
  const button = make("button", { type: "button", class: "button small" }, label);
  button.addEventListener("click", run);
  return button;
}

/** A refused cell keeps what was typed, in red, with the reason beside it. */
function showRefused(model, findings) {
  for (const { row, column, message } of findings) {
    const cell = row && cellOf(model, row, column);
    cell?.td.classList.add("refused");
    const sentence = cell ? say("grid", "refused", labelOf(model, cell), message) : message;
    messages(model).append(make("p", { class: "bad", role: "alert" }, sentence));
  }
}
