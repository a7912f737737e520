// A block pasted on a list goes to the page that reads it.
//
// Contract (parts/selection.html): a hidden form [data-paste] with a textarea `text`. A block is what has tabs or
// several lines; what is pasted into a field stays there. Without JavaScript the page of the form is used itself.
import { isTyping } from "./elements.js";

const isBlock = (text) => /[\t\n]/.test(text.trim());

function onPaste(event) {
  const form = document.querySelector("form[data-paste]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const field = event.target.matches?.("input[type=checkbox]") ? null : event.target;
  if (!form || isTyping(field) || !isBlock(text)) return;
  event.preventDefault();
  form.elements.text.value = text;
  form.requestSubmit();
}

export function start() {
  document.addEventListener("paste", onPaste);
}
