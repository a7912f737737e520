// Pickers are <details>: they work alone. Here: one open at a time, a click outside or Esc closes.

const openOnes = () => [...document.querySelectorAll("details.picker[open]")];

/** Close the open picker and give the focus back to its words; false when none was open. */
export function close() {
  const last = openOnes().pop();
  if (!last) return false;
  const hadFocus = last.contains(document.activeElement);
  last.open = false;
  if (hadFocus) last.querySelector("summary").focus();
  return true;
}

export function start() {
  document.addEventListener("click", (event) => {
    for (const picker of openOnes()) if (!picker.contains(event.target)) picker.open = false;
  });
}
