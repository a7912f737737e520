// The tree of units: a unit is taken under another parent, a person to another unit, with the mouse or with keys.
//
// Page contract (organisation/organisation.html, web/tree_page.py):
//   <div data-tree>  a row of the table for each unit, in the order of the tree
//     <span data-unit=UNIT data-depth=N [data-movable] [data-closed]>  <a>      who may take things in, unless closed
//     <span data-person=PERSON [data-movable]>  <a>
//   <form method="post" data-look>  parent, on       sent to the page of a move it says what that will do, no more
//   and what modules/taking.js needs.
// A unit leads to the preview of its move at every node, a person to the handover; nothing is written here.
import { rowOf, takenByHand } from "./modules/taking.js";

const tree = document.querySelector("[data-tree]");
const form = document.querySelector("[data-look]");

const units = () => [...tree.querySelectorAll("[data-unit]")];
const unitOf = (element) => rowOf(element)?.querySelector("[data-unit]");
const depthOf = (unit) => Number(unit.dataset.depth);

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
  const page = thing.querySelector("a").pathname;
  if ("person" in thing.dataset) return location.assign(`${page}move/?unit=${target.dataset.unit}`);
  form.action = `${page}move/`;
  form.elements.parent.value = target.dataset.unit;
  return form.submit();
}

if (tree) takenByHand(tree, { places: units, targets, take });
