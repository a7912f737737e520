// The panel beside the grid: the cell that has the focus, how it came about, what is stated of it, who changed it.
import { isShown } from "../modules/elements.js";
import { show } from "../grid/amounts.js";

const WAIT = 180;

/** Return {follow(cell), cell(), refresh(), again()} of a grid's panel; again() reads it anew once something was saved. */
export function panelOf(grid) {
  const aside = document.querySelector("[data-plan-panel]");
  const place = aside?.querySelector("[data-cell-panel]");
  let cell = null;
  let waiting = 0;
  let asking = null;
  if (aside) aside.hidden = false;

  async function read() {
    asking?.abort();
    asking = new AbortController();
    const url = new URL(grid.model.form.dataset.panel, location.href);
    url.searchParams.set("row", cell.row);
    url.searchParams.set("column", cell.column);
    try {
      const response = await fetch(url, { signal: asking.signal, headers: { "HX-Target": "plan-panel", Accept: "text/html" } });
      if (response.ok) put(await response.text());
    } catch (problem) {
      if (problem.name !== "AbortError") throw problem;
    }
  }

  function put(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    place.replaceChildren(...page.body.childNodes);
    place.querySelector("[data-automatic]")?.addEventListener("submit", onAutomatic);
    place.querySelector("[data-terms]")?.addEventListener("submit", onTerms);
    refresh();
  }

  function onAutomatic(event) {
    event.preventDefault();
    const after = BigInt(event.target.dataset.automatic);
    if (grid.changes.make([{ cell, before: cell.value, after }])) grid.redraw();
  }

  function onTerms(event) {
    event.preventDefault();
    const changed = [...event.target.querySelectorAll("input:not([type=hidden])")].filter((input) => input.value !== input.defaultValue);
    if (grid.edits.state(changed.map((input) => [cell, input.name, { text: input.value }]))) grid.redraw();
  }

  function refresh() {
    const value = place?.querySelector("[data-panel-value]");
    if (value && cell) value.textContent = show(cell.value, grid.model.unit, 2);
  }

  return {
    cell: () => cell,
    refresh,
    again: () => cell && isShown(aside) && read(),
    follow(next) {
      if (!next || next === cell || !aside || !isShown(aside)) return;
      cell = next;
      clearTimeout(waiting);
      waiting = setTimeout(read, WAIT);
    },
  };
}
