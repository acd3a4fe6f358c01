// The street map, only when asked for.

import { el, fill } from '../parts/dom.js';

/** @import { Reader } from '../reading/reader.js' */

const TILE_HOST = 'tile.openstreetmap.org';

/** @param {Reader} reader */
export function tileSwitch({ map, state, say, set, follow }) {
  const onchange = () => {
    fill(note, []);
    set({ tiles: box.checked });
  };
  const box = el('input', { type: 'checkbox', onchange });
  const text = new Text();
  const note = el('p', { class: 'fm-note', role: 'status' });
  /** @type {L.TileLayer | null} */
  let layer = null;
  const lay = () => {
    const tiles = L.tileLayer(`https://${TILE_HOST}/{z}/{x}/{y}.png`, { maxZoom: 19 });
    let arrived = false;
    tiles.on('tileload', () => {
      arrived = true;
    });
    tiles.on('tileerror', () => {
      if (arrived || !state.tiles) return;
      set({ tiles: false });
      note.textContent = say('tiles_failed', { host: TILE_HOST });
    });
    note.textContent = '© OpenStreetMap contributors';
    return tiles.addTo(map);
  };
  follow(() => {
    box.checked = state.tiles;
    if (state.tiles) layer ||= lay();
    else {
      layer?.remove();
      layer = null;
    }
  }, ['tiles']);
  follow(() => {
    text.data = say('tiles', { host: TILE_HOST });
  }, ['language']);
  return el('div', {}, el('label', { class: 'fm-check' }, box, text), note);
}
