// What is drawn how.

import { el, fill } from '../parts/dom.js';
import { standsFor } from '../text/phrases.js';
import { colourOf, paintSwatch, penOf } from './styles.js';

/** @import { Reader } from '../reading/reader.js' */

/**
 * @param {Reader} reader
 * @param {string} word
 */
export function swatch(reader, word) {
  const ratio = 2;
  const canvas = el('canvas', { class: 'fm-swatch', width: 30 * ratio, height: 18 * ratio });
  const pen = penOf(canvas);
  pen.scale(ratio, ratio);
  const palette = reader.palette();
  paintSwatch(pen, palette, word, colourOf(reader.model, palette, word, reader.state.party), ratio);
  return canvas;
}

/** @param {Reader} reader */
export function legend(reader) {
  const { state, model, say } = reader;
  const list = el('ul', { class: 'fm-legend' });
  const used = new Set(model.zones.map(zone => zone.status));
  const marks = ['place-held', 'place-contested', 'place-none'];
  const beside = [
    ...(model.lines.some(({ kind }) => kind === 'state_border') ? ['border'] : []),
    ...(model.places.some(place => place.since.length) ? marks : [])
  ];
  reader.follow(() => {
    const ground = ['controlled', 'contested', 'claimed'].filter(status => used.has(status));
    const changes = state.against < 0 ? [] : ['gained', 'lost'];
    const named = (/** @type {string} */ word) =>
      [say(`legend_${word.replace('-', '_')}`), standsFor(reader, state.party, word)]
        .filter(Boolean)
        .join(': ');
    const item = (/** @type {string} */ word) => el('li', {}, swatch(reader, word), named(word));
    fill(list, [...ground, ...changes, ...beside].map(item));
    list.setAttribute('aria-label', say('legend'));
  }, ['language', 'against', 'party', 'dark']);
  return list;
}
