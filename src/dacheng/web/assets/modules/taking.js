// Things of a tree taken to another place of it, with the mouse or with keys; what then happens is the page's.
//
// takenByHand(root, {places, targets, take}):
//   things are [data-movable], each with a link that names it; places are elements in rows of the table, in order.
//   places() → every place · targets(thing) → the places that may take it in · take(thing, place): to be opened.
// Keys on a name: Space lifts · up and down choose a place · Space drops · Esc puts back.
// The page has [data-announce] for screen readers, #tree-keys that tells the keys, and {% words "tree" %}.
import { say } from "./words.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1 };

export const rowOf = (element) => element.closest("tr");
export const nameOf = (thing) => thing.querySelector("a").textContent.trim();

export function announce(sentence) {
  document.querySelector("[data-announce]").textContent = sentence;
}

export function takenByHand(root, { places, targets, take }) {
  let dragged = null;
  let lifted = null;

  const placeOf = (element) => places().find((one) => rowOf(one) === rowOf(element));

  function taken(thing, target) {
    if (!targets(thing).includes(target)) return announce(say("tree", "stays", nameOf(thing)));
    announce(say("tree", "going", nameOf(thing), nameOf(target)));
    return take(thing, target);
  }

  function mark(target) {
    for (const place of places()) rowOf(place).classList.toggle("over", place === target);
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
    if (target) taken(thing, target);
    else announce(say("tree", "stays", nameOf(thing)));
  }

  /** Choose the next place above or below, starting from where the thing stands. */
  function aim(step) {
    const open = targets(lifted.thing);
    const rows = [...root.querySelectorAll("tr")];
    const at = (one) => rows.indexOf(rowOf(one));
    const from = at(lifted.target ?? lifted.thing);
    const ahead = step > 0 ? open.find((one) => at(one) > from) : open.findLast((one) => at(one) < from);
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
    const target = dragged && placeOf(event.target);
    const open = target && targets(dragged).includes(target);
    mark(open ? target : null);
    if (open) event.preventDefault();
  }

  function onDrop(event) {
    const target = dragged && placeOf(event.target);
    if (!target) return;
    event.preventDefault();
    taken(dragged, target);
  }

  for (const thing of root.querySelectorAll("[data-movable]")) {
    thing.draggable = true;
    for (const link of thing.querySelectorAll("a")) {
      link.draggable = false;
      link.setAttribute("aria-describedby", "tree-keys");
    }
  }
  root.addEventListener("keydown", onKey);
  root.addEventListener("focusout", () => lifted && setTimeout(() => lifted && !lifted.thing.contains(document.activeElement) && lower()));
  root.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-movable]");
    event.dataTransfer?.setData("text/plain", dragged ? nameOf(dragged) : "");
  });
  root.addEventListener("dragover", onDragOver);
  root.addEventListener("drop", onDrop);
  root.addEventListener("dragend", () => {
    dragged = null;
    mark(null);
  });
}
