// Small payloads for the tests: what the Python side packs, written out by hand.

/** @import { Payload, TextRow } from '../../src/frontmap/page/modules/payload.js' */

import { readFileSync } from 'node:fs';

/**
 * Numbers of seven bits a byte, low bits first.
 * @param {number[]} numbers
 */
export function varints(numbers) {
  /** @type {number[]} */
  const bytes = [];
  numbers.forEach(number => {
    let rest = number;
    for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
    bytes.push(rest);
  });
  return Uint8Array.from(bytes);
}

/** @param {number} number */
export function fold(number) {
  return number >= 0 ? 2 * number : -2 * number - 1;
}

/**
 * Folded steps of vertices, longitude and latitude in turn, as planes of bytes.
 * @param {number[]} steps
 */
export function planes(steps) {
  const folded = steps.map(fold);
  return Uint8Array.from([0, 8, 16, 24].flatMap(shift => folded.map(number => (number >>> shift) & 255)));
}

/**
 * Columns, each with its length before it.
 * @param {number[][]} columns
 */
export function columns(...columns) {
  return varints(columns.flatMap(column => [column.length, ...column]));
}

/**
 * The interface's texts in every language, as a page carries them.
 * @returns {TextRow[]}
 */
export function texts() {
  const [en, uk, ru] = ['en', 'uk', 'ru'].map(language => {
    const path = new URL(`../../src/frontmap/page/words/${language}.json`, import.meta.url);
    return JSON.parse(readFileSync(path, 'utf8'));
  });
  return Object.keys(en).map(name => ({ name, texts: { en: en[name], uk: uk[name], ru: ru[name] } }));
}

// A square of a tenth of a degree at 35° E, 51° N, and the one east of it, which copies their border.
const SHAPES = {
  geo: columns([4, 4], [4 * 4 + 0, 2 * 4 + 2, 2 * 4 + 0], [fold(3)], [1, 1], [1, 1], [fold(1), fold(1)]),
  vertices: planes([35e6, 51e6, 0, 1e5, 1e5, 0, 0, -1e5, 1e5, 0, 0, 1e5])
};

/**
 * Three snapshots of one party: both squares controlled on the first two dates (the east one on the
 * second alone), one place in the west, two figures.
 * @param {Partial<Payload>} other
 * @returns {Payload}
 */
export function payload(other = {}) {
  const figure = {
    party: 'UA',
    precision: 'day',
    qualifier: 'exact',
    measure: 'controlled',
    claimant: 0,
    sources: [0],
    note: '',
    snapshots: 1,
    first_snapshot: '2024-08-12',
    last_snapshot: '2024-08-12',
    age_days: 0,
    day_verdict: null
  };
  /** @type {any[]} */
  const figures = [
    { ...figure, date: '2024-08-12', value_km2: 80, verdict: 'agrees', basis: 'day', reason: 'same' },
    { ...figure, date: '2024-08-12', value_km2: 80, verdict: 'agrees', basis: 'day', reason: 'same' }
  ];
  const column = (/** @type {string} */ name, /** @type {any[]} */ rows) =>
    name === 'names'
      ? Object.fromEntries(Object.keys(rows[0].names).map(key => [key, rows.map(row => row.names[key])]))
      : rows.map(row => row[name]);
  const table = (/** @type {any[]} */ rows) =>
    Object.fromEntries(Object.keys(rows[0]).map(name => [name, column(name, rows)]));
  return /** @type {Payload} */ ({
    first: '2024-08-12',
    steps: [0, 8, 51],
    minutes: null,
    areas: {
      UA: table([
        { controlled_km2: 78, contested_km2: 5, claimed_km2: 0, error_km2: 4, bound_km2: 9 },
        { controlled_km2: 156, contested_km2: 5, claimed_km2: 0, error_km2: 5, bound_km2: 11 },
        { controlled_km2: 0, contested_km2: 0, claimed_km2: 0, error_km2: 0, bound_km2: 0 }
      ])
    },
    ...SHAPES,
    zones: varints([2, 0, 0, 0, 0, 0, 0, 7800, 7801, 0, 1, 2, 1, 0, 0]),
    attributes: table([
      { party: 'UA', status: 'controlled', confidence: 'high', accuracy_m: 500, sources: [0], note: '' }
    ]),
    zone_ids: [' west', 'east of it'],
    shared: { parties: [], shape: [], begin: [], end: [] },
    lines: { kind: [], ring: [] },
    lines_m: 0,
    regions: { spots: [], names: {}, kind: [] },
    words: { name: [], texts: { en: [], uk: [], ru: [] } },
    any_pair: true,
    maker_changes: [],
    changed_ground: varints([2, 78000, 78000, 1, 0, 1, 2, 2, 1, 1]),
    claimants: table([{ given: 'Staff', names: { en: '', uk: 'Штаб', ru: '' } }]),
    places: table(
      [
        {
          names: { en: 'Sudzha', uk: 'Суджа', ru: 'Суджа' },
          kind: 'town',
          events: 0,
          since: [],
          statuses: []
        },
        {
          names: { en: 'Guevo', uk: 'Гуєво', ru: 'Гуево' },
          kind: '',
          events: 2,
          since: [1, 2],
          statuses: ['held UA', '']
        }
      ].map(place => ({ lon: 35.05, lat: 51.05, population: 0, ...place, raion: null, sort: null }))
    ),
    settlement_events: table([
      { days: 3, event: 0, claimant: 0, sources: [0] },
      { days: 4, event: 1, claimant: 0, sources: [] }
    ]),
    event_kinds: [
      ['enters', 'UA'],
      ['contested', 'RU', 'UA']
    ],
    sources: table([{ publisher: 'ISW', url: '//example.org/1', published: '' }]),
    reported: table(figures),
    events: { date: [], what: [], figure: [], unit: [], claimant: [], sources: [] },
    revisions: table(
      [0, 1, 2].map(snapshot => ({ snapshot, digest: `d${snapshot}`, reason: [], sources: [] }))
    ),
    days_around: { day: 3, about: 7 },
    ...other
  });
}
