// A form that was sent is not sent twice, and a slow one says that it is at work.
//
// Contract: any <form method="post"> that htmx does not send. A button with data-busy="正在写入…" shows these words
// while the answer is on its way. Coming back with the browser's Back button finds the form as it was.
const DELAY = 400;
const said = new WeakMap();

function hold(form, button) {
  form.dataset.sent = "yes";
  if (!button?.dataset.busy) return;
  setTimeout(() => {
    said.set(button, button.textContent);
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-busy", "true");
  }, DELAY);
}

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) event.preventDefault();
  else hold(form, event.submitter);
}

function release() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) {
    button.textContent = said.get(button) ?? button.textContent;
    button.removeAttribute("aria-busy");
  }
}

export function start() {
  document.addEventListener("submit", onSubmit);
  addEventListener("pageshow", (event) => event.persisted && release());
}
