// After a value was edited in its row of a list, the figures that follow from it are asked for again:
// the total, and the other cells of the row. What is being edited, and the focus, stay as they are.
import htmx from "htmx.org";

const BOX = "input[name=deal]";

const rowOf = (page, uid) => page.querySelector(`main ${BOX}[value="${uid}"]`)?.closest("tr");

async function renew(row) {
  const uid = row.querySelector(BOX)?.value;
  if (!uid) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  replace(document.querySelector("main thead tr.total"), page.querySelector("main thead tr.total"));
  const fresh = rowOf(page, uid);
  if (fresh) [...row.cells].forEach((cell, at) => cell.querySelector("[data-edit], .editing, .pick") || replace(cell, fresh.cells[at]));
}

function replace(old, fresh) {
  if (!old || !fresh) return;
  old.replaceChildren(...fresh.childNodes);
  htmx.process(old);
}

/** Once the answer has its place and the focus: which row was it? */
function arrived() {
  const edited = document.activeElement?.closest("[data-edit]");
  const row = edited?.closest("main table.report tbody tr");
  if (row && !edited.dataset.error) renew(row);
}

export function start() {
  if (document.getElementById("selection")) document.addEventListener("htmx:after:swap", () => setTimeout(arrived));
}
