// Saving a plan: every edit as one action, each with the version that was seen. See plan_grid.js for the contract.
import { conflictBox } from "../grid/save.js";
import { cellOf } from "../grid/model.js";
import { make } from "../modules/elements.js";
import { writeHeaders } from "../modules/requests.js";
import { toast } from "../modules/toasts.js";
import { say } from "../modules/words.js";
import { bodyOf, post, readAnew } from "./previewing.js";

export async function keep(grid) {
  if (!grid.edits.count()) return;
  try {
    const response = await post(grid.model.form.action, bodyOf(grid));
    const answer = await response.json();
    const messages = grid.model.form.querySelector(".grid-messages");
    messages.replaceChildren();
    if (response.ok) await kept(grid, answer);
    else if (answer.conflicts?.length) await choose(grid, answer.conflicts, messages);
    else messages.append(make("p", { class: "bad", role: "alert" }, say("plan", "refused", answer.detail ?? response.status)));
  } catch {
    toast(say("common", "offline"), { tone: "bad" });
  }
}

async function kept(grid, answer) {
  grid.edits.forget();
  await readAnew(grid);
  grid.redraw();
  grid.panel?.again();
  const undo = answer.undo_url && { label: say("grid", "undo"), run: () => undoAtServer(answer.undo_url) };
  toast(answer.message, { undo });
}

async function undoAtServer(url) {
  const response = await fetch(url, { method: "POST", headers: writeHeaders() });
  if (response.ok) location.reload();
  else toast(say("common", "failed", response.status), { tone: "bad" });
}

/** Both values are shown and one is chosen, cell by cell; nothing was written, and the others are read anew. */
async function choose(grid, conflicts, messages) {
  const mine = new Map(conflicts.map((one) => [one, cellOf(grid.model, one.row, one.column).value]));
  await readAnew(grid);
  for (const conflict of conflicts) {
    const cell = cellOf(grid.model, conflict.row, conflict.column);
    cell.value = mine.get(conflict);
    const settle = (value) => {
      if (value !== mine.get(conflict)) grid.edits.settle(cell);
      grid.redraw();
    };
    messages.append(conflictBox(grid.model, conflict, settle));
  }
  messages.firstElementChild?.focus();
}
