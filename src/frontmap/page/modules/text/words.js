// Words, dates and numbers in the reader's language.

import { once } from '../model/lazy.js';
import { timeOf } from '../model/snapshots.js';

/** @import { ClaimantRow, Names, TextRow } from '../payload.js' */
/** @import { Snapshot } from '../model/snapshots.js' */

/** @typedef {'en' | 'uk' | 'ru'} Language */
/** @typedef {ReturnType<typeof makeWords>} Words */
/** @typedef {Record<string, string | number>} Values */

/** @type {Record<Language, string>} */
const LOCALES = { en: 'en-GB', uk: 'uk-UA', ru: 'ru-RU' };
/** @type {Record<Language, string>} */
export const LANGUAGES = { en: 'English', uk: 'Українська', ru: 'Русский' };

/**
 * @param {string | undefined} text
 * @returns {text is Language}
 */
export function isLanguage(text) {
  return text !== undefined && Object.hasOwn(LANGUAGES, text);
}

/**
 * The browser's own words for dates and numbers take longer to load than the whole map takes to
 * draw; so months and separators are words of ours, and what else it knows waits until it is needed.
 * @param {TextRow[]} texts
 * @param {Language} language
 */
export function makeWords(texts, language) {
  const own = new Map(texts.map(row => [row.name, row[language] || row.en]));
  const text = (/** @type {string} */ key) => /** @type {string} */ (own.get(key));
  const locale = LOCALES[language];
  const plural = once(() => new Intl.PluralRules(locale));
  const short = once(() => {
    const english = language === 'en';
    return new Intl.DateTimeFormat(locale, {
      timeZone: 'UTC',
      day: english ? 'numeric' : '2-digit',
      month: english ? 'short' : '2-digit',
      year: 'numeric'
    });
  });
  const ofYear = once(
    () => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' })
  );
  const given = once(() => new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }));
  // "2024 р." stays on one line.
  const unbroken = (/** @type {string} */ date) => date.replace(/ (р|г)\./, '\u00a0$1.');
  const months = text('months').split(' ');
  const shortMonths = text('months_short').split(' ');
  const fixed = (/** @type {number} */ value, /** @type {number} */ digits) => {
    const rounded = Math.round(Math.abs(value) * 10 ** digits) / 10 ** digits;
    const [whole, part] = rounded.toFixed(digits).split('.');
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, text('thousands'));
    return `${value < 0 ? '-' : ''}${grouped}${part ? text('decimals') + part : ''}`;
  };
  const say = (/** @type {string} */ key, /** @type {Values} */ values = {}) => {
    const found = own.get(key);
    if (found === undefined) return key;
    const form = typeof found === 'string' ? found : found[plural().select(Number(values.n))] || found.other;
    return form.replace(/\{(\w+)\}/g, (_, name) => {
      const value = values[name];
      return typeof value === 'number' ? fixed(value, 0) : value;
    });
  };
  const day = (/** @type {string} */ date) => {
    const [year, month, number] = date.split('-').map(Number);
    return unbroken(say('day_date', { day: `${number}`, month: months[month - 1], year: `${year}` }));
  };
  return {
    language,
    say,
    has: (/** @type {string} */ key) => own.has(key),
    day,
    instant: (/** @type {string} */ iso) =>
      `${day(iso.slice(0, 10))}, ${iso.slice(11, 19).replace(/:00$/, '')} UTC`,
    monthOf: (/** @type {string} */ date) => unbroken(ofYear().format(timeOf(date))),
    date: (/** @type {Snapshot} */ { date, clock, stage }) =>
      [day(date), stage ? say(stage) : clock].filter(Boolean).join(', '),
    shortDate: (/** @type {Snapshot} */ { time, clock, stage }) =>
      [short().format(time), stage ? say(stage) : clock].filter(Boolean).join(', '),
    month: (/** @type {number} */ time) => shortMonths[new Date(time).getUTCMonth()],
    number: (/** @type {number} */ value) =>
      fixed(value, Math.abs(value) < 10 && value !== Math.round(value) ? 1 : 0),
    given: (/** @type {number} */ value) => given().format(value),
    // What decides the grammatical number of a word after a number that is shown rounded.
    counted: (/** @type {number} */ value) =>
      Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value),
    tenth: (/** @type {number} */ value) => fixed(value, 1),
    // As given, where there is no name in this language.
    claimant: (/** @type {ClaimantRow} */ names) => names[language] || names.given,
    name: (/** @type {Names} */ names) => names[language] || names.en
  };
}

/**
 * The first of these that the page speaks, else English.
 * @param {(string | undefined)[]} asked language tags
 * @returns {Language}
 */
export function chooseLanguage(asked) {
  return asked.map(tag => tag?.slice(0, 2).toLowerCase()).find(isLanguage) || 'en';
}
