// A table that fits lets its header stick to the page; a wider one scrolls in its own region,
// and only then the region takes the keyboard focus.
import { onArrival } from "./elements.js";

function fit(region) {
  const table = region.querySelector("table");
  const fits = !table || table.offsetWidth <= region.clientWidth + 1;
  region.classList.toggle("fits", fits);
  region.classList.toggle("scrolls", !fits);
  if (fits) region.removeAttribute("tabindex");
  else region.tabIndex = 0;
}

export function start() {
  const watcher = new ResizeObserver((changes) => changes.forEach(({ target }) => fit(target)));
  onArrival(".table-region", (region) => watcher.observe(region));
}
