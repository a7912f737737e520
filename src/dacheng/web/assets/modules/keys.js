// Keys of every page. Single keys can be switched off in the ? dialog (they clash with some speech input).
import { isTyping } from "./elements.js";
import * as palette from "./palette.js";
import * as pickers from "./pickers.js";
import * as rows from "./rows.js";
import * as sheet from "./sheet.js";
import * as tips from "./tips.js";
import { undoLast } from "./toasts.js";

const SINGLE = "dacheng:single-keys";
const PATIENCE = 1500;
let ledAt = -PATIENCE;

const singleKeys = {
  "?": showKeys,
  "/": findInPage,
  j: () => rows.step(1),
  k: () => rows.step(-1),
  p: sheet.pin,
  t: () => document.documentElement.classList.toggle("as-tables") || true,
  Backspace: sheet.back,
};

/** Show the keys that do something on this page. */
function showKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog) return false;
  for (const row of dialog.querySelectorAll("[data-where]")) row.hidden = !document.querySelector(row.dataset.where);
  for (const list of dialog.querySelectorAll("dl")) {
    const empty = !list.querySelector("div:not([hidden])");
    list.hidden = empty;
    list.previousElementSibling.hidden = empty;
  }
  if (!dialog.open) dialog.showModal();
  return true;
}

/** G, then a key, goes to a page; the links stand in the ? dialog, as far as the reader may open them. */
function go(event) {
  const led = event.timeStamp - ledAt < PATIENCE;
  const key = event.key.toLowerCase();
  ledAt = !led && key === "g" ? event.timeStamp : -PATIENCE;
  if (!led) return key === "g";
  const link = [...document.querySelectorAll("[data-go]")].find((one) => one.dataset.go === key);
  link?.click();
  return Boolean(link);
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
  if (!singleKeysOn()) return false;
  return go(event) || (singleKeys[event.key] ?? singleKeys[event.key.toLowerCase()])?.();
}

function onKey(event) {
  const composing = event.isComposing || event.keyCode === 229; // letters of an input method are no keys
  if (event.defaultPrevented || composing || event.altKey) return;
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
