// A row of a plan taken under another unit, with the mouse or with keys: its page shows what that does at every row.
//
// Page contract (plans/grid.html): th[data-movable] of rows that may be taken, th[data-takes] of units that take them
// in; <form method="post" data-look> with row and under; and what modules/taking.js needs.
import { rowOf, takenByHand } from "../modules/taking.js";

export function rowsTakenByHand(form) {
  const look = document.querySelector("[data-look]");
  if (!look) return;
  const keyOf = (head) => rowOf(head).dataset.row;
  const above = new Map([...form.querySelectorAll("tr[data-row]")].map((row) => [row.dataset.row, row.dataset.parent]));
  const places = () => [...form.querySelectorAll("th[data-takes]")].filter((head) => !rowOf(head).hidden);
  const isBelow = (key, top) => key === top || (above.has(key) && isBelow(above.get(key), top));

  takenByHand(form.querySelector("table"), {
    places,
    targets: (head) => places().filter((place) => keyOf(place) !== above.get(keyOf(head)) && !isBelow(keyOf(place), keyOf(head))),
    take: (head, place) => {
      look.elements.row.value = keyOf(head);
      look.elements.under.value = keyOf(place);
      look.submit();
    },
  });
}
