// Scales of the chart: round numbers up, months along.

import { DAY_MS } from '../model/snapshots.js';

const MONTH_DAYS = 30.4;
const TICK_PX = 54;

/**
 * The step between round numbers that divides a height in about four.
 * @param {number} top
 */
export function niceStep(top) {
  const rough = top / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find(each => each * unit >= rough) || 10;
  return factor * unit;
}

/**
 * The firsts of months between two times, no nearer to each other than a label is wide.
 * @param {number} first
 * @param {number} last
 * @param {number} width
 */
export function monthTicks(first, last, width) {
  const months = (last - first) / DAY_MS / MONTH_DAYS;
  const apart = (/** @type {number} */ each) => (width / Math.max(months, 1)) * each > TICK_PX;
  const stride = [1, 2, 3, 6, 12, 24].find(apart) || 24;
  const start = new Date(first);
  const day = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1));
  const ticks = [];
  for (; day.getTime() <= last; day.setUTCMonth(day.getUTCMonth() + 1)) {
    if (day.getUTCMonth() % Math.min(stride, 12) === 0) ticks.push(day.getTime());
  }
  return ticks;
}

/**
 * A value's place between two ends, and back; `held` values don't go beyond them.
 * @param {[number, number]} domain
 * @param {[number, number]} range
 */
export function linear([low, high], [from, to]) {
  const held = (/** @type {number} */ value) => Math.min(Math.max(value, low), high);
  const at = (/** @type {number} */ value) => from + ((value - low) / (high - low)) * (to - from);
  return {
    at,
    held: (/** @type {number} */ value) => at(held(value)),
    back: (/** @type {number} */ px) => low + ((px - from) / (to - from)) * (high - low)
  };
}
