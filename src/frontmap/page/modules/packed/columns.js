// Tables are sent as their columns, since like values side by side deflate best.

/** @import { Columns } from '../payload.js' */

/**
 * A table as one object a row.
 * @template Row
 * @param {Columns<Row>} columns
 */
export function rowsOf(columns) {
  const names = /** @type {(keyof Row)[]} */ (Object.keys(columns));
  return columns[names[0]].map(
    (_, i) => /** @type {Row} */ (Object.fromEntries(names.map(name => [name, columns[name][i]])))
  );
}
