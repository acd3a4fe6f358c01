// Words, dates and numbers in the reader's language.

import { once } from '../model/lazy.js';
import { timeOf } from '../model/snapshots.js';

/** @import { ClaimantRow, Names, TextRow } from '../payload.js' */
/** @import { Snapshot } from '../model/snapshots.js' */

/** @typedef {ReturnType<typeof makeWords>} Words */
/** @typedef {Record<string, string | number>} Values */

// What is between two of these runs from left to right and is English, or runs as its first letter does,
// whatever stands about it.
export const [IN_ENGLISH, ITS_OWN_WAY, AS_BEFORE] = ['\u2066', '\u2068', '\u2069'];
const TEN_DIGITS = Array.from({ length: 10 }, (_, i) => i);

/**
 * What a language calls itself.
 * @param {TextRow[]} texts
 * @param {string} language
 */
export function ownName(texts, language) {
  return texts.find(({ name }) => name === 'own_name')?.texts[language] || language;
}

/**
 * The browser's own words for dates and numbers take longer to load than the whole map takes to
 * draw; so months and separators are words of ours where a language has them, and what else the
 * browser knows waits until it is needed. A text that a language lacks is in English, and marked so.
 * @param {TextRow[]} rows
 * @param {string} language
 */
export function makeWords(rows, language) {
  const own = new Map(rows.map(({ name, texts }) => [name, texts[language] || texts.en]));
  const given = new Map(rows.map(({ name, texts }) => [name, texts[language]]));
  const listed = (/** @type {string} */ key) => /** @type {string | null} */ (given.get(key))?.split(' ');
  const locale = language === 'en' ? 'en-GB' : language;
  const inDays = (/** @type {Intl.DateTimeFormatOptions} */ options) =>
    once(() => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', calendar: 'gregory', ...options }));
  const inNumbers = (/** @type {Intl.NumberFormatOptions} */ options) =>
    once(() => new Intl.NumberFormat(locale, options));
  const plural = once(() => new Intl.PluralRules(locale));
  const part = language === 'en' ? 'numeric' : '2-digit';
  const short = inDays({ day: part, month: language === 'en' ? 'short' : part, year: 'numeric' });
  const ofYear = inDays({ month: 'long', year: 'numeric' });
  const long = inDays({ day: 'numeric', month: 'long', year: 'numeric' });
  const shortMonth = inDays({ month: 'short' });
  const most2 = inNumbers({ maximumFractionDigits: 2 });
  const withDigits = [0, 1].map(n => inNumbers({ minimumFractionDigits: n, maximumFractionDigits: n }));
  const plain = inNumbers({ useGrouping: false });
  const english = new Map(rows.map(({ name, texts }) => [name, texts.en]));
  const ownDigits = once(() => TEN_DIGITS.map(digit => plain().format(digit)));
  // "2024 р." stays on one line.
  const unbroken = (/** @type {string} */ date) => date.replace(/ (р|г)\./, '\u00a0$1.');
  const [months, shortMonths] = [listed('months'), listed('months_short')];
  const [thousands, decimals] = ['thousands', 'decimals'].map(key => given.get(key));
  const fixed = (/** @type {number} */ value, /** @type {number} */ digits) => {
    if (!thousands || !decimals) return withDigits[digits]().format(value);
    const [whole, part] = Math.abs(value).toFixed(digits).split('.');
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, /** @type {string} */ (thousands));
    return `${value < 0 ? '-' : ''}${grouped}${part ? decimals + part : ''}`;
  };
  // The digits of a year, a day or a clock, as the language writes them.
  const inDigits = (/** @type {string} */ text) =>
    thousands ? text : text.replace(/\d/g, digit => ownDigits()[Number(digit)]);
  const say = (/** @type {string} */ key, /** @type {Values} */ values = {}) => {
    const found = own.get(key);
    if (!found) return key;
    const form = typeof found === 'string' ? found : found[plural().select(Number(values.n))] || found.other;
    const text = form.replace(/\{(\w+)\}/g, (_, name) => {
      const value = values[name];
      return typeof value === 'number' ? fixed(value, 0) : value;
    });
    return given.get(key) ? text : `${IN_ENGLISH}${text}${AS_BEFORE}`;
  };
  const day = (/** @type {string} */ date) => {
    if (!months || !given.get('day_date')) return long().format(timeOf(date));
    const [year, month, number] = date.split('-').map(Number);
    return unbroken(say('day_date', { day: `${number}`, month: months[month - 1], year: `${year}` }));
  };
  return {
    language,
    say,
    has: (/** @type {string} */ key) => own.has(key),
    // In this language, and not in English in its place.
    speaks: (/** @type {string} */ key) => Boolean(given.get(key)),
    day,
    instant: (/** @type {string} */ iso) =>
      `${day(iso.slice(0, 10))}, ${inDigits(iso.slice(11, 19).replace(/:00$/, ''))} UTC`,
    monthOf: (/** @type {string} */ date) => unbroken(ofYear().format(timeOf(date))),
    date: (/** @type {Snapshot} */ { date, clock, stage }) =>
      [day(date), stage ? say(stage) : inDigits(clock)].filter(Boolean).join(', '),
    shortDate: (/** @type {Snapshot} */ { time, clock, stage }) =>
      [short().format(time), stage ? say(stage) : inDigits(clock)].filter(Boolean).join(', '),
    month: (/** @type {number} */ time) =>
      shortMonths ? shortMonths[new Date(time).getUTCMonth()] : shortMonth().format(time),
    inDigits,
    // Before a sign, so that it stays before its number where lines run from right to left.
    sign: (/** @type {string} */ sign) => (say('direction') === 'rtl' ? `\u200e${sign}` : sign),
    number: (/** @type {number} */ value) =>
      fixed(value, Math.abs(value) < 10 && value !== Math.round(value) ? 1 : 0),
    given: (/** @type {number} */ value) => most2().format(value),
    // What decides the grammatical number of a word after a number that is shown rounded.
    counted: (/** @type {number} */ value) => Number(value.toFixed(Math.abs(value) < 10 ? 1 : 0)),
    tenth: (/** @type {number} */ value) => fixed(value, 1),
    // As given, where there is no name in this language.
    claimant: (/** @type {ClaimantRow} */ names) => names.names[language] || names.given,
    name: (/** @type {Names} */ names) => names[language] || names.en,
    // All in one language, since a line in two would run both ways.
    wayTo: (/** @type {Names} */ names, /** @type {number} */ km) =>
      names[language]
        ? `${ITS_OWN_WAY}${names[language]} ${fixed(km, 0)} ${say('km')}${AS_BEFORE}`
        : `${IN_ENGLISH}${names.en} ${km} ${english.get('km')}${AS_BEFORE}`
  };
}

/**
 * The first of these that the page speaks, in this or another country's form, else English.
 * @param {(string | undefined)[]} asked language tags
 * @param {string[]} languages of the page
 */
export function chooseLanguage(asked, languages) {
  const base = (/** @type {string} */ tag) => tag.split('-')[0].toLowerCase();
  const spoken = (/** @type {string | undefined} */ tag) =>
    tag && (languages.find(own => own === tag) || languages.find(own => base(own) === base(tag)));
  return asked.map(spoken).find(Boolean) || 'en';
}
