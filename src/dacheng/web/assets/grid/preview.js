// Before a block is pasted: how many cells change, and which, from what to what. Nothing happens before 粘贴 is pressed.
import { make } from "../modules/elements.js";
import { say } from "../modules/words.js";
import * as amounts from "./amounts.js";
import { labelOf } from "./model.js";

const SHOWN = 12;

/** Show the plan and resolve to true when it is accepted. */
export function confirmPaste(model, plan, start) {
  const dialog = make("dialog", { class: "dialog", "aria-labelledby": "paste-title" }, ...contentOf(model, plan, start));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "paste");
    });
  });
}

function contentOf(model, plan, start) {
  const { rows, columns, changes, same, skipped, unread } = plan;
  const summary = say("grid", "paste_summary", rows, columns, labelOf(model, start), changes.length, same, skipped);
  return [
    make("h2", { id: "paste-title" }, say("grid", "paste_title")),
    make("p", {}, summary),
    unread.length ? make("p", { class: "bad" }, say("grid", "paste_bad", unread.length, unread.slice(0, 3).join("、"))) : "",
    changes.length ? tableOf(model, changes) : make("p", { class: "ink3" }, say("grid", "paste_nothing")),
    buttonsOf(changes.length),
  ];
}

function tableOf(model, changes) {
  const line = ({ cell, value }) =>
    make(
      "tr",
      {},
      make("td", {}, labelOf(model, cell)),
      make("td", { class: "num" }, `${shown(model, cell.value)} → ${shown(model, value)}`),
    );
  const body = make("tbody", {}, ...changes.slice(0, SHOWN).map(line));
  if (changes.length > SHOWN) body.append(make("tr", {}, make("td", {}, "…"), make("td")));
  return make("table", { class: "history paste-preview" }, make("caption", { class: "aloud" }, say("grid", "paste_from_to")), body);
}

const shown = (model, value) => amounts.show(value, model.unit, 2);

function buttonsOf(count) {
  const accept = make("button", { class: "button primary", value: "paste" }, say("grid", "paste_apply", count));
  const leave = make("button", { class: "button", value: "" }, say("common", "cancel"));
  return make("form", { method: "dialog", class: "buttons end" }, leave, ...(count ? [accept] : []));
}
