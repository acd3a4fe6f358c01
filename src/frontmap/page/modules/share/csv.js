// The table that a reader takes along. Without a DOM.

import { inTime } from '../model/snapshots.js';

/** @import { Model } from '../model/model.js' */
/** @import { Payload } from '../payload.js' */
/** @import { ReaderState } from '../reading/state.js' */

/**
 * All dates of a party as CSV: areas in km², and gained and lost where dates are compared.
 * @param {Model} model
 * @param {Pick<ReaderState, 'party' | 'against'>} state
 * @param {Pick<Payload, 'maker' | 'known'>} data
 */
export function csvOf(model, { party, against }, { maker, known }) {
  const rows = model.snapshots.map(({ key, index }) => ({
    date: key,
    maker,
    party,
    ...model.areaAt(party, index),
    digest: model.revisionsAt(index)[0].digest,
    ...(known && { known }),
    ...(against >= 0 && changeRow(model, party, index, against))
  }));
  return [Object.keys(rows[0]), ...rows.map(Object.values)]
    .map(row => `${row.map(cell).join(',')}\n`)
    .join('');
}

/**
 * @param {Model} model
 * @param {string} party
 * @param {number} index
 * @param {number} against
 */
function changeRow({ snapshots, change }, party, index, against) {
  const [from, to] = inTime(against, index);
  const { gained, lost } = change(party, from, to) || { gained: '', lost: '' };
  return { from_date: snapshots[from].key, to_date: snapshots[to].key, gained_km2: gained, lost_km2: lost };
}

/** What a spreadsheet would run as a formula, after blanks, quotes and marks that it passes over. */
const FORMULA =
  /^[\s\x22\x27\x60\p{Cf}\p{Pi}\p{Pf}]*[\t\r\n=+\-@\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20]/u;

/**
 * A cell that a spreadsheet would run as a formula starts with an apostrophe.
 * @param {string | number} value
 */
export function cell(value) {
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : `${value}`;
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/**
 * The file's name tells the archive, what is in it, and as known when.
 * @param {Pick<Payload, 'slug' | 'known'>} data
 * @param {string} what
 * @param {string} ending
 */
export function fileName({ slug, known }, what, ending) {
  const name = [slug, what, known && `known-${known}`].filter(Boolean).join('-');
  return name.replace(/:/g, '') + ending;
}
