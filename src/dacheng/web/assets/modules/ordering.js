// A list that is put in order by dragging: <ol data-order="address"> of <li data-id>; the page has ↑ ↓ without it.
import { writeHeaders } from "./requests.js";
import { say } from "./words.js";
import { toast } from "./toasts.js";

let dragged = null;

/** Send the order that the list shows; the server's own page is the answer to any doubt. */
async function send(list) {
  const body = new URLSearchParams([...list.children].map((item) => ["view", item.dataset.id]));
  try {
    const answer = await fetch(list.dataset.order, { method: "POST", body, headers: writeHeaders() });
    if (!answer.ok) throw new Error(String(answer.status));
    location.reload();
  } catch {
    toast(say("common", "offline"), { tone: "bad" });
  }
}

/** Put the dragged item before or after the one under the pointer. */
function place(event) {
  const over = event.target.closest?.("[data-order] > li");
  if (!dragged || !over || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  if (over === dragged) return;
  const { top, height } = over.getBoundingClientRect();
  if (event.clientY < top + height / 2) over.before(dragged);
  else over.after(dragged);
}

export function start() {
  for (const item of document.querySelectorAll("[data-order] > li")) {
    item.draggable = true;
    for (const link of item.querySelectorAll("a")) link.draggable = false;
  }
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-order] > li") ?? null;
    if (dragged) event.dataTransfer?.setData("text/plain", dragged.dataset.id);
  });
  document.addEventListener("dragover", place);
  document.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    void send(dragged.parentElement);
  });
  document.addEventListener("dragend", () => {
    dragged = null;
  });
}
