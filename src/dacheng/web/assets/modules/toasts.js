// What was just saved, with its undo, for five seconds. Later the cell's or the batch's history can reset it.
//
// The server sends a toast with any answer:
//   <hx-partial hx-target="#toasts" hx-swap="beforeend">{% include "parts/toast.html" %}</hx-partial>
import { make, onArrival } from "./elements.js";

const SHOWN_FOR = 5000;
const waiting = new WeakMap();

const place = () => document.getElementById("toasts");

function leaveSoon(element) {
  clearTimeout(waiting.get(element));
  waiting.set(element, setTimeout(() => element.remove(), SHOWN_FOR));
}

/** Keep a toast while it is pointed at or has the focus, so that nobody loses the undo to the clock. */
function watch(element) {
  const stay = () => clearTimeout(waiting.get(element));
  const leave = () => leaveSoon(element);
  element.addEventListener("mouseenter", stay);
  element.addEventListener("focusin", stay);
  element.addEventListener("mouseleave", leave);
  element.addEventListener("focusout", leave);
  leaveSoon(element);
}

/** Show a sentence; `undo` is {label, run} for changes that have not left the page. */
export function toast(text, { tone = "", undo } = {}) {
  const element = make("div", { class: `toast ${tone}`.trim(), "data-toast": true }, make("span", {}, text));
  if (undo) {
    const button = make("button", { class: "plain", type: "button", "data-undo": true }, undo.label);
    button.addEventListener("click", () => {
      element.remove();
      undo.run();
    });
    element.append(button);
  }
  place()?.append(element);
}

/** Undo the newest toast that can be undone; false when there is none. */
export function undoLast() {
  const last = [...(place()?.querySelectorAll("[data-undo]") ?? [])].pop();
  if (!last) return false;
  if (last instanceof HTMLFormElement) last.requestSubmit();
  else last.click();
  return true;
}

export function start() {
  onArrival("[data-toast]", watch);
}
