// Zones, read back from the packed form: see docs/page.md.

import { numbersOf, unfold } from './numbers.js';

/** @import { ZoneAttributesRow } from '../payload.js' */

/**
 * A zone that stood unchanged over `spans` of snapshots, each from an index up to, but not with, another.
 * @typedef {ZoneAttributesRow & { id: string, shape: number, km2: number, spans: Span[] }} Zone
 */

/** @typedef {{ from: number, to: number }} Span */

/**
 * @param {Uint8Array} bytes
 * @param {ZoneAttributesRow[]} attributes
 * @param {string[]} ids
 * @returns {Zone[]}
 */
export function unpackZones(bytes, attributes, ids) {
  const { next, take } = numbersOf(bytes);
  const count = next();
  const [shapes, rows, names, areas, begins, lengths, more] = Array.from({ length: 7 }, () => take(count));
  let shape = -1;
  let name = -1;
  let begin = 0;
  return Array.from(shapes, (step, i) => {
    shape += unfold(step) + 1;
    name += unfold(names[i]) + 1;
    begin += begins[i];
    const own = attributes[rows[i]];
    let span = { from: begin, to: begin + lengths[i] };
    const spans = [span];
    for (let left = more[i]; left > 0; left -= 1) {
      const from = span.to + next();
      span = { from, to: from + next() };
      spans.push(span);
    }
    return { ...own, shape, id: wholeId(ids[name], own), km2: areas[i] / 100, spans };
  });
}

/**
 * No id begins with a space: where one does here, its usual beginning was left out.
 * @param {string} text
 * @param {ZoneAttributesRow} zone
 */
function wholeId(text, { party, status }) {
  return text.startsWith(' ') ? `${party.toLowerCase()}-${status}-${text.slice(1)}` : text;
}
