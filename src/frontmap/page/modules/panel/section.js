// A section of the panel: drawn when it is open, and again once what it shows has come to rest.

import { el, fill, write } from '../parts/dom.js';
import { atRest } from '../parts/rest.js';

/** @import { Child } from '../parts/dom.js' */
/** @import { Reader } from '../reading/reader.js' */
/** @import { Changed } from '../reading/state.js' */

const DRAWN_MS = 90;

/**
 * @param {Reader} reader
 * @param {string} name
 * @param {() => Child} render
 * @param {Changed} when it is drawn again, besides another language or palette
 * @param {boolean} open
 */
export function section(reader, name, render, when, open = false) {
  const title = el('h2', {});
  const body = el('div', { class: 'fm-body' });
  const attributes = { class: 'fm-section', 'data-section': name, open };
  const node = el('details', attributes, el('summary', {}, title), body);
  const shown = new Set([...when, 'dark']);
  let stale = true;
  const draw = () => {
    if (!stale || !node.open) return;
    stale = false;
    fill(body, [render()]);
  };
  const drawLater = atRest(draw, DRAWN_MS);
  node.addEventListener('toggle', draw);
  reader.follow(() => {
    write(title, reader.say(`section_${name}`));
    stale = true;
    draw();
  }, ['language']);
  reader.listen(changed => {
    if (changed.includes('language') || !changed.some(key => shown.has(key))) return;
    stale = true;
    if (node.open) drawLater();
  });
  return node;
}
