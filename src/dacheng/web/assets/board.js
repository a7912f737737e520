// The board: cards are moved with the mouse, with keys, or with a menu; columns fill as one scrolls.
//
// Page contract (board/board.html):
//   <div class="board" data-board data-query=FILTERS>
//     <section data-lane=STAGE [data-outcome="won|lost"]>     a closing column takes cards to the page that asks how
//       <header data-head=STAGE>  <h2>
//       <ul class="lane-cards">
//         <li data-card=DEAL [data-version=N data-movable]>   <a class="card-name" href=PAGE>  <a data-move>
//         <li data-more><a href=NEXT>                          the next cards, also a link without JavaScript
//   [data-announce] for screen readers, <dialog id="board-dialog">, {% words "board" %}.
// Move contract: POST /deals/board/move/DEAL/?FILTERS  stage, from, version, and what a form in place asks for
//   200 board/moved.html: the card (none when the filter leaves it out), both heads, the toast
//   409, 422 board/asked.html: shown in the dialog; the card is back in its column, the form in it moves it again
// Keys on a card: arrows choose a card · Space lifts · left and right choose a column · Space drops · Esc puts back.
// Without JavaScript every card leads to its page, where the stage path moves it.
import { make } from "./modules/elements.js";
import { writeHeaders } from "./modules/requests.js";
import { say } from "./modules/words.js";
import { toast } from "./modules/toasts.js";

const board = document.querySelector("[data-board]");
const dialog = document.getElementById("board-dialog");
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

let dragged = null;
let lifted = null;

const lanes = () => [...board.querySelectorAll("[data-lane]")];
const laneOf = (element) => element.closest("[data-lane]");
const listOf = (lane) => lane.querySelector(".lane-cards");
const titleOf = (lane) => lane.querySelector("h2").textContent;
const nameOf = (card) => card.querySelector(".card-name").textContent.trim();
const linkOf = (card) => card.querySelector(".card-name");

function announce(sentence) {
  document.querySelector("[data-announce]").textContent = sentence;
}

/** Take a card to another column: a closing one asks on a page of its own, any other moves it here. */
function take(card, lane) {
  if (lane === laneOf(card)) return announce(say("board", "stays", nameOf(card)));
  if (lane.dataset.outcome) return location.assign(`${linkOf(card).pathname}${lane.dataset.outcome}/`);
  const fields = { stage: lane.dataset.lane, from: laneOf(card).dataset.lane, version: card.dataset.version };
  return move(card, lane, new URLSearchParams(fields));
}

/** Move a card at once and ask the server; what it refuses puts the card back. */
async function move(card, lane, fields) {
  const home = card.nextElementSibling;
  const list = listOf(laneOf(card));
  const focused = card.contains(document.activeElement);
  const back = () => list.insertBefore(card, home?.parentElement === list ? home : null);
  card.setAttribute("aria-busy", "true");
  listOf(lane).prepend(card);
  if (focused) linkOf(card).focus();
  try {
    const response = await fetch(`/deals/board/move/${card.dataset.card}/?${board.dataset.query}`, {
      method: "POST", headers: { ...writeHeaders(), "HX-Request": "true" }, body: fields,
    });
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    if (response.ok) moved(card, lane, answer);
    else refused(card, lane, answer, back);
  } catch {
    back();
    toast(say("common", "offline"), { tone: "bad" });
  }
  card.removeAttribute("aria-busy");
}

function moved(card, lane, answer) {
  const fresh = answer.querySelector("[data-card]");
  const focused = card.contains(document.activeElement);
  for (const head of answer.querySelectorAll("[data-head]")) {
    board.querySelector(`[data-head="${head.dataset.head}"]`)?.replaceWith(head);
  }
  if (fresh) {
    card.replaceWith(fresh);
    dress(fresh);
    if (focused) linkOf(fresh).focus();
  } else card.remove();
  const told = answer.querySelector("[data-toast]");
  if (told) document.getElementById("toasts").append(told);
  announce(say("board", fresh ? "moved" : "left", nameOf(card), titleOf(lane)));
}

/** Put the card back and show why, with what moves it all the same where something does. */
function refused(card, lane, answer, back) {
  const focused = card.contains(document.activeElement);
  back();
  announce(say("board", "returned", nameOf(card), titleOf(laneOf(card))));
  const form = answer.querySelector("[data-again]");
  if (!form) return toast(answer.querySelector("h1")?.textContent ?? say("common", "failed", ""), { tone: "bad" });
  dialog.replaceChildren(...answer.body.childNodes);
  dialog.showModal();
  dialog.querySelector("input:not([type=hidden]), select, #board-dialog-title").focus();
  dialog.addEventListener("close", () => (focused ? linkOf(card).focus() : null), { once: true });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.close();
    move(card, lane, new URLSearchParams(new FormData(form)));
  });
}

