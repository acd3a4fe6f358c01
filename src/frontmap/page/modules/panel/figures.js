// Reported figures: their list, and all that is known of one.

import { el } from '../parts/dom.js';
import { claimantOf, given, sourceList } from '../parts/quotes.js';
import {
  ageText,
  differenceText,
  figureDay,
  qualified,
  rangeText,
  reasonOf,
  whoseText
} from '../text/figures.js';
import { markIcon } from '../time/marks.js';
import { section } from './section.js';
import { pair } from './zone-details.js';

/** @import { Figure } from '../model/model.js' */
/** @import { Reader } from '../reading/reader.js' */

/**
 * @param {Reader} reader
 * @param {Figure[]} figures
 */
export function figureList(reader, figures) {
  const { say, set } = reader;
  const item = (/** @type {Figure} */ figure) => {
    const said = [
      `${qualified(reader, figure)} ${say('km2')}`,
      el('small', {}, figureDay(reader, figure)),
      el('small', {}, whoseText(reader, figure)),
      el('small', {}, claimantOf(reader, figure.claimant))
    ];
    const onclick = () => set({ figure, zone: null, place: null });
    const verdict = el('span', { class: 'fm-verdict' }, say(`verdict_${figure.verdict}`));
    const parts = [markIcon(figure.verdict), el('span', { class: 'fm-grow' }, said), verdict];
    return el('li', {}, el('button', { type: 'button', class: 'fm-row', onclick }, parts));
  };
  return el('ul', { class: 'fm-list' }, figures.map(item));
}

/** @param {Reader} reader */
export function figuresSection(reader) {
  const { model, say } = reader;
  const undated = (/** @type {Figure} */ row) => Number(row.precision === 'undated');
  const figures = [...model.reported].sort((a, b) => undated(a) - undated(b));
  const render = () => [el('p', {}, say('figures_help')), figureList(reader, figures)];
  return section(reader, 'figures', render, []);
}

/**
 * @param {Reader} reader
 * @param {Figure} row
 */
export function figureDetails(reader, row) {
  const { say } = reader;
  const verdict = [markIcon(row.verdict), ' ', el('strong', {}, say(`verdict_${row.verdict}`))];
  return el('dl', { class: 'fm-facts' }, [
    pair(reader, 'figure_verdict', [verdict, el('small', {}, reasonOf(reader, row))]),
    pair(reader, 'zone_party', whoseText(reader, row)),
    pair(reader, 'figure_claimant', claimantOf(reader, row.claimant)),
    pair(reader, 'figure_as_of', asOf(reader, row)),
    pair(reader, 'figure_measure', say(`measure_${row.measure}`)),
    pair(reader, 'figure_map', onTheMap(reader, row)),
    pair(reader, 'figure_snapshots', comparedWith(reader, row)),
    pair(reader, 'figure_difference', row.difference_km2 !== null && differenceText(reader, row)),
    byDay(reader, row),
    pair(reader, 'zone_sources', sourceList(reader, row.sources)),
    pair(reader, 'zone_note', row.note && given(reader, row.note))
  ]);
}

/**
 * @param {Reader} reader
 * @param {Figure} row
 */
function asOf(reader, row) {
  if (row.precision === 'undated') return reader.say('precision_undated');
  const day = figureDay(reader, row);
  return row.precision === 'about' ? day : `${day} (${reader.say(`precision_${row.precision}`)})`;
}

/**
 * @param {Reader} reader
 * @param {Figure} row
 */
function onTheMap(reader, row) {
  if (row.low_km2 === null) return '';
  const { say, words } = reader;
  const bound = () => say('within_bound', { value: words().number(Number(row.bound_km2)) });
  const within = row.within_error ? say('within_error') : row.within_bound && bound();
  const range = rangeText(reader, row.low_km2, row.high_km2, row.error_km2);
  return [range, within && el('small', {}, within)];
}

/**
 * @param {Reader} reader
 * @param {Figure} row
 */
function comparedWith(reader, { snapshots, first_snapshot: first, last_snapshot: last, age_days: age }) {
  if (!first || !last) return '';
  const { say, words, set, model } = reader;
  const { day } = words();
  if (snapshots > 1) return say('snapshots_of', { first: day(first), last: day(last), n: snapshots });
  const onclick = () => set({ index: model.find(first) });
  const link = el('button', { type: 'button', class: 'fm-link', onclick }, day(first));
  return [link, age === null ? '' : ` (${ageText(reader, age)})`];
}

/**
 * @param {Reader} reader
 * @param {Figure} row
 */
function byDay(reader, row) {
  const { say, words } = reader;
  if (!row.day_verdict) return '';
  const range = rangeText(reader, row.day_low_km2, row.day_high_km2, row.day_error_km2);
  return [
    el('dt', {}, say('figure_by_day', { date: words().day(row.date) })),
    el('dd', {}, `${range}: ${say(`verdict_${row.day_verdict}`)}`)
  ];
}
