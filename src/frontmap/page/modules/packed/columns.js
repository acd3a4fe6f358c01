// Tables are sent as their columns, since like values side by side deflate best.

/** @import { ByLanguage, Columns } from '../payload.js' */

/**
 * A table as one object a row.
 * @template Row
 * @param {Columns<Row>} columns
 */
export function rowsOf(columns) {
  const named = /** @type {[string, unknown[] | ByLanguage][]} */ (Object.entries(columns));
  const [[, first]] = named;
  return /** @type {unknown[]} */ (first).map(
    (_, i) => /** @type {Row} */ (Object.fromEntries(named.map(([name, column]) => [name, at(column, i)])))
  );
}

/**
 * @param {unknown[] | ByLanguage} column
 * @param {number} i
 */
function at(column, i) {
  if (Array.isArray(column)) return column[i];
  return Object.fromEntries(Object.entries(column).map(([language, own]) => [language, own[i]]));
}
