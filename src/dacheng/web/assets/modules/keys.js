// Keys of every page. Single keys can be switched off in the ? dialog (they clash with some speech input).
import { isTyping } from "./elements.js";
import * as palette from "./palette.js";
import * as pickers from "./pickers.js";
import * as rows from "./rows.js";
import * as sheet from "./sheet.js";
import * as tips from "./tips.js";
import { undoLast } from "./toasts.js";

const SINGLE = "dacheng:single-keys";

const singleKeys = {
  "?": showKeys,
  "/": findInPage,
  j: () => rows.step(1),
  k: () => rows.step(-1),
  p: sheet.pin,
  t: () => document.documentElement.classList.toggle("as-tables") || true,
  Backspace: sheet.back,
};

function showKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog?.open) dialog?.showModal();
  return Boolean(dialog);
}

/** Go to the page's own search field, else to the search box. */
function findInPage() {
  const field = document.querySelector("[data-find], main input[type=search]") ?? document.querySelector(".search input");
  field?.focus();
  return Boolean(field);
}

const singleKeysOn = () => localStorage.getItem(SINGLE) !== "off";

function onControlKey(event) {
  const key = event.key.toLowerCase();
  if (key === "k") return palette.open() ?? true;
  return key === "z" && !event.shiftKey && !isTyping(event.target) && undoLast();
}

function onPlainKey(event) {
  if (event.key === "Escape") return tips.hide() || pickers.close() || sheet.close();
  if (isTyping(event.target) || document.querySelector("dialog:modal")) return false;
  if (event.key === "Enter") return rows.openRow(event.target);
  return singleKeysOn() && (singleKeys[event.key] ?? singleKeys[event.key.toLowerCase()])?.();
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const done = event.ctrlKey || event.metaKey ? onControlKey(event) : onPlainKey(event);
  if (done) event.preventDefault();
}

function rememberSwitch() {
  const box = document.querySelector("[data-single-keys]");
  if (!box) return;
  box.checked = singleKeysOn();
  box.addEventListener("change", () => localStorage.setItem(SINGLE, box.checked ? "on" : "off"));
}

export function start() {
  document.addEventListener("keydown", onKey);
  rememberSwitch();
  const button = document.querySelector("[data-keys]");
  button?.removeAttribute("hidden");
  button?.addEventListener("click", showKeys);
}
