// Amounts of the planning grid: exact whole minor units (分) as BigInt, never floating point.
// A display unit is its number of minor units: yuan 100n, wan 1000000n, yi 10000000000n.

export const UNITS = { yuan: 100n, wan: 1_000_000n, yi: 10_000_000_000n };
const MINUS = "\u2212";
export const MISSING = "\u2013";

const SUFFIXES = { "": null, 元: UNITS.yuan, 万: UNITS.wan, 万元: UNITS.wan, 亿: UNITS.yi, 亿元: UNITS.yi };
const NUMBER = /^(-?)(\d+(?:\.\d*)?|\.\d+)(元|万元|万|亿元|亿)?$/;
const FORMULA = /^=([-+*/]?)(.+?)(%?)$/;

const size = (value) => (value < 0n ? -value : value);

/** Divide and round halves away from zero. */
export function divide(numerator, denominator) {
  const [n, d] = [size(numerator), size(denominator)];
  const whole = n / d + (2n * (n % d) >= d ? 1n : 0n);
  return numerator < 0n !== denominator < 0n ? -whole : whole;
}

/** Make what people and Excel type uniform: full width to half, one minus, no separators or currency signs. */
function plain(text) {
  const half = text.normalize("NFKC").replace(/[\u2212\u2013\u2014]/g, "-").replace(/[,\s¥￥$'_]/g, "");
  const negative = /^\((.+)\)$/.exec(half);
  return negative ? `-${negative[1]}` : half;
}

/** Return a decimal text as a fraction {over, under}; null when it is none. */
function fraction(text) {
  const match = NUMBER.exec(text);
  if (!match) return null;
  const [, sign, digits, suffix] = match;
  const [whole, part = ""] = digits.split(".");
  const over = BigInt(whole + part || "0");
  return { over: sign ? -over : over, under: 10n ** BigInt(part.length), each: SUFFIXES[suffix ?? ""] };
}

const inMinor = ({ over, under, each }, unit) => divide(over * (each ?? unit), under);

/** Apply a formula such as =+5% =-20 =*1.05 =/2 to the value before. */
function formula(text, unit, before) {
  const [, operator, operand, percent] = FORMULA.exec(text) ?? [];
  const number = operand === undefined ? null : fraction(operand);
  if (!number || (percent && number.each)) return { error: true };
  if (!operator) return percent ? { error: true } : { value: inMinor(number, unit) };
  if (before === null) return { error: true };
  if (percent) return percentOf(operator, number, before);
  if (operator === "+") return { value: before + inMinor(number, unit) };
  if (operator === "-") return { value: before - inMinor(number, unit) };
  if (number.each || (operator === "/" && number.over === 0n)) return { error: true };
  const [up, down] = operator === "*" ? [number.over, number.under] : [number.under, number.over];
  return { value: divide(before * up, down) };
}

function percentOf(operator, { over, under }, before) {
  if (operator === "/") return { error: true };
  const change = divide(before * over, under * 100n);
  if (operator === "*") return { value: change };
  return { value: operator === "+" ? before + change : before - change };
}

/**
 * Read what was typed. "1.2万" and "元" are absolute, a bare number is in the display unit,
 * "=+5%" changes the value before; nothing, "-" and "–" mean missing, which is not zero.
 * Returns {value: BigInt | null} or {error: true}.
 */
export function parse(text, unit, before = null) {
  const typed = plain(text);
  if (typed === "" || typed === "-") return { value: null };
  if (typed.startsWith("=")) return formula(typed, unit, before);
  const number = fraction(typed);
  return number ? { value: inMinor(number, unit) } : { error: true };
}

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/** Show an amount with a fixed number of decimals: 1,234.50, −3.00, – when missing. */
export function show(value, unit, places) {
  if (value === null) return MISSING;
  const scaled = divide(value * 10n ** BigInt(places), unit);
  const digits = size(scaled).toString().padStart(places + 1, "0");
  const whole = grouped(digits.slice(0, digits.length - places));
  const part = places ? `.${digits.slice(-places)}` : "";
  return `${scaled < 0n ? MINUS : ""}${whole}${part}`;
}

/** Show a difference with its sign; zero has none. */
export function showSigned(value, unit, places) {
  const text = show(value, unit, places);
  return value !== null && value > 0n && /[1-9]/.test(text) ? `+${text}` : text;
}

/** Show the shortest decimal that is exactly the amount, as it is edited: 321.25; empty when missing. */
export function exact(value, unit) {
  if (value === null) return "";
  const places = unit.toString().length - 1;
  const digits = size(value).toString().padStart(places + 1, "0");
  const text = `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, "");
  return value < 0n ? `-${text}` : text;
}

/** Add amounts; missing ones count nothing, and nothing but missing ones is missing. */
export function total(values) {
  let sum = null;
  for (const value of values) if (value !== null) sum = (sum ?? 0n) + value;
  return sum;
}
