// What follows from the edits: asked of the server, shown in the cells, the foot, the proof and the panel.
import * as amounts from "../grid/amounts.js";
import { rest } from "../grid/editing.js";
import { cellOf, showAtRest } from "../grid/model.js";
import { make } from "../modules/elements.js";
import { writeHeaders } from "../modules/requests.js";
import { toast } from "../modules/toasts.js";
import { say } from "../modules/words.js";

const SIGNS = ["pinned", "at-low", "at-high", "not-agreed"];
const amount = (minor) => (minor === null || minor === undefined ? null : BigInt(minor));

/** Return cell -> {value, states} as they stand at the server; cells without an input are read too. */
export function baseOf(model) {
  const base = new Map();
  for (const cell of model.cells.values()) {
    cell.states = SIGNS.filter((sign) => cell.td.classList.contains(sign));
    base.set(cell, { value: cell.value, states: cell.states, text: cell.input ? null : cell.td.textContent });
  }
  return base;
}

export const post = (url, body) =>
  fetch(url, {
    method: "POST",
    headers: { ...writeHeaders(), "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });

export const bodyOf = (grid) => ({ edits: grid.edits.list(), level_only: grid.levelOnly });

/** Ask what follows; an answer that a later question has overtaken is dropped. */
export async function ask(grid) {
  const number = (grid.asking = (grid.asking ?? 0) + 1);
  if (!grid.edits.count()) return previewed(grid, null);
  grid.model.form.setAttribute("aria-busy", "true");
  try {
    const response = await post(grid.model.form.dataset.preview, bodyOf(grid));
    const answer = await response.json();
    if (number !== grid.asking) return undefined;
    for (const told of grid.model.form.querySelectorAll(".grid-messages > p")) told.remove();
    return response.ok ? previewed(grid, answer) : refused(grid, answer.detail);
  } catch {
    return toast(say("common", "offline"), { tone: "bad" });
  } finally {
    if (number === grid.asking) grid.model.form.removeAttribute("aria-busy");
  }
}

/** The step that cannot be is taken back and its cells told in red; what was asked before stands. */
async function refused(grid, detail) {
  const before = new Set(grid.edits.cells());
  grid.changes.undo();
  const left = new Set(grid.edits.cells());
  await ask(grid);
  for (const cell of before) cell.td.classList.toggle("refused", !left.has(cell));
  grid.model.form.querySelector(".grid-messages").replaceChildren(make("p", { class: "bad", role: "alert" }, say("plan", "refused", detail)));
}

/** Show an answer; without one, what stands at the server. */
export function previewed(grid, answer) {
  const { model } = grid;
  const differing = new Map((answer?.cells ?? []).map((one) => [cellOf(model, one.row, one.column), one]));
  for (const [cell, stands] of grid.base) show(grid, cell, stands, differing.get(cell));
  around(grid, answer ?? grid.around);
  effects(answer);
  const count = grid.edits.count();
  const bar = model.form.querySelector(".proof");
  setText(bar.querySelector("[data-unsaved]"), count ? say("plan", "unsaved", count) : say("plan", "all_saved"));
  for (const button of bar.querySelectorAll("button")) button.disabled = count === 0;
  for (const [name, ready] of [["undo", grid.changes.can?.("undo")], ["redo", grid.changes.can?.("redo")]]) {
    const button = document.querySelector(`[data-${name}-edit]`);
    if (button) button.disabled = !ready;
  }
  grid.panel?.refresh();
}

function show(grid, cell, stands, other) {
  const { model } = grid;
  const value = other ? amount(other.value) : stands.value;
  cell.value = value;
  cell.states = other ? other.states : stands.states;
  for (const sign of SIGNS) cell.td.classList.toggle(sign, cell.states.includes(sign));
  cell.td.classList.toggle("dirty", Boolean(other) || grid.edits.asked(cell));
  cell.td.classList.remove("refused");
  if (!cell.input) return setText(cell.td, other ? amounts.show(value, model.unit, model.places) : (stands.text ?? amounts.show(value, model.unit, model.places)));
  if (document.activeElement !== cell.input) return showAtRest(model, cell);
  if (!grid.editing) rest(grid, cell);
  return undefined;
}

/** Show what stands around the cells: differences, foot, proof. The first page has it already. */
function around(grid, answer) {
  if (!answer) return;
  const { form, table } = grid.model;
  for (const td of table.querySelectorAll("td[data-difference]")) setText(td, answer.differences[td.closest("tr").dataset.row] ?? "");
  for (const td of table.querySelectorAll("td[data-foot]")) setText(td, answer.foot[td.dataset.foot]?.[td.dataset.at] ?? "");
  const { proof } = answer;
  const state = form.querySelector("[data-state]");
  state.className = `state ${proof.tone}`;
  setText(state, proof.label);
  setText(form.querySelector("[data-counted]"), proof.counted);
  const items = proof.items.map((item) => make("span", {}, `${item.before} `, make("b", {}, item.text)));
  form.querySelector("[data-identity]").replaceChildren(...items.flatMap((item) => [item, " "]));
}

function effects(answer) {
  const section = document.querySelector("[data-effects]");
  if (!section) return;
  const listed = answer?.effects ?? [];
  section.hidden = !listed.length;
  const line = ({ label, text }) => make("li", {}, make("span", {}, label), make("b", { class: "acct" }, text));
  section.querySelector("[data-effect-list]").replaceChildren(...listed.map(line));
  setText(section.querySelector("[data-effect-more]"), answer?.more ?? "");
}

/** Read every cell anew from the server. */
export async function readAnew(grid) {
  const response = await fetch(grid.model.form.dataset.cells, { headers: { Accept: "application/json" } });
  const answer = await response.json();
  for (const one of answer.cells) {
    const cell = cellOf(grid.model, one.row, one.column);
    if (!cell) continue;
    if ("version" in one) cell.version = one.version;
    grid.base.set(cell, { value: amount(one.value), states: one.states, text: null });
  }
  grid.around = answer;
}

export function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}