/** The menu of a card: every other column, for a finger as for a mouse. */
function openMenu(card) {
  const choices = lanes().filter((lane) => lane !== laneOf(card)).map((lane) => {
    const button = make("button", { type: "button", class: "button" }, titleOf(lane));
    button.addEventListener("click", () => {
      dialog.close();
      take(card, lane);
    });
    return button;
  });
  const dismiss = make("button", { type: "button", class: "plain", "data-dismiss": true }, say("common", "cancel"));
  dialog.replaceChildren(
    make("h2", { id: "board-dialog-title", tabindex: "-1" }, say("board", "move_where", nameOf(card))),
    make("div", { class: "move-to" }, ...choices), dismiss,
  );
  dialog.showModal();
}

function lift(card) {
  lifted = { card, lane: laneOf(card) };
  card.classList.add("lifted");
  announce(say("board", "lifted", nameOf(card), titleOf(lifted.lane)));
}

function lower() {
  lifted.card.classList.remove("lifted");
  for (const lane of lanes()) lane.classList.remove("over");
  lifted = null;
}

function drop() {
  const { card, lane } = lifted;
  lower();
  take(card, lane);
}

function aim(step) {
  const all = lanes();
  const next = all[all.indexOf(lifted.lane) + step];
  if (!next) return;
  lifted.lane = next;
  for (const lane of all) lane.classList.toggle("over", lane === next);
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
  announce(say("board", "over", titleOf(next), all.indexOf(next) + 1, all.length));
}

const cardsOf = (lane) => [...lane.querySelectorAll("[data-card]")];

/** Go to the card above or below, or to the same height of the next column that has cards. */
function step(card, key) {
  const own = cardsOf(laneOf(card));
  const at = own.indexOf(card);
  if (key === "ArrowUp" || key === "ArrowDown") return linkOf(own[at + (key === "ArrowUp" ? -1 : 1)] ?? card).focus();
  const all = lanes();
  const start = all.indexOf(laneOf(card)) + STEPS[key];
  for (let lane = start; all[lane]; lane += STEPS[key]) {
    const cards = cardsOf(all[lane]);
    if (cards.length) return linkOf(cards[Math.min(at, cards.length - 1)]).focus();
  }
}

function onKey(event) {
  const card = event.target.matches?.(".card-name") && event.target.closest("[data-card]");
  if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
  if (lifted) return onLiftedKey(event);
  if (event.key.startsWith("Arrow")) step(card, event.key);
  else if (event.key === " " && "movable" in card.dataset) lift(card);
  else return;
  event.preventDefault();
}

function onLiftedKey(event) {
  if (event.key === "Escape") {
    announce(say("board", "stays", nameOf(lifted.card)));
    lower();
  } else if (event.key in STEPS) aim(STEPS[event.key]);
  else if (event.key === " " || event.key === "Enter") drop();
  else if (!event.key.startsWith("Arrow")) return;
  event.preventDefault();
}

function onClick(event) {
  const mover = event.target.closest("[data-move]");
  if (mover && event.button === 0) {
    event.preventDefault();
    openMenu(mover.closest("[data-card]"));
  }
  if (event.target.closest("[data-dismiss]")) dialog.close();
}

function onDragOver(event) {
  const lane = dragged && laneOf(event.target);
  for (const one of lanes()) one.classList.toggle("over", one === lane && one !== laneOf(dragged));
  if (lane) event.preventDefault();
}

function onDrop(event) {
  const lane = dragged && laneOf(event.target);
  if (!lane) return;
  event.preventDefault();
  take(dragged, lane);
}

/** Let a card be dragged; its links must not be dragged instead of it. */
function dress(card) {
  if (!("movable" in card.dataset)) return;
  card.draggable = true;
  for (const link of card.querySelectorAll("a")) link.draggable = false;
}

/** Bring the next cards in place of the line that leads to them. */
async function fill(more) {
  if (more.hasAttribute("aria-busy")) return;
  more.setAttribute("aria-busy", "true");
  const response = await fetch(more.querySelector("a").href, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!response?.ok) return more.removeAttribute("aria-busy");
  const held = new Set([...board.querySelectorAll("[data-card]")].map((card) => card.dataset.card));
  const arrived = new DOMParser().parseFromString(await response.text(), "text/html").body;
  const nodes = [...arrived.children].filter((node) => !held.has(node.dataset.card));
  more.replaceWith(...nodes);
  nodes.forEach(arrive);
}

function arrive(node) {
  if (node.matches("[data-card]")) dress(node);
  if (node.matches("[data-more]")) nearing.observe(node);
}

const nearing = new IntersectionObserver((seen) => {
  for (const one of seen) {
    if (!one.isIntersecting) continue;
    nearing.unobserve(one.target);
    fill(one.target);
  }
}, { rootMargin: "200px" });

if (board) {
  board.querySelectorAll("[data-card], [data-more]").forEach(arrive);
  document.addEventListener("click", onClick);
  board.addEventListener("keydown", onKey);
  board.addEventListener("focusout", () => lifted && setTimeout(() => lifted?.card.contains(document.activeElement) || !lifted || lower()));
  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-card][draggable]");
    event.dataTransfer?.setData("text/plain", dragged ? nameOf(dragged) : "");
  });
  board.addEventListener("dragover", onDragOver);
  board.addEventListener("drop", onDrop);
  board.addEventListener("dragend", () => {
    dragged = null;
    for (const lane of lanes()) lane.classList.remove("over");
  });
}
