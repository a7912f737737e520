// J and K walk through the rows of the page, Enter opens one; on touch the whole row opens.
import { isShown } from "./elements.js";

const ROWS = "table.report tbody tr, .todos li";
const OPENS = "a[href], button";

const rows = () => [...document.querySelectorAll(`main :is(${ROWS})`)].filter(isShown);

/** Move to the next (1) or previous (−1) row; false when the page has none. */
export function step(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

/** Open what the focused row is about. */
export function openRow(row) {
  const link = row.matches?.(ROWS) ? row.querySelector(OPENS) : null;
  link?.click();
  return Boolean(link);
}

function onTouch(event) {
  if (event.pointerType !== "touch" || event.target.closest("a, button, input, select, label, summary")) return;
  const row = event.target.closest("main table.report tbody tr");
  if (row && !String(getSelection())) openRow(row);
}

export function start() {
  document.addEventListener("click", onTouch);
}
