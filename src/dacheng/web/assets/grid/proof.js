// The proof bar: does everything add up, how much is unsaved. It speaks after every change (role=status).
import { make } from "../modules/elements.js";
import { say } from "../modules/words.js";
import * as amounts from "./amounts.js";
import { cellOf, dirtyCells, labelOf } from "./model.js";

const SHOWN = 8;

/** Show the proof; return whether the grid may be saved. */
export function prove(model, sums) {
  const bar = model.form.querySelector(".proof");
  const strict = model.form.dataset.proof === "strict";
  const broken = sums.broken();
  const missing = broken.reduce((sum, [, , miss]) => sum + miss, 0n);
  const unsaved = dirtyCells(model).length;

  const state = bar.querySelector("[data-state]");
  state.className = `state ${broken.length ? (strict ? "bad" : "warn") : "good"}`;
  setText(state, say("grid", broken.length ? (strict ? "inconsistent" : "differs") : "consistent"));
  const counted = broken.length || sums.identities;
  setText(bar.querySelector("[data-checked]"), say("grid", "checked", counted, amounts.showSigned(missing, model.unit, 2)));
  setText(bar.querySelector("[data-unsaved]"), unsaved ? say("grid", "unsaved", unsaved) : say("grid", "all_saved"));
  const listed = strict ? broken.slice(0, SHOWN) : [];
  bar.querySelector("[data-broken]").replaceChildren(...listed.map((item) => linkTo(model, item)));
  for (const button of bar.querySelectorAll("button")) button.disabled = unsaved === 0;
  for (const output of bar.querySelectorAll("[data-sum]")) setText(output, identity(model, sums, output.dataset));
  return !strict || broken.length === 0;
}

/** data-sum = top | leaves | difference | below | rest, data-at = the column: the identity in words holds these. */
function identity(model, sums, { sum, at }) {
  const [top, parts] = [sums.top(at) ?? 0n, (sum === "below" || sum === "rest" ? sums.below(at) : sums.leaves(at)) ?? 0n];
  if (sum === "difference" || sum === "rest") return amounts.showSigned(top - parts, model.unit, model.places);
  return amounts.show(sum === "top" ? top : parts, model.unit, model.places);
}

function linkTo(model, [row, column, miss]) {
  const cell = cellOf(model, row, column);
  const text = `${labelOf(model, cell)} ${amounts.showSigned(miss, model.unit, 2)}`;
  const link = make("button", { type: "button", class: "plain bad" }, text);
  link.disabled = false;
  link.addEventListener("click", () => (cell.input ?? cell.td).focus());
  return link;
}

function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}
