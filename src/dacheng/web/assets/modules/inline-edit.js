// Edit in place. Loaded by app.js.
//
// Contract (parts/edit.html): an element with
//   data-edit  data-url  data-name  data-label  data-value  data-version  data-kind = text|money|number|date|select
//   and, for select, a <template> with its options.
// Enter, F2 or a click turns it into an input. Enter saves, Esc restores, leaving it unchanged restores.
// Saving sends  POST data-url  <name>=<text as typed>&version=<n>  with CSRF token and Idempotency-Key.
// The answer replaces the element:
//   200  parts/edit.html again, with the new version (plus a toast as <hx-partial>)
//   409  parts/conflict.html: both values, and a choice
//   422  parts/edit.html with data-error: the input opens again with what was typed and the reason
// Without JavaScript the element is a link to a small form page.
import htmx from "htmx.org";
import { make, onArrival } from "./elements.js";
import { say } from "./words.js";

const TYPES = { date: "date" };
let counter = 0;

/** Return the control for a kind of value. */
function controlFor(source, text) {
  const { kind, label } = source.dataset;
  const shared = { "aria-label": label, autocomplete: "off" };
  if (kind === "select") {
    const control = make("select", shared, source.querySelector("template").content.cloneNode(true));
    control.value = text;
    return control;
  }
  const numeric = kind === "money" || kind === "number";
  return make("input", { ...shared, type: TYPES[kind] ?? "text", value: text, inputmode: numeric && "decimal" });
}

/** Turn the value into an input; `typed` and `error` come from a refused save. */
function begin(source, typed = source.dataset.value, error = "") {
  const control = controlFor(source, typed);
  const editing = make("span", { class: `editing ${source.classList.contains("numeric") ? "numeric" : ""}`.trim() }, control);
  if (error) explain(editing, control, error);
  editing.addEventListener("keydown", (event) => onKey(event, source, editing, control));
  editing.addEventListener("focusout", (event) => {
    const unchanged = control.value === source.dataset.value;
    if (!editing.contains(event.relatedTarget) && unchanged && editing.isConnected) restore(source, editing, false);
  });
  if (control.matches("select")) editing.append(...buttons(source, editing, control));
  source.replaceWith(editing);
  control.focus();
  control.select?.();
}

function buttons(source, editing, control) {
  const accept = make("button", { class: "button small", type: "button" }, say("common", "save"));
  const leave = make("button", { class: "plain", type: "button" }, say("common", "cancel"));
  accept.addEventListener("click", () => save(source, editing, control));
  leave.addEventListener("click", () => restore(source, editing));
  return [accept, leave];
}

function explain(editing, control, error) {
  const id = `edit-error-${(counter += 1)}`;
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", id);
  editing.append(make("span", { class: "errorlist", id, role: "alert" }, error));
}

function onKey(event, source, editing, control) {
  if (event.isComposing) return;
  if (event.key === "Escape") restore(source, editing);
  else if (event.key === "Enter" && event.target === control) save(source, editing, control);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function restore(source, editing, refocus = true) {
  editing.replaceWith(source);
  if (refocus) source.focus();
}

async function save(source, editing, control) {
  const typed = control.value;
  if (typed === source.dataset.value) return restore(source, editing);
  editing.setAttribute("aria-busy", "true");
  control.readOnly = true;
  const { url, name, version } = source.dataset;
  const focusBack = (event) => arrived(event, source.id, typed);
  document.addEventListener("htmx:after:swap", focusBack, { once: true });
  await htmx.ajax("POST", url, { source: editing, target: editing, swap: "outerHTML", values: { [name]: typed, version } });
  document.removeEventListener("htmx:after:swap", focusBack);
  if (!editing.isConnected) return;
  editing.removeAttribute("aria-busy"); // nothing came back: the words stay in the input
  control.readOnly = false;
  control.focus();
}

/** After the answer: keep the place, reopen with the reason, or lead to the conflict. */
function arrived(event, id, typed) {
  const element = document.getElementById(id);
  if (!element) return;
  if (element.dataset.error) begin(element, typed, element.dataset.error);
  else element.focus();
}

export function start() {
  onArrival("[data-edit]", (element) => element.setAttribute("aria-keyshortcuts", "F2"));
  document.addEventListener("click", (event) => {
    const source = event.target.closest("[data-edit]");
    if (!source || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    begin(source);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F2" || !event.target.matches?.("[data-edit]")) return;
    event.preventDefault();
    begin(event.target);
  });
}
