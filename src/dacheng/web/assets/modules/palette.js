// Ctrl K: one box to search and to jump.
//
// Contract: GET <search address>?q=TEXT with Accept: application/json answers
//   {"groups": [{"label": "客户", "results": [{"label": "…", "hint": "…", "url": "/…"}]}]}
// in order of fit, at most about ten a group. The same address without that header is a page.
import { make } from "./elements.js";
import { say } from "./words.js";

const PAUSE = 120;
let dialog, input, list, none;
let options = [];
let at = 0;
let timer, asking;

const pages = () =>
  [...document.querySelectorAll(".menu li a")].map((link) => ({ label: link.textContent.trim(), url: link.href, hint: "" }));

export function open() {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  input.value = "";
  fill([{ label: say("common", "pages"), results: pages() }]);
  input.focus();
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
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" }, signal: asking.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    showFound(text, (await answer.json()).groups);
  } catch (problem) {
    if (problem.name !== "AbortError") tell(say("common", "offline"));
  }
}

function showFound(text, groups) {
  const wanted = text.toLowerCase();
  const matching = pages().filter((page) => page.label.toLowerCase().includes(wanted));
  fill([...groups, { label: say("common", "pages"), results: matching }]);
  tell(options.length ? "" : say("common", "none_found", text));
}

function tell(text) {
  none.textContent = text;
  none.hidden = !text;
}

function onInput() {
  clearTimeout(timer);
  const text = input.value.trim();
  tell("");
  if (text && dialog.dataset.url) timer = setTimeout(() => search(text), PAUSE);
  else fill([{ label: say("common", "pages"), results: pages() }]);
}

function onKey(event) {
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in moves) choose(at + moves[event.key]);
  else if (event.key === "Enter" && options[at]) location.assign(options[at].url);
  else return;
  event.preventDefault();
}

export function start() {
  dialog = document.getElementById("palette");
  if (!dialog) return;
  input = dialog.querySelector("input");
  list = dialog.querySelector("[role=listbox]");
  none = dialog.querySelector(".none");
  input.addEventListener("input", onInput);
  input.addEventListener("keydown", onKey);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]")) return;
    event.preventDefault();
    open();
  });
}
