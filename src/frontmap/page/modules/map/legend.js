// What is drawn how.

import { el, fill } from '../parts/dom.js';
import { partyName, standsFor } from '../text/phrases.js';
import { paintSwatch, penOf } from './styles.js';

/** @import { Reader } from '../reading/reader.js' */

/** Lines that are further off than this are said to be. */
const COARSE_M = 500;

/**
 * @param {Reader} reader
 * @param {string} word
 * @param {string} party
 */
export function swatch(reader, word, party) {
  const ratio = 2;
  const canvas = el('canvas', { class: 'fm-swatch', width: 30 * ratio, height: 18 * ratio });
  const pen = penOf(canvas);
  pen.scale(ratio, ratio);
  paintSwatch(pen, reader.palette(), word, party, ratio);
  return canvas;
}

/**
 * The kinds of ground on the map: of each party its own, but contested ground once, with the stripes of
 * all; where two dates are compared, of the one that is compared, then of the others, which are faint.
 * @param {Reader} reader
 */
export function shownGround({ state, model }) {
  const compares = state.against >= 0;
  const isFaint = (/** @type {string} */ party) => compares && party !== state.party;
  const kinds = ['controlled', 'contested', 'claimed'].flatMap(word => {
    const having = new Set(model.zones.filter(zone => zone.status === word).map(zone => zone.party));
    const parties = model.parties.filter(party => having.has(party));
    if (word === 'contested') return parties.length ? [{ word, party: parties.join(' '), faint: false }] : [];
    return parties.map(party => ({ word, party, faint: isFaint(party) }));
  });
  const changes = compares ? ['gained', 'lost'] : [];
  const changed = changes.map(word => ({ word, party: state.party, faint: false }));
  return [...kinds.filter(({ faint }) => !faint), ...changed, ...kinds.filter(({ faint }) => faint)];
}

/**
 * What a kind of ground is; whose, where there are several parties and it is one's own.
 * @param {Reader} reader
 * @param {string} word
 * @param {string} party
 */
export function groundName(reader, word, party) {
  const text = reader.say(`legend_${word}`);
  if (reader.model.parties.length < 2) return text;
  return `${text}: ${word === 'contested' ? reader.say('legend_whose') : partyName(reader, party)}`;
}

/** @param {Reader} reader */
export function legend(reader) {
  const { state, model, say } = reader;
  const list = el('ul', { class: 'fm-legend' });
  const has = (/** @type {string} */ wanted) => model.lines.some(({ kind }) => kind === wanted);
  const coarse_km = reader.data.lines_m >= COARSE_M && reader.data.lines_m / 1000;
  const marks = ['place-held', 'place-contested', 'place-none'];
  const beside = [
    ...(has('state_border') ? ['border'] : []),
    ...(has('disputed') ? ['disputed'] : []),
    ...(model.places.some(place => place.since.length) ? marks : [])
  ];
  reader.follow(() => {
    const ground = shownGround(reader).map(({ word, party, faint }) => {
      const text = [groundName(reader, word, party), standsFor(reader, party, word)].filter(Boolean);
      return el('li', { class: faint && 'fm-faint' }, swatch(reader, word, party), text.join(': '));
    });
    const marked = beside.map(word =>
      el('li', {}, swatch(reader, word, state.party), say(`legend_${word.replace('-', '_')}`))
    );
    const accuracy = coarse_km && say('lines_accuracy', { km: reader.words().given(coarse_km) });
    fill(list, [ground, marked, accuracy && el('li', {}, accuracy)]);
    list.setAttribute('aria-label', say('legend'));
  }, ['language', 'against', 'party', 'dark']);
  // What scrolls can be scrolled by keys, and is no stop on their way otherwise.
  new ResizeObserver(() => {
    if (list.scrollHeight > list.clientHeight) list.tabIndex = 0;
    else list.removeAttribute('tabindex');
  }).observe(list);
  return list;
}
