// What the reader takes along: the table, the view as a picture, on paper or in a page of theirs.

import { section } from '../panel/section.js';
import { el, offer } from '../parts/dom.js';
import { addressOf } from '../reading/follow-address.js';
import { titleOf } from '../text/phrases.js';
import { csvOf, fileName } from './csv.js';
import { pictureOf, pngOf } from './picture.js';
import { tileSwitch } from './tiles.js';

/** @import { Reader } from '../reading/reader.js' */

/** @param {Reader} reader */
export function shareSection(reader) {
  const { say, state, model, data } = reader;
  const tiles = tileSwitch(reader);
  const button = (/** @type {string} */ word, /** @type {() => void} */ onclick) =>
    el('button', { type: 'button', class: 'fm-button fm-wide', 'data-action': word, onclick }, say(word));
  const saveTable = () => offer(fileName(data, state.party, '.csv'), 'text/csv', csvOf(model, state, data));
  const savePicture = () => {
    const name = fileName(data, model.snapshots[state.index].key, '.png');
    offer(name, 'image/png', pngOf(pictureOf(reader)));
  };
  const snippet = () => {
    const onfocus = () => area.select();
    const area = el('textarea', { rows: 3, readonly: true, onfocus }, embedSnippet(reader));
    return area;
  };
  const render = () => [
    el('div', { class: 'fm-actions' }, [
      button('save_table', saveTable),
      button('save_picture', savePicture),
      button('print', () => window.print())
    ]),
    el('label', { class: 'fm-field' }, say('embed'), snippet()),
    tiles
  ];
  return section(reader, 'share', render, ['index', 'against']);
}

/** @param {Reader} reader */
function embedSnippet(reader) {
  const title = titleOf(reader).text.replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`);
  const address = `${reader.data.slug}.html${addressOf(reader).replace(/&/g, '&amp;')}`;
  return `<iframe src="${address}" title="${title}" width="100%" height="800" loading="lazy"></iframe>`;
}
