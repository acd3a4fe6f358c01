// Rows by what they have in common, each group in their order.

/**
 * @template Row, Key
 * @param {Row[]} rows
 * @param {(row: Row) => Key} keyOf
 */
export function groupBy(rows, keyOf) {
  /** @type {Map<Key, Row[]>} */
  const groups = new Map();
  rows.forEach(row => {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  });
  return groups;
}
