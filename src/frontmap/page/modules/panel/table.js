// The areas of all dates as a table.

import { lastFor } from '../model/lazy.js';
import { el } from '../parts/dom.js';
import { section } from './section.js';

/** @import { Snapshot } from '../model/snapshots.js' */
/** @import { Reader } from '../reading/reader.js' */

/** @param {Reader} reader */
export function tableSection(reader) {
  const { model, state, say, words, go } = reader;
  const row = (/** @type {Snapshot} */ snapshot) => {
    const area = model.areaAt(state.party, snapshot.index);
    const cells = [area.controlled_km2, area.contested_km2, area.claimed_km2, area.error_km2];
    const onclick = () => go(snapshot.index);
    const date = el('button', { type: 'button', class: 'fm-link', onclick }, words().shortDate(snapshot));
    const numbers = cells.map(value => el('td', {}, words().number(value)));
    return el('tr', {}, el('th', { scope: 'row' }, date), numbers);
  };
  const table = lastFor(() => {
    const names = ['date', 'controlled', 'contested', 'claimed', 'error'];
    const head = names.map(name => el('th', { scope: 'col' }, say(`table_${name}`)));
    const rows = model.snapshots.map(row);
    const parts = [el('thead', {}, el('tr', {}, head)), el('tbody', {}, rows)];
    const box = { class: 'fm-scroll', tabindex: 0, role: 'group', 'aria-label': say('section_table') };
    const node = el('table', {}, el('caption', {}, say('table_caption')), parts);
    return { rows, box: el('div', box, node) };
  });
  /** @type {Element | null} */
  let current = null;
  const render = () => {
    const { rows, box } = table(`${state.language} ${state.party}`);
    current?.removeAttribute('aria-current');
    current = rows[state.index];
    current.setAttribute('aria-current', 'date');
    return box;
  };
  return section(reader, 'table', render, ['party', 'index']);
}
