// Every write carries the CSRF token and its own Idempotency-Key; a failed one says so and loses nothing.
import { say } from "./words.js";
import { toast } from "./toasts.js";

const READS = ["GET", "HEAD"];

/** Return 128 random bits as text. crypto.randomUUID is missing on plain http in an office network. */
export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Return the headers of a write made without htmx. */
export function writeHeaders() {
  const inherited = JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}");
  return { ...inherited, "Idempotency-Key": freshKey() };
}

export function start() {
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    if (!READS.includes(request.method)) request.headers["Idempotency-Key"] ??= freshKey();
  });
  document.addEventListener("htmx:error", () => toast(say("common", "offline"), { tone: "bad" }));
  document.addEventListener("htmx:response:error", (event) => {
    const { status } = event.detail.ctx.response;
    if (status >= 500) toast(say("common", "failed", status), { tone: "bad" });
  });
}
