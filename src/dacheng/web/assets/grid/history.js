// Who set the cell that has the focus: a link of the page, [data-cell-history], follows it; Alt H opens it in the sheet.
// Its href is the address of all changes of the grid's rows; row=KEY&column=KEY name one cell.

const link = () => document.querySelector("[data-cell-history]");

export function follow(cell) {
  const door = link();
  if (!door || !cell) return;
  const url = new URL(door.href);
  url.searchParams.set("row", cell.row);
  url.searchParams.set("column", cell.column);
  door.href = url.href;
  door.hidden = false;
}

export function onKey(event) {
  if (!event.altKey || event.key.toLowerCase() !== "h") return;
  event.preventDefault();
  link()?.click();
}
