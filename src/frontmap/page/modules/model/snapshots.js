// The dates of the record, in order of time, and which of them is meant.

export const DAY_MS = 86400000;
const MINUTE_MS = 60000;
const GAP_DAYS = 31;

/**
 * A snapshot's valid date; `clock` is told where the day has several, and `key` names it in an address.
 * `stage` names the text that tells what is proposed from what is in force of its day; blank elsewhere.
 * @typedef {object} Snapshot
 * @property {string} date
 * @property {number} time
 * @property {number} index
 * @property {string} clock
 * @property {string} key
 * @property {'' | 'in_force' | 'proposed'} stage
 */

/** @param {string} date of the form 2024-08-31 */
export function timeOf(date) {
  return Date.parse(`${date}T00:00:00Z`);
}

/** @param {number} time */
export function dateAt(time) {
  return new Date(time).toISOString().slice(0, 10);
}

/**
 * @param {{ first: string, steps: number[], minutes: number[] | null, proposed?: number | null }} record
 *   the first date, the days from each snapshot's to the next, minutes of the day where one has several,
 *   and the index of what is proposed
 * @returns {Snapshot[]}
 */
export function snapshotsOf({ first, steps, minutes, proposed = null }) {
  let day = timeOf(first);
  const times = steps.map((step, i) => {
    day += step * DAY_MS;
    return day + (minutes ? minutes[i] : 0) * MINUTE_MS;
  });
  const dates = times.map(dateAt);
  return times.map((time, index) => {
    const date = dates[index];
    const twin = date === dates[index - 1] || date === dates[index + 1];
    const clock = twin ? new Date(time).toISOString().slice(11, 16) : '';
    const beside = proposed !== null && date === dates[proposed] ? 'in_force' : '';
    const stage = proposed === index ? 'proposed' : beside;
    return { date, time, index, clock, key: clock ? `${date}T${clock}` : date, stage };
  });
}

/**
 * The index of the snapshot that a key names, or of the last before that date; -1 where there is none.
 * @param {Snapshot[]} snapshots
 * @param {string} key
 */
export function indexOf(snapshots, key) {
  const before = (/** @type {string} */ date) => date <= key.slice(0, 10) && key.length === 10;
  return snapshots.findLastIndex(one => one.key === key || before(one.date));
}

/**
 * The index of the snapshot next to a time.
 * @param {Snapshot[]} snapshots
 * @param {number} time
 */
export function nearestIndex(snapshots, time) {
  let low = 0;
  let high = snapshots.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (snapshots[middle].time <= time) low = middle;
    else high = middle;
  }
  return time - snapshots[low].time <= snapshots[high].time - time ? low : high;
}

/**
 * The days without a snapshot after that of an index, where they are more than a month; else 0.
 * @param {Snapshot[]} snapshots
 * @param {number} index
 */
export function gapAfter(snapshots, index) {
  const next = snapshots[index + 1];
  const days = next ? Math.round((next.time - snapshots[index].time) / DAY_MS) : 0;
  return days > GAP_DAYS ? days : 0;
}

/**
 * A comparison goes forward in time, whichever of its two dates was chosen first.
 * @param {number} one
 * @param {number} other
 * @returns {[earlier: number, later: number]}
 */
export function inTime(one, other) {
  return one < other ? [one, other] : [other, one];
}
