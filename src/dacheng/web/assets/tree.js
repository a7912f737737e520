// The tree of units: a unit is taken under another parent, a person to another unit, with the mouse or with keys.
//
// Page contract (organisation/organisation.html, web/tree_page.py):
//   <div data-tree>  a row of the table for each unit, in the order of the tree
//     <span data-unit=UNIT data-depth=N [data-movable] [data-closed]>  <a>      who may take things in, unless closed
//     <span data-person=PERSON [data-movable]>  <a>
//   <form method="post" data-look>  parent, on       sent to the page of a move it says what that will do, no more
//   [data-announce] for screen readers, {% words "tree" %}.
// Keys on a name: Space lifts · up and down choose a unit · Space drops · Esc puts back.
// A unit leads to the preview of its move at every node, a person to the handover; nothing is written here.
import { say } from "./modules/words.js";

const tree = document.querySelector("[data-tree]");
const form = document.querySelector("[data-look]");
const STEPS = { ArrowUp: -1, ArrowDown: 1 };

let dragged = null;
let lifted = null;

const units = () => [...tree.querySelectorAll("[data-unit]")];
const rowOf = (element) => element.closest("tr");
const nameOf = (thing) => thing.querySelector("a").textContent.trim();
const unitOf = (element) => rowOf(element)?.querySelector("[data-unit]");
const depthOf = (unit) => Number(unit.dataset.depth);

function announce(sentence) {
  document.querySelector("[data-announce]").textContent = sentence;
}

/** The units under one, itself included: the rows that follow it as long as they are deeper. */
function branch(unit) {
  const all = units();
  const rest = all.slice(all.indexOf(unit) + 1);
  const end = rest.findIndex((one) => depthOf(one) <= depthOf(unit));
  return [unit, ...(end < 0 ? rest : rest.slice(0, end))];
}

/** The unit directly above one: the last row before it that is less deep. */
function parentOf(unit) {
  const all = units();
  return all.slice(0, all.indexOf(unit)).findLast((one) => depthOf(one) < depthOf(unit));
}

/** Where a unit or a person may be taken. */
function targets(thing) {
  const isUnit = "unit" in thing.dataset;
  const not = new Set(isUnit ? [...branch(thing), parentOf(thing)] : [unitOf(thing)]);
  return units().filter((unit) => !("closed" in unit.dataset) && !not.has(unit));
}

function take(thing, target) {
  if (!targets(thing).includes(target)) return announce(say("tree", "stays", nameOf(thing)));
  announce(say("tree", "going", nameOf(thing), nameOf(target)));
  const page = thing.querySelector("a").pathname;
  if ("person" in thing.dataset) return location.assign(`${page}move/?unit=${target.dataset.unit}`);
  form.action = `${page}move/`;
  form.elements.parent.value = target.dataset.unit;
  return form.submit();
}

function mark(target) {
  for (const unit of units()) rowOf(unit).classList.toggle("over", unit === target);
}

function lift(thing) {
  lifted = { thing, target: null };
  rowOf(thing).classList.add("lifted");
  announce(say("tree", "lifted", nameOf(thing)));
}

function lower() {
  rowOf(lifted.thing).classList.remove("lifted");
  mark(null);
  lifted = null;
}

function drop() {
  const { thing, target } = lifted;
  lower();
  if (target) take(thing, target);
  else announce(say("tree", "stays", nameOf(thing)));
}

/** Choose the next unit above or below, starting from where the thing stands. */
function aim(step) {
  const open = targets(lifted.thing);
  const all = units();
  const from = all.indexOf(lifted.target ?? unitOf(lifted.thing));
  const ahead = step > 0 ? open.find((one) => all.indexOf(one) > from) : open.findLast((one) => all.indexOf(one) < from);
  if (!ahead) return;
  lifted.target = ahead;
  mark(ahead);
  rowOf(ahead).scrollIntoView({ block: "nearest" });
  announce(say("tree", "over", nameOf(ahead), open.indexOf(ahead) + 1, open.length));
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (lifted) return onLiftedKey(event);
  const thing = event.key === " " && event.target.closest("a")?.closest("[data-movable]");
  if (!thing) return;
  event.preventDefault();
  lift(thing);
}

function onLiftedKey(event) {
  if (event.key === "Escape") {
    announce(say("tree", "stays", nameOf(lifted.thing)));
    lower();
  } else if (event.key in STEPS) aim(STEPS[event.key]);
  else if (event.key === " " || event.key === "Enter") drop();
  else return;
  event.preventDefault();
}

function onDragOver(event) {
  const target = dragged && unitOf(event.target);
  const open = target && targets(dragged).includes(target);
  mark(open ? target : null);
  if (open) event.preventDefault();
}

function onDrop(event) {
  const target = dragged && unitOf(event.target);
  if (!target) return;
  event.preventDefault();
  take(dragged, target);
}

if (tree) {
  for (const thing of tree.querySelectorAll("[data-movable]")) {
    thing.draggable = true;
    for (const link of thing.querySelectorAll("a")) {
      link.draggable = false;
      link.setAttribute("aria-describedby", "tree-keys");
    }
  }
  tree.addEventListener("keydown", onKey);
  tree.addEventListener("focusout", () => lifted && setTimeout(() => lifted && !lifted.thing.contains(document.activeElement) && lower()));
  tree.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-movable]");
    event.dataTransfer?.setData("text/plain", dragged ? nameOf(dragged) : "");
  });
  tree.addEventListener("dragover", onDragOver);
  tree.addEventListener("drop", onDrop);
  tree.addEventListener("dragend", () => {
    dragged = null;
    mark(null);
  });
}
