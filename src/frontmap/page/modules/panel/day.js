// What is known of the date that is shown.

import { lastFor } from '../model/lazy.js';
import { el, write } from '../parts/dom.js';
import { claimantOf, fewSources, given, sourceList } from '../parts/quotes.js';
import { areaTexts } from '../text/phrases.js';
import { figureList } from './figures.js';
import { makeRevisions } from './revisions.js';
import { section } from './section.js';
import { makeZoneList } from './zone-list.js';

/** @import { DayEvent, Model } from '../model/model.js' */
/** @import { Reader } from '../reading/reader.js' */

const MOST_CITED = 60;

/**
 * The sources of a snapshot: those of its revision, then those of its zones.
 * @param {Model} model
 * @param {number} index
 */
export function citedAt(model, index) {
  const [revision] = model.revisionsAt(index);
  const cited = new Set([...revision.sources, ...model.zonesAt(index).flatMap(zone => zone.sources)]);
  return [...cited].slice(0, MOST_CITED);
}

/** @param {Reader} reader */
export function daySection(reader) {
  const { model, state, say, words } = reader;
  const range = el('p', { class: 'fm-range' });
  const zoneList = makeZoneList(reader);
  const revisions = makeRevisions(reader);
  const sources = lastFor((/** @type {number[]} */ cited) => [
    el('h3', {}, say('zone_sources')),
    el('div', { class: 'fm-cited' }, fewSources(reader, cited))
  ]);
  const render = () => {
    const { index } = state;
    const { date } = model.snapshots[index];
    const gap = model.gapAfter(index);
    const cited = citedAt(model, index);
    const zones = [...model.zonesAt(index)].sort((a, b) => (a.status === b.status ? b.km2 - a.km2 : 0));
    const before = model.snapshots[index - 1]?.date || '';
    const since = (/** @type {{ date: string }} */ row) => row.date > before && row.date <= date;
    const events = model.events.filter(since).map(event => dayEventItem(reader, event, date));
    const figures = model.reported.filter(row => since(row) && row.precision !== 'undated');
    write(range, heldText(reader));
    return [
      range,
      gap > 0 && el('p', { class: 'fm-note' }, say('gap', { n: gap })),
      el('h3', {}, say('zones')),
      zones.length ? zoneList(zones) : el('p', {}, say('no_zones')),
      figures.length > 0 && [el('h3', {}, say('figures_day')), figureList(reader, figures)],
      events.length > 0 && [el('h3', {}, say('events')), el('ul', { class: 'fm-events' }, events)],
      cited.length > 0 && sources(`${words().language} ${cited}`, cited),
      revisions()
    ];
  };
  return section(reader, 'day', render, ['index', 'party', 'against'], true);
}

/** @param {Reader} reader */
function heldText(reader) {
  const { area, controlled, error } = areaTexts(reader);
  const { number } = reader.words();
  const high = number(area.controlled_km2 + area.contested_km2);
  const ends = area.contested_km2 ? 'range' : 'range_controlled';
  return reader.say(ends, { low: controlled, high, error, bound: number(area.bound_km2) });
}

/**
 * @param {Reader} reader
 * @param {DayEvent} event
 * @param {string} shown
 */
function dayEventItem(reader, { date, what, figure, unit, claimant, sources }, shown) {
  const { day, given: number } = reader.words();
  const amount = figure === null ? '' : [': ', number(figure), ' ', unitOf(reader, unit, figure)];
  return el('li', {}, [
    date === shown ? '' : `${day(date)}: `,
    given(reader, what),
    amount,
    [' (', claimantOf(reader, claimant), ') ', sourceList(reader, sources)]
  ]);
}

/**
 * A unit in the reader's language and number where it is a known one, else as it was given.
 * @param {Reader} reader
 * @param {string} unit
 * @param {number} figure
 */
function unitOf(reader, unit, figure) {
  const key = `unit_${unit}`;
  return reader.words().has(key) ? reader.say(key, { n: figure }) : given(reader, unit);
}
