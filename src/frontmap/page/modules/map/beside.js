// Other makers' lines of held ground over the map, each on or off in the legend.

import { el } from '../parts/dom.js';
import { trace } from './outlines.js';
import { paintPlaces } from './place-painter.js';
import { penOf } from './styles.js';

/** @import { MakerBeside, Palette } from '../payload.js' */
/** @import { Reader } from '../reading/reader.js' */
/** @import { Pen } from './styles.js' */

const DASHES = [
  [9, 5],
  [2, 5],
  [14, 4, 2, 4]
];

/**
 * Stroke the pen's path so that it stands out from any ground.
 * @param {Pen} pen
 * @param {Palette} palette
 * @param {string} party
 * @param {number} maker
 */
function strokeBeside(pen, palette, party, maker) {
  pen.lineWidth = 4.5;
  pen.strokeStyle = palette.halo;
  pen.stroke();
  pen.lineWidth = 2.2;
  pen.strokeStyle = Object.hasOwn(palette.parties, party) ? palette.parties[party] : palette.ink;
  pen.setLineDash(DASHES[maker % DASHES.length]);
  pen.stroke();
  pen.setLineDash([]);
}

/**
 * @param {Reader} reader
 * @returns {Reader}
 */
export function layBeside(reader) {
  const { canvas, data, follow, model, painter, set, state } = reader;
  const { shapes } = model;
  const makers = data.beside ?? [];
  const onchange = () => set({ without: model.makersBeside.filter((_, i) => !boxes[i].checked).join(',') });
  const boxes = makers.map(() => el('input', { type: 'checkbox', onchange }));
  follow(() => {
    boxes.forEach((box, i) => {
      box.checked = !state.without.split(',').includes(model.makersBeside[i]);
    });
  }, ['without']);
  const { paint } = painter;
  painter.paint = (pen, view, scene) => {
    paint(pen, view, scene);
    makers.forEach(({ of_date: ofDate, lines }, maker) => {
      if (!boxes[maker].checked) return;
      Object.entries(lines).forEach(([party, rings]) => {
        pen.beginPath();
        rings[ofDate[scene.index]]?.forEach(ring => {
          trace(pen, shapes, view, shapes.ring(ring), false);
        });
        strokeBeside(pen, scene.palette, party, maker);
      });
    });
    paintPlaces(pen, view, scene, model);
  };
  besideLegend(reader, makers, boxes);
  canvas.redrawSoon();
  return reader;
}

/**
 * Of a maker with several parties the entry has no party's colour. Entries stand at the end of the
 * legend, which draws its own anew: so these are put there again.
 * @param {Reader} reader
 * @param {MakerBeside[]} makers
 * @param {HTMLInputElement[]} boxes
 */
function besideLegend({ follow, model, palette, say, state, words }, makers, boxes) {
  const list = /** @type {HTMLElement} */ (document.querySelector('.fm-legend'));
  const entries = makers.map(({ maker, of_date: ofDate, dates, lines }, number) => {
    const ratio = 2;
    const pen = penOf(el('canvas', { class: 'fm-swatch', width: 30 * ratio, height: 18 * ratio }));
    pen.scale(ratio, ratio);
    const parties = Object.keys(lines);
    const text = new Text();
    follow(() => {
      pen.clearRect(0, 0, 30, 18);
      pen.beginPath();
      pen.moveTo(0, 9);
      pen.lineTo(30, 9);
      strokeBeside(pen, palette(), parties.length === 1 ? parties[0] : '', number);
    }, ['dark']);
    follow(() => {
      const shown = model.snapshots[state.index];
      const own = dates[ofDate[state.index]];
      let when = '';
      if (!own) when = say('beside_none');
      else if (own !== shown.date) when = words().date({ ...shown, date: own, clock: '', stage: '' });
      text.data = [say('legend_beside', { maker }), when].filter(Boolean).join(', ');
    }, ['index', 'language']);
    return el('li', {}, el('label', {}, boxes[number], ' ', pen.canvas, ' ', text));
  });
  follow(() => list.append(...entries), ['language', 'against', 'party', 'dark']);
}
