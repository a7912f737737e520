// Words of the glossary where they head something: a table column, a fact, a section, the first cell of a row.
//
// Contract: <link rel="glossary" href="…"> answers {"word in lower case": "what it means"}; it is kept by the browser.
// A word gets a dotted line and takes the focus; tips.js shows its meaning on hover, focus and touch.
import { make, onArrival } from "./elements.js";

const HEADS = "th, dt, h2, h3, tbody td:first-child";
const WITHIN = "main, .sheet";

/** Return the meaning of a label; English words may stand in the plural. */
function meaningOf(label, hints) {
  const word = label.trim().toLowerCase();
  return hints[word] ?? hints[word.replace(/ies$/, "y")] ?? hints[word.replace(/s$/, "")];
}

/** Mark the word of a heading, unless something says more about it already. */
function mark(head, hints) {
  if (!head.closest(WITHIN) || head.closest("[data-no-term], table.grid, table.calendar") || head.querySelector("[title], [data-tip]")) return;
  if (head.title || head.dataset.tip) return;
  const link = head.querySelector("a, button, summary");
  const text = [...(link ?? head).childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const meaning = text && meaningOf(text.data, hints);
  if (!meaning) return;
  if (link) link.dataset.tip = meaning;
  else {
    const [, before, word, after] = text.data.match(/^(\s*)(.*\S)(\s*)$/s);
    text.replaceWith(before, make("span", { class: "term", tabindex: "0", "data-tip": meaning }, word), after);
  }
}

export async function start() {
  const source = document.querySelector("link[rel=glossary]");
  if (!source) return;
  const answer = await fetch(source.href, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const hints = await answer.json();
  onArrival(HEADS, (head) => mark(head, hints));
}
