// What the cells add up to. A grid here is plain structure, so that it can be proved without a page:
//   rows     [{key, parent, kind}]         parents before children; kind "own" (typed), "sum" (adds its children)
//                                          or "either" (typed, and where nothing is typed the sum of its children)
//   columns  [{key, parts}]                parts = keys of the columns it adds; empty = typed
//   value(row, column) -> BigInt | null    of a typed cell
//   hidden(row, column) -> BigInt | null   what lies below a row whose children are not in the grid
import { total } from "./amounts.js";

/** Return {at, difference, broken, identities, top, leaves, below} of the whole grid. */
export function sumsOf(rows, columns, value, hidden = () => null) {
  const children = new Map(rows.map((row) => [row.key, []]));
  for (const row of rows) children.get(row.parent)?.push(row);
  const rowOf = new Map(rows.map((row) => [row.key, row]));
  const columnOf = new Map(columns.map((column) => [column.key, column]));
  const known = new Map();

  function at(row, column) {
    const key = `${row}|${column}`;
    if (!known.has(key)) known.set(key, compute(row, column));
    return known.get(key);
  }

  function compute(row, column) {
    const { parts } = columnOf.get(column);
    if (parts.length) return total(parts.map((part) => at(row, part)));
    const { kind } = rowOf.get(row);
    if (kind === "sum") return below(row, column);
    return value(row, column) ?? (kind === "either" ? below(row, column) : null);
  }

  function below(row, column) {
    if (children.get(row).length) return total(children.get(row).map((child) => at(child.key, column)));
    const { parts } = columnOf.get(column);
    return parts.length ? total(parts.map((part) => below(row, part))) : hidden(row, column);
  }

  /** A row that only adds up its children says nothing of its own. */
  function says(row, column) {
    const { parts } = columnOf.get(column);
    if (parts.length) return parts.some((part) => says(row, part));
    return rowOf.get(row).kind !== "either" || value(row, column) !== null;
  }

  /** Own amount minus what its children add up to; null when one of the two says nothing. */
  function difference(row, column) {
    const [own, parts] = [at(row, column), below(row, column)];
    return own === null || parts === null || !says(row, column) ? null : own - parts;
  }

  const parents = rows.filter((row) => children.get(row.key).length);
  const typed = columns.filter((column) => !column.parts.length);

  /** Return every [row, column, difference] where a parent and its children disagree, once: sums only follow. */
  const broken = () =>
    parents
      .flatMap((row) => typed.map((column) => [row.key, column.key, difference(row.key, column.key)]))
      .filter(([, , miss]) => miss !== null && miss !== 0n);

  const roots = rows.filter((row) => !rowOf.has(row.parent));
  const leaves = rows.filter((row) => !children.get(row.key).length);
  return {
    at,
    difference,
    broken,
    identities: parents.length * columns.length,
    top: (column) => total(roots.map((row) => at(row.key, column))),
    leaves: (column) => total(leaves.map((row) => at(row.key, column))),
    below: (column) => total(roots.map((row) => below(row.key, column))),
  };
}
