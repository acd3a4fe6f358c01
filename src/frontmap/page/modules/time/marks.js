// The signs of verdicts, as paths about a point.

import { svg } from '../parts/dom.js';

/** @import { Verdict } from '../payload.js' */

/** @type {Record<Verdict, (x: number, y: number) => string>} */
export const MARKS = {
  agrees: (x, y) => `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`,
  contested: (x, y) => `M${x - 5} ${y}L${x} ${y - 5}L${x + 5} ${y}L${x} ${y + 5}Z`,
  above: (x, y) => `M${x - 5} ${y + 4}L${x} ${y - 5}L${x + 5} ${y + 4}Z`,
  below: (x, y) => `M${x - 5} ${y - 4}L${x} ${y + 5}L${x + 5} ${y - 4}Z`,
  unchecked: (x, y) => `M${x - 4} ${y - 4}L${x + 4} ${y + 4}M${x - 4} ${y + 4}L${x + 4} ${y - 4}`
};

/** @param {Verdict} verdict */
export function markIcon(verdict) {
  const box = { class: 'fm-mark-icon', viewBox: '0 0 14 14', width: 14, height: 14, 'aria-hidden': 'true' };
  return svg('svg', box, svg('path', { class: `fm-mark fm-mark-${verdict}`, d: MARKS[verdict](7, 7) }));
}

/**
 * Where marks lie on each other, each further click takes the next of them.
 * @template Row
 * @param {Map<Row, { x: number, y: number }>} spots
 * @param {number} near
 */
export function makePile(spots, near) {
  return (/** @type {Row} */ row, /** @type {Row | null} */ chosen) => {
    const at = /** @type {{ x: number, y: number }} */ (spots.get(row));
    const pile = [...spots]
      .filter(([, { x, y }]) => Math.hypot(x - at.x, y - at.y) < near)
      .map(([one]) => one);
    const place = chosen === null ? -1 : pile.indexOf(chosen);
    return place < 0 ? row : pile[(place + 1) % pile.length];
  };
}
