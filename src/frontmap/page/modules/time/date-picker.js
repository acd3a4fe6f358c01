// Where to go: a month of the record, then a day of it; days without a snapshot can't be chosen.

import { timeOf } from '../model/snapshots.js';
import { el, fill, label, write } from '../parts/dom.js';

/** @import { Snapshot } from '../model/snapshots.js' */
/** @import { Reader } from '../reading/reader.js' */

const DAYS = Array.from({ length: 31 }, (_, i) => i + 1);

/** @param {Snapshot} snapshot */
function partsOf({ date }) {
  return { month: date.slice(0, 7), day: Number(date.slice(8)) };
}

/**
 * The days of each month that have a snapshot, with the index of their last.
 * @param {Snapshot[]} snapshots
 */
export function daysByMonth(snapshots) {
  /** @type {Map<string, Map<number, number>>} */
  const months = new Map();
  snapshots.forEach(snapshot => {
    const { month, day } = partsOf(snapshot);
    const days = months.get(month) || new Map();
    months.set(month, days.set(day, snapshot.index));
  });
  return months;
}

/**
 * The index that a chosen day of a month means: that day's, or the last before it, or the month's first.
 * @param {Map<number, number>} days
 * @param {number} wanted
 */
export function pickedIndex(days, wanted) {
  const known = [...days.keys()];
  return Number(days.get(known.findLast(day => day <= wanted) ?? known[0]));
}

/** @param {Reader} reader */
export function datePicker(reader) {
  const { model, state, say, words } = reader;
  const months = daysByMonth(model.snapshots);
  const none = new Map();
  const options = DAYS.map(value => el('option', { value, disabled: true }));
  const onchange = () => reader.go(pickedIndex(months.get(month.value) || none, Number(day.value)));
  const month = el('select', { class: 'fm-select', onchange });
  const day = el('select', { class: 'fm-select', onchange }, options);
  reader.follow(() => {
    label(month, say('pick_month'));
    label(day, say('pick_day'));
    options.forEach((option, i) => {
      write(option, words().inDigits(`${DAYS[i]}`));
    });
    const name = (/** @type {string} */ value) =>
      `${words().month(timeOf(`${value}-01`))} ${words().inDigits(value.slice(0, 4))}`;
    fill(
      month,
      [...months.keys()].map(value => el('option', { value }, name(value)))
    );
  }, ['language']);
  reader.follow(() => {
    const shown = partsOf(model.snapshots[state.index]);
    const days = months.get(shown.month) || none;
    options.forEach((option, i) => {
      const disabled = !days.has(DAYS[i]);
      if (option.disabled !== disabled) option.disabled = disabled;
    });
    month.value = shown.month;
    day.value = `${shown.day}`;
  }, ['index', 'language']);
  return el('div', { class: 'fm-picker' }, month, day);
}
