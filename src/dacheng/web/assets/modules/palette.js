// Ctrl K: one box to search and to jump.
//
// Contract: GET <search address>?q=TEXT&recent=PATH&recent=… with Accept: application/json answers
//   {"groups": [{"label": "客户", "results": [{"label": "…", "hint": "…", "url": "/…"}]}]}
// in order of fit, at most about ten a group; without a TEXT what was opened last and where one can go.
// The browser keeps only paths: what they are called, and whether they may be seen, the server says each time.
// The same address without that header is a page.
import { make } from "./elements.js";
import { say } from "./words.js";

const PAUSE = 120;
const REMEMBERED = 12;
let dialog, input, list, none;
let options = [];
let at = 0;
let timer, asking;

const pages = () =>
  [...document.querySelectorAll(".menu li a")].map((link) => ({ label: link.textContent.trim(), url: link.href, hint: "" }));

const place = () => `dacheng:opened:${dialog.dataset.who}`;
const opened = () => JSON.parse(localStorage.getItem(place()) ?? "[]");

function remember(path) {
  const others = opened().filter((one) => one !== path);
  localStorage.setItem(place(), JSON.stringify([path, ...others].slice(0, REMEMBERED)));
}

export function open() {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  input.value = "";
  tell("");
  fill([{ label: say("common", "pages"), results: pages() }]);
  input.focus();
  search("");
}

function fill(groups) {
  options = [];
  list.replaceChildren(...groups.filter((group) => group.results.length).map(groupOf));
  choose(0);
}

function groupOf(group, index) {
  const name = `palette-group-${index}`;
  const heading = make("span", { id: name }, group.label);
  return make("div", { role: "group", "aria-labelledby": name }, heading, ...group.results.map(optionOf));
}

function optionOf(result) {
  const option = make("div", { role: "option", id: `palette-option-${options.length}`, "aria-selected": "false" });
  option.append(make("span", {}, result.label), make("small", {}, result.hint ?? ""));
  option.addEventListener("click", () => location.assign(result.url));
  options.push({ option, url: result.url });
  return option;
}

function choose(next) {
  options[at]?.option.setAttribute("aria-selected", "false");
  at = Math.min(Math.max(next, 0), Math.max(options.length - 1, 0));
  const chosen = options[at]?.option;
  chosen?.setAttribute("aria-selected", "true");
  chosen?.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", chosen?.id ?? "");
}

async function search(text) {
  asking?.abort();
  asking = new AbortController();
  const url = new URL(dialog.dataset.url, location.href);
  url.searchParams.set("q", text);
  for (const path of opened()) if (path !== location.pathname) url.searchParams.append("recent", path);
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" }, signal: asking.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    showFound(text, (await answer.json()).groups);
  } catch (problem) {
    if (problem.name !== "AbortError") tell(say("common", "offline"));
  }
}

function showFound(text, groups) {
  fill([...groups, { label: say("common", "pages"), results: ownPages(text, groups) }]);
  tell(options.length ? "" : say("common", "none_found", text));
}

/** Return what only this page's menu leads to: views that somebody has pinned there. */
function ownPages(text, groups) {
  const known = groups.flatMap((group) => group.results.map((result) => new URL(result.url, location.href).href));
  return pages().filter((page) => !known.includes(page.url) && page.label.toLowerCase().includes(text.toLowerCase()));
}

function tell(text) {
  none.textContent = text;
  none.hidden = !text;
}

/** While an input method composes, the letters are not yet what is meant. */
function onInput(event) {
  if (event.isComposing) return;
  clearTimeout(timer);
  tell("");
  timer = setTimeout(() => search(input.value.trim()), PAUSE);
}

function onKey(event) {
  if (event.isComposing || event.keyCode === 229) return;
  const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
  if (event.key in moves) choose(at + moves[event.key]);
  else if (event.key === "Enter" && options[at]) go(options[at].url, event.ctrlKey || event.metaKey);
  else return;
  event.preventDefault();
}

function go(url, beside) {
  if (beside) window.open(url, "_blank", "noopener");
  else location.assign(url);
}

export function start() {
  dialog = document.getElementById("palette");
  if (!dialog) return;
  input = dialog.querySelector("input");
  list = dialog.querySelector("[role=listbox]");
  none = dialog.querySelector(".none");
  if (document.querySelector("main h1")) remember(location.pathname);
  input.addEventListener("input", onInput);
  input.addEventListener("compositionend", onInput);
  input.addEventListener("keydown", onKey);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]")) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("submit", (event) => event.target.hasAttribute("data-forget") && localStorage.removeItem(place()));
}
