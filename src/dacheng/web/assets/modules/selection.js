// Select rows of a list: a box each, Shift for a stretch, the box in the header for the page, Space on a row.
//
// Contract (parts/selection.html): boxes <input type="checkbox" form="selection" name="deal"> in the table and a form
// #selection with data-selection = how many rows the filter lets through, a box `all`, a .chosen for the count.
// The form is shown once something is selected. Without JavaScript it is always there and works the same.
import { isTyping } from "./elements.js";
import { say } from "./words.js";

const BOX = "input[form=selection][name=deal]";
let form = null;
let last = null;

const boxes = () => [...document.querySelectorAll(BOX)];

/** Say how many rows are selected, and show what can be done with them. */
function tell() {
  const chosen = boxes().filter((box) => box.checked).length;
  const all = form.elements.all;
  const whole = pageBox();
  form.classList.toggle("some", chosen > 0 || all.checked);
  form.querySelector(".chosen").textContent = all.checked
    ? say("common", "selected_all", form.dataset.selection)
    : say("common", "selected", chosen);
  if (whole) {
    whole.checked = chosen > 0 && chosen === boxes().length;
    whole.indeterminate = chosen > 0 && !whole.checked;
  }
  for (const box of boxes()) box.closest("tr").toggleAttribute("data-chosen", box.checked || all.checked);
}

const pageBox = () => document.querySelector("[data-pick-all] input");

function stretch(box) {
  const all = boxes();
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
  if (from >= 0) for (const one of all.slice(from, to + 1)) one.checked = box.checked;
}

function onClick(event) {
  const box = event.target.closest?.(BOX);
  if (!box) return;
  if (event.shiftKey && last && last !== box) stretch(box);
  last = box;
  tell();
}

function onChange(event) {
  if (event.target === pageBox()) for (const box of boxes()) box.checked = event.target.checked;
  if (event.target === pageBox() || event.target === form.elements.all || event.target.matches?.(BOX)) tell();
}

/** Space on a row that J and K led to selects it. */
function onKey(event) {
  if (event.key !== " " || isTyping(event.target) || !event.target.matches?.("main tbody tr")) return;
  const box = event.target.querySelector(BOX);
  if (!box) return;
  event.preventDefault();
  box.click();
}

export function start() {
  form = document.getElementById("selection");
  if (!form) return;
  document.querySelector("[data-pick-all]")?.removeAttribute("hidden");
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("keydown", onKey);
  form.addEventListener("reset", () => setTimeout(tell));
  addEventListener("pageshow", tell);
  tell();
}
