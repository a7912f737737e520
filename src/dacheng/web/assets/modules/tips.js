// A `title` inside the page becomes a hint that shows on hover and on keyboard focus, is never cut off by a
// scrolling table, and goes away with Esc. It is also the description a screen reader speaks.

const GAP = 6;
const tip = Object.assign(document.createElement("div"), { className: "tip", id: "tip", hidden: true });
tip.setAttribute("role", "tooltip");
let shownFor = null;

function place(element) {
  const box = element.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left), innerWidth - tip.offsetWidth - 8);
  const below = box.bottom + GAP + tip.offsetHeight < innerHeight;
  // Set through the CSSOM: a strict policy forbids style attributes, not this.
  tip.style.left = `${left}px`;
  tip.style.top = `${below ? box.bottom + GAP : box.top - GAP - tip.offsetHeight}px`;
}

function show(element) {
  if (element.title) {
    element.dataset.tip = element.title;
    element.removeAttribute("title");
  }
  hide();
  shownFor = element;
  tip.textContent = element.dataset.tip;
  element.closest(".sheet, main").append(tip); // within the landmark that it belongs to
  tip.hidden = false;
  element.setAttribute("aria-describedby", "tip");
  place(element);
}

/** Hide the hint; false when none was shown. */
export function hide() {
  if (!shownFor) return false;
  shownFor.removeAttribute("aria-describedby");
  shownFor = null;
  tip.hidden = true;
  return true;
}

const HINTED = "[title], [data-tip]";
const cut = (element) => element.scrollWidth > element.clientWidth;

/** A full text that is all in view needs no hint. */
function tellsMore(element) {
  const text = element.title || element.dataset.tip;
  return text !== element.textContent.trim() || cut(element) || cut(element.closest("td, th") ?? element);
}

/** A number whose old value is known shows it from anywhere in its cell. */
function meant(target) {
  if (!(target instanceof Element)) return null;
  const was = target.closest("td, th")?.querySelector(".was");
  const element = was ?? target.closest(HINTED);
  return element && tellsMore(element) ? element : null;
}

export function start() {
  const look = (event) => {
    const element = meant(event.target);
    if (element && element !== shownFor && element.closest("main, .sheet")) show(element);
    else if (!element) hide();
  };
  document.addEventListener("mouseover", look);
  document.addEventListener("focusin", look);
  document.addEventListener("scroll", hide, { capture: true, passive: true });
}
