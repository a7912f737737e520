// Sentences come from the page, in the reader's language: scripts hold no text of their own.
// {% words "common" %} puts <script type="application/json" id="words-common"> into the page.

const sets = {};

const wordsOf = (set) =>
  (sets[set] ??= JSON.parse(document.getElementById(`words-${set}`)?.textContent ?? "{}"));

/** Return a sentence with its %s places filled in order; %% is a percent sign. */
export function say(set, key, ...values) {
  const left = [...values];
  const text = wordsOf(set)[key] ?? key;
  return text.replace(/%[s%]/g, (place) => (place === "%%" ? "%" : String(left.shift() ?? "")));
}
