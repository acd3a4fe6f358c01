// One reading of the page: its model, its state and the map that shows it.

import { makeCanvasLayer } from '../map/canvas-layer.js';
import { worldX, worldY } from '../map/mercator.js';
import { makePainter } from '../map/painter.js';
import { marksOf } from '../map/place-painter.js';
import { insideShape } from '../model/ground.js';
import { makeModel } from '../model/model.js';
import { rowsOf } from '../packed/columns.js';
import { el } from '../parts/dom.js';
import { makeWords, ownName } from '../text/words.js';
import { readAddress } from './address.js';
import { makePlayer } from './player.js';
import { initialState, makeState } from './state.js';

/** @import { Payload } from '../payload.js' */
/** @import { Place } from '../model/model.js' */
/** @import { Values } from '../text/words.js' */
/** @import { Changed } from './state.js' */

/** @typedef {ReturnType<typeof makeReader>} Reader */

const PLAY_MS = 900;
const NEAR_PX = 10;

/**
 * `over` says that the map has a ground of its own, which must show through.
 * @param {L.Map} map
 * @param {Payload} data
 * @param {boolean} over
 */
export function makeReader(map, data, over = false) {
  const model = makeModel(data);
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const print = window.matchMedia('print');
  const isDark = () => dark.matches && !over && !print.matches;
  const asked = readAddress(window.location.hash || data.opening);
  const { state, set, listen } = makeState(initialState(model, asked, navigator.languages, isDark()));
  const texts = rowsOf(data.words);
  let words = makeWords(texts, state.language);
  const palette = () => data.palette[state.dark ? 'dark' : 'light'];
  const scene = () => ({ ...state, palette: palette(), words, over: over || state.tiles });
  const painter = makePainter(model);
  const canvas = makeCanvasLayer((pen, view) => painter.paint(pen, view, scene()));
  listen(changed => {
    if (changed.includes('language')) words = makeWords(texts, state.language);
    // Paper doesn't wait for the next frame.
    if (changed.includes('dark')) canvas.redraw();
    else canvas.redrawSoon();
  });
  const look = () => set({ dark: isDark() });
  dark.addEventListener('change', look);
  print.addEventListener('change', look);
  const voice = el('p', { class: 'fm-unseen', role: 'status', 'aria-live': 'polite' });
  const clock = {
    start: (/** @type {() => void} */ run) => window.setInterval(run, PLAY_MS),
    stop: (/** @type {number} */ running) => window.clearInterval(running)
  };
  return {
    map,
    model,
    data,
    state,
    set,
    canvas,
    painter,
    scene,
    palette,
    voice,
    ...makePlayer(model, { state, set }, clock),
    say: (/** @type {string} */ key, /** @type {Values} */ values = {}) => words.say(key, values),
    words: () => words,
    ownName: (/** @type {string} */ language) => ownName(texts, language),
    // Run it now, and again when one of these changes: without names, when anything does.
    follow: (
      /** @type {(changed?: Changed) => void} */ update,
      /** @type {Changed | undefined} */ names = undefined
    ) => {
      listen(changed => {
        if (!names || names.some(name => changed.includes(name))) update(changed);
      });
      update();
    },
    listen,
    announce: (/** @type {string} */ text) => {
      voice.textContent = text;
    },
    zoneAt: (/** @type {L.LatLng} */ { lat, lng }) => {
      const [x, y] = [worldX(lng), worldY(lat)];
      return model.zonesAt(state.index).findLast(zone => insideShape(model.shapes, zone.shape, x, y)) || null;
    },
    placeAt: (/** @type {L.Point} */ point) => {
      const at = (/** @type {Place} */ { lat, lon }) => map.latLngToContainerPoint([lat, lon]);
      const marks = marksOf(model.places, canvas.view, state.index, state.place);
      return marks.find(({ place }) => at(place).distanceTo(point) < NEAR_PX)?.place || null;
    }
  };
}
