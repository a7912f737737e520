// Tabs that do not fit scroll sideways; the one that is open comes into view, as on a phone it may stand outside.
// Page contract (parts/tabs.html): nav.tabs with a[aria-current].
import { onArrival } from "./elements.js";

function show(tab) {
  const nav = tab.closest(".tabs");
  const right = tab.offsetLeft - nav.offsetLeft + tab.offsetWidth;
  if (right > nav.clientWidth) nav.scrollLeft = right - nav.clientWidth + 24;
}

export function start() {
  onArrival(".tabs [aria-current]", show);
}
