// What each party gained and lost between two snapshots, in km², as measured.

import { numbersOf } from '../packed/numbers.js';
import { once } from './lazy.js';

/** @typedef {{ gained: number, lost: number }} Change */
/** @typedef {(from: number, to: number) => Change | null} Measured */

const PER_KM2 = 1000;

/**
 * From a snapshot to a later one; null where the page doesn't carry that pair, or where another
 * maker's snapshots begin between them.
 * @param {{ changed_ground: Uint8Array, any_pair: boolean, maker_changes: number[] }} data
 * @param {string[]} parties
 * @param {number} count of snapshots
 */
export function makeChanges(
  { changed_ground: bytes, any_pair: anyPair, maker_changes: makers },
  parties,
  count
) {
  const tables = once(() => {
    const { next } = numbersOf(bytes);
    const table = () => (anyPair ? betweenAny(next) : betweenNeighbours(next, count));
    return new Map(parties.map(party => [party, table()]));
  });
  return (/** @type {string} */ party, /** @type {number} */ from, /** @type {number} */ to) => {
    if (makers.some(index => from < index && index <= to)) return null;
    return tables().get(party)?.(from, to) || null;
  };
}

/**
 * Ground by the snapshots at which it changed hands: what did so an odd number of times has changed.
 * @param {() => number} next
 * @returns {Measured}
 */
function betweenAny(next) {
  const count = next();
  const each = () => Array.from({ length: count }, next);
  const [areas, heads, rests] = [each(), each(), each()];
  /** @type {number[]} */
  let indexes = [];
  const grounds = areas.map((area, i) => {
    indexes = indexes.slice(0, heads[i] >> 1);
    for (let left = rests[i]; left > 0; left -= 1) indexes.push((indexes.at(-1) || 0) + next());
    return { area, changedAt: Uint32Array.from(indexes), heldFirst: heads[i] & 1 };
  });
  return (from, to) => {
    const sums = [0, 0];
    grounds.forEach(({ area, changedAt, heldFirst }) => {
      let before = 0;
      let after = 0;
      for (let i = 0; i < changedAt.length && changedAt[i] <= to; i += 1) {
        after += 1;
        before += changedAt[i] <= from ? 1 : 0;
      }
      if ((after - before) % 2) sums[(heldFirst + before) % 2] += area;
    });
    return { gained: sums[0] / PER_KM2, lost: sums[1] / PER_KM2 };
  };
}

/**
 * From each snapshot to the next alone.
 * @param {() => number} next
 * @param {number} count of snapshots
 * @returns {Measured}
 */
function betweenNeighbours(next, count) {
  const [gained, lost] = [0, 1].map(() => Array.from({ length: count - 1 }, () => next() / PER_KM2));
  return (from, to) => {
    if (from === to) return { gained: 0, lost: 0 };
    return to - from === 1 ? { gained: gained[from], lost: lost[from] } : null;
  };
}
