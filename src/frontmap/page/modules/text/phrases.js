// What the page says of an area, a change, a party, a title: texts, without what holds them.

import { DAY_MS, inTime } from '../model/snapshots.js';

/** @import { Reader } from '../reading/reader.js' */
/** @import { Words } from './words.js' */

/**
 * The areas of a snapshot as numbers to read.
 * @param {Pick<Reader, 'model' | 'state' | 'words' | 'say'>} reader
 */
export function areaTexts({ model, state, words, say }) {
  const area = model.areaAt(state.party, state.index);
  const { number } = words();
  const contested = number(area.contested_km2);
  return {
    area,
    controlled: number(area.controlled_km2),
    contested,
    plus: area.contested_km2 ? `+ ${contested} ${say('km2')} ${say('head_contested')}` : '',
    claimed: number(area.claimed_km2),
    error: number(area.error_km2),
    unit: say('km2')
  };
}

/** @param {Pick<Reader, 'model' | 'state' | 'words'>} reader */
export function shownDate({ model, state, words }) {
  return words().date(model.snapshots[state.index]);
}

/**
 * The archive's title in the reader's language where it has one: a text and its language.
 * @param {Pick<Reader, 'data' | 'state'>} reader
 */
export function titleOf({ data: { titles, language }, state }) {
  const lang = Object.hasOwn(titles, state.language) ? state.language : language;
  return { text: titles[lang], lang };
}

/**
 * @param {Pick<Reader, 'data' | 'words'>} reader
 * @param {string} code
 */
export function partyName({ data, words }, code) {
  const names = data.parties[code];
  return names ? words().name(names) : code;
}

/**
 * What the ground of a party and status is, where it is not all of its kind: a text, else nothing.
 * @param {Pick<Reader, 'data' | 'state'>} reader
 * @param {string} party
 * @param {string} status
 */
export function standsFor({ data, state }, party, status) {
  const texts = data.stands_for[`${party} ${status}`] ?? {};
  return texts[state.language] || texts.en || Object.values(texts)[0] || '';
}

/**
 * What a comparison tells, from the earlier of its dates to the later; gained and lost are blank where
 * the page doesn't carry that pair.
 * @param {Pick<Reader, 'model' | 'state' | 'words' | 'say'>} reader
 */
export function comparison({ model, state, words, say }) {
  const { number, date } = words();
  const [from, to] = inTime(state.against, state.index);
  const change = model.change(state.party, from, to);
  const [first, last] = [model.snapshots[from], model.snapshots[to]];
  const days = Math.round((last.time - first.time) / DAY_MS);
  const controlled = (/** @type {number} */ index) => model.areaAt(state.party, index).controlled_km2;
  const net = change ? change.gained - change.lost : controlled(to) - controlled(from);
  const unit = say('km2');
  const dates = say('against', { from: date(first), to: date(last) });
  return {
    dates: `${dates} (${say('days', { n: days })}): `,
    gained: change ? `${say('gained')} ${number(change.gained)} ${unit}, ` : '',
    lost: change ? `${say('lost')} ${number(change.lost)} ${unit}, ` : '',
    net: `${say('net')} ${signed(words(), net)} ${unit}`
  };
}

/** @param {Pick<Reader, 'model' | 'state' | 'words' | 'say'>} reader */
export function comparisonText(reader) {
  return reader.state.against < 0 ? '' : Object.values(comparison(reader)).join('');
}

/**
 * @param {Words} words
 * @param {number} value
 */
export function signed(words, value) {
  return `${words.sign(value < 0 ? '−' : '+')}${words.number(Math.abs(value))}`;
}

/**
 * @param {Pick<Reader, 'state'>} reader
 * @param {string} text
 */
export function sentence({ state }, text) {
  return text.replace(/\p{L}/u, first => first.toLocaleUpperCase(state.language));
}
