// What is said of a reported figure: its value and day, its verdict and why.

import { DAY_MS, timeOf } from '../model/snapshots.js';
import { partyName, sentence, signed } from './phrases.js';

/** @import { Figure } from '../model/model.js' */
/** @import { Reader } from '../reading/reader.js' */
/** @import { Words } from './words.js' */

/** @typedef {Pick<Reader, 'data' | 'state' | 'words' | 'say'>} Speaker */

/**
 * @param {Speaker} reader
 * @param {Figure} row
 */
export function qualified({ words, say }, { value_km2: km2, qualifier }) {
  const value = words().given(km2);
  return qualifier === 'exact' ? value : say(`qualifier_${qualifier}`, { value });
}

/**
 * The party whose ground a figure counts: nothing where it has none, or where that is evident.
 * @param {Pick<Speaker, 'data' | 'words'>} reader
 * @param {Pick<Figure, 'party' | 'measure'>} row
 */
export function whoseText({ data, words }, { party, measure }) {
  const held = measure === 'controlled' || measure === 'peak';
  const own = !held || Object.keys(data.areas).every(mapped => mapped === party);
  const evident = own && Object.keys(data.parties).length < 3;
  return party && !evident ? partyName({ data, words }, party) : '';
}

/**
 * A figure's as-of date no more exactly than it is known.
 * @param {Speaker} reader
 * @param {Figure} row
 */
export function figureDay({ words, say }, { precision, date }) {
  if (precision === 'undated') return say('undated');
  if (precision === 'month') return words().monthOf(date);
  const day = words().day(date);
  return precision === 'about' ? say('qualifier_about', { value: day }) : day;
}

/**
 * Why a figure got its verdict: what it was set against, and what came of it.
 * @param {Speaker} reader
 * @param {Figure} row
 */
export function reasonOf(reader, row) {
  const { data, words, say } = reader;
  const { day, monthOf, has } = words();
  const snapshot = row.nearest || row.first_snapshot;
  const days = snapshot ? Math.round(Math.abs(timeOf(snapshot) - row.time) / DAY_MS) : 0;
  const limit = has(`limit_${row.qualifier}`) ? say(`limit_${row.qualifier}`) : '';
  const values = {
    limit,
    it: say(limit ? 'limit_even' : 'limit_none', { limit }),
    month: monthOf(row.date),
    date: snapshot ? day(snapshot) : '',
    n: days,
    allowed: data.days_around[row.precision]
  };
  const basis = row.basis === 'day' && days ? 'near' : row.basis;
  const parts = [basis && say(`basis_${basis}`, values), say(`reason_${row.reason}`, values)];
  return `${sentence(reader, parts.filter(Boolean).join('; '))}.`;
}

/**
 * @param {Speaker} reader
 * @param {number | null} low
 * @param {number | null} high
 * @param {number | null} error
 */
export function rangeText({ words, say }, low, high, error) {
  const [lowest, highest, off] = [low, high, error].map(km2 => words().number(Number(km2)));
  return `${lowest} – ${highest} ${say('km2')}, ± ${off} ${say('km2')}`;
}

/**
 * How far the figure is from the map, from which of its dates, and beyond the whole range.
 * @param {Speaker} reader
 * @param {Figure} row
 */
export function differenceText({ words, say }, row) {
  const { number, day } = words();
  const difference = Number(row.difference_km2);
  const from = row.from_date
    ? say('figure_from', { value: number(row.value_km2 - difference), date: day(row.from_date) })
    : '';
  const beyond = Number(row.value_km2) - Number(row.high_km2);
  const above = row.verdict === 'above' ? say('figure_above', { value: number(beyond) }) : '';
  const percent = percentOf(words(), row.value_km2, difference);
  return `${signed(words(), difference)} ${say('km2')}${percent}${from}${above}`;
}

/**
 * The difference in per cent of the area that it is from.
 * @param {Words} words
 * @param {number} value
 * @param {number} difference
 */
function percentOf(words, value, difference) {
  return value === difference ? '' : ` (${signed(words, (100 * difference) / (value - difference))} %)`;
}

/**
 * @param {Speaker} reader
 * @param {number} days
 */
export function ageText({ say }, days) {
  if (days === 0) return say('same_day');
  return say(days > 0 ? 'days_before' : 'days_after', { n: Math.abs(days) });
}
