// Small ways to build and find elements. Text is always set as text, never as HTML.

/** Build an element: make("a", {href: "/x", class: "door"}, "12", child). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Tell whether a key belongs to what is being typed in. */
export const isTyping = (target) =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;

/** Tell whether an element takes up room on the page. */
export const isShown = (element) => element.getClientRects().length > 0;

/** Run a function for the elements that match now, and for those that arrive later through htmx or a sheet. */
export function onArrival(selector, run) {
  const all = (root) => {
    if (root.matches?.(selector)) run(root);
    root.querySelectorAll?.(selector).forEach(run);
  };
  all(document);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) all(node);
  }).observe(document.body, { childList: true, subtree: true });
}
