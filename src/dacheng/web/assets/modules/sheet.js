// The side sheet: what a number opens to.
//
// Contract: a link with `data-sheet` opens its address in #sheet. The request carries HX-Request: true and
// HX-Target: sheet; the answer is parts/sheet.html, or a whole page holding it (its .sheet-body is taken).
// A link with `data-sheet` inside the sheet opens deeper; Backspace or 返回 goes back without asking again.
// Esc or 关闭 closes and returns the focus to the number; P pins the sheet beside the table.
// Without JavaScript, and with Ctrl or the middle button, the link is an ordinary page.
import htmx from "htmx.org";
import { say } from "./words.js";
import { toast } from "./toasts.js";

const PINNED = "dacheng:sheet-pinned";
const root = document.documentElement;

let opener = null;
let asking = null;
const below = [];

const sheet = () => document.getElementById("sheet");
const isPlainClick = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

export const isOpen = () => sheet()?.open ?? false;

/** Open an address in the sheet; `from` gets the focus back when it closes. */
export async function open(url, from) {
  const deeper = isOpen() && sheet().contains(from);
  asking?.abort();
  asking = new AbortController();
  const content = await fetched(url, asking.signal);
  if (!content) return;
  if (deeper) below.push({ nodes: [...sheet().childNodes], focus: from });
  else {
    below.length = 0;
    markOpener(from);
  }
  show(content);
}

async function fetched(url, signal) {
  try {
    const headers = { "HX-Request": "true", "HX-Target": "sheet", "HX-Request-Type": "partial", Accept: "text/html" };
    const response = await fetch(url, { headers, signal, credentials: "same-origin" });
    return contentOf(await response.text());
  } catch (problem) {
    if (problem.name !== "AbortError") toast(say("common", "offline"), { tone: "bad" });
    return null;
  }
}

/** Return the sheet's part of an answer: a fragment, a page holding one, or the main part of an error page. */
function contentOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const part = page.querySelector(".sheet-body") ?? page.querySelector("main") ?? page.body;
  const content = document.createElement("div");
  content.className = "sheet-body";
  content.append(...part.childNodes);
  return [content];
}

function show(nodes) {
  const element = sheet();
  element.replaceChildren(...nodes);
  htmx.process(element);
  if (!element.open) element.show();
  root.classList.toggle("sheet-pinned", sessionStorage.getItem(PINNED) === "yes");
  dress(element);
  element.scrollTop = 0;
  (element.querySelector("#sheet-title") ?? element).focus();
}

/** Show the buttons that only work here, and say what the pin does now. */
function dress(element) {
  for (const name of ["close", "pin"]) element.querySelector(`[data-sheet-${name}]`)?.removeAttribute("hidden");
  element.querySelector("[data-sheet-back]")?.toggleAttribute("hidden", below.length === 0);
  const pin = element.querySelector("[data-sheet-pin] span");
  if (pin) pin.textContent = say("common", root.classList.contains("sheet-pinned") ? "pinned" : "pin");
}

function markOpener(from) {
  opener?.removeAttribute("aria-expanded");
  opener = from ?? null;
  opener?.setAttribute("aria-expanded", "true");
}

/** Go back to the number this one was opened from; false when this is the first. */
export function back() {
  const before = isOpen() ? below.pop() : undefined;
  if (!before) return false;
  const element = sheet();
  element.replaceChildren(...before.nodes);
  dress(element);
  before.focus.focus();
  return true;
}

/** Close the sheet and return the focus to the number that opened it; false when it was closed. */
export function close() {
  if (!isOpen()) return false;
  asking?.abort();
  sheet().close();
  root.classList.remove("sheet-pinned");
  const returnTo = opener;
  markOpener(null);
  below.length = 0;
  if (returnTo?.isConnected) returnTo.focus();
  return true;
}

/** Pin the sheet beside the table, or let it lie over it again. */
export function pin() {
  if (!isOpen()) return false;
  const pinned = root.classList.toggle("sheet-pinned");
  sessionStorage.setItem(PINNED, pinned ? "yes" : "no");
  dress(sheet());
  return true;
}

async function copyLink(event, link) {
  if (!navigator.clipboard) return; // plain http: the link opens as a page and is copied from there
  event.preventDefault();
  await navigator.clipboard.writeText(new URL(link.href, location.href).href);
  toast(say("common", "copied"));
}

function onClick(event) {
  const target = event.target.closest("[data-sheet], [data-sheet-close], [data-sheet-back], [data-sheet-pin], [data-copy-link]");
  if (!target || !isPlainClick(event)) return;
  if (target.hasAttribute("data-copy-link")) return copyLink(event, target);
  event.preventDefault();
  if (target.hasAttribute("data-sheet")) open(target.href, target);
  else if (target.hasAttribute("data-sheet-close")) close();
  else if (target.hasAttribute("data-sheet-back")) back();
  else pin();
}

export function start() {
  if (sheet()) document.addEventListener("click", onClick);
}
