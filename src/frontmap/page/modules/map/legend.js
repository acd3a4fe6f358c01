// What is drawn how.

import { el, fill } from '../parts/dom.js';
import { partyName, standsFor } from '../text/phrases.js';
import { colourOf, paintSwatch, penOf } from './styles.js';

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
  const palette = reader.palette();
  paintSwatch(pen, palette, word, colourOf(palette, word, party), ratio);
  return canvas;
}

/**
 * The kinds of ground on the map: of each party its own, but contested ground, which all of them
 * draw alike, once; where two dates are compared, of the one that is compared.
 * @param {Reader} reader
 */
export function shownGround({ state, model }) {
  const compares = state.against >= 0;
  const own = (/** @type {string} */ status) => {
    const parties = new Set(model.zones.filter(zone => zone.status === status).map(zone => zone.party));
    const shown = model.parties.filter(party => parties.has(party) && (!compares || party === state.party));
    return shown.slice(0, status === 'contested' ? 1 : undefined).map(party => ({ word: status, party }));
  };
  const changes = compares ? ['gained', 'lost'].map(word => ({ word, party: state.party })) : [];
  return [...['controlled', 'contested', 'claimed'].flatMap(own), ...changes];
}

/**
 * What a kind of ground is; whose, where there are several parties and it is one's own.
 * @param {Reader} reader
 * @param {string} word
 * @param {string} party
 */
export function groundName(reader, word, party) {
  const text = reader.say(`legend_${word}`);
  const several = reader.model.parties.length > 1 && word !== 'contested';
  return several ? `${text}: ${partyName(reader, party)}` : text;
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
    const ground = shownGround(reader).map(({ word, party }) => {
      const text = [groundName(reader, word, party), standsFor(reader, party, word)].filter(Boolean);
      return el('li', {}, swatch(reader, word, party), text.join(': '));
    });
    const marked = beside.map(word =>
      el('li', {}, swatch(reader, word, state.party), say(`legend_${word.replace('-', '_')}`))
    );
    const accuracy = coarse_km && say('lines_accuracy', { km: reader.words().given(coarse_km) });
    fill(list, [ground, marked, accuracy && el('li', {}, accuracy)]);
    list.setAttribute('aria-label', say('legend'));
  }, ['language', 'against', 'party', 'dark']);
  return list;
}
