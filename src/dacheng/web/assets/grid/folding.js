// Fold away what is below a row: a button before its name. Without JavaScript everything is in view.
import { make } from "../modules/elements.js";
import { say } from "../modules/words.js";

export function foldable({ rows, lines }) {
  const folded = new Set();
  const rowOf = new Map(rows.map((row) => [row.key, row]));
  const hasFolded = (row) => row && (folded.has(row.parent) || hasFolded(rowOf.get(row.parent)));
  const withChildren = new Set(rows.map((row) => row.parent));
  rows.forEach((row, at) => {
    if (!withChildren.has(row.key)) return;
    const button = make("button", { type: "button", class: "fold", "aria-expanded": "true", "aria-label": say("grid", "fold", row.label) });
    button.addEventListener("click", () => {
      const opens = folded.delete(row.key) || !folded.add(row.key);
      button.setAttribute("aria-expanded", String(opens));
      button.setAttribute("aria-label", say("grid", opens ? "fold" : "unfold", row.label));
      lines.forEach((line, index) => (line.hidden = Boolean(hasFolded(rows[index]))));
    });
    lines[at].querySelector("th").prepend(button);
  });
}
