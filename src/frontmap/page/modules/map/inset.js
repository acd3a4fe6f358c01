// Where in the world the theatre is: the countries around it, small, and its place among them.

import { el, svg } from '../parts/dom.js';
import { worldX, worldY } from './mercator.js';
import { trace } from './outlines.js';

/** @import { Reader } from '../reading/reader.js' */

const WIDTH_PX = 120;
const LEAST_PX = 7;

/** What `trace` draws, as the text of a path. */
function written() {
  const parts = /** @type {string[]} */ ([]);
  const to = (/** @type {string} */ sign) => (/** @type {number} */ x, /** @type {number} */ y) => {
    parts.push(`${sign}${x.toFixed(1)} ${y.toFixed(1)}`);
  };
  return { parts, moveTo: to('M'), lineTo: to('L'), closePath: () => parts.push('Z') };
}

/** @param {Reader} reader */
export function inset({ data, model, say, follow }) {
  const { shapes } = model;
  const rings = model.lines.filter(({ kind }) => kind === 'country').map(({ ring }) => shapes.ring(ring));
  if (!rings.length) return '';
  const ids = rings.flatMap(ring => [...ring]);
  const [left, right] = ends(ids.map(id => shapes.x[id]));
  const [top, bottom] = ends(ids.map(id => shapes.y[id]));
  const scale = WIDTH_PX / Math.max(right - left, bottom - top);
  const view = { scale, left: left * scale, top: top * scale };
  const path = written();
  rings.forEach(ring => {
    trace(path, shapes, view, ring, true);
  });
  const [west, south, east, north] = data.view;
  const across = (worldX(east) - worldX(west)) * scale;
  const down = (worldY(south) - worldY(north)) * scale;
  const [width, height] = [Math.max(LEAST_PX, across), Math.max(LEAST_PX, down)];
  const x = worldX(west) * scale - view.left - (width - across) / 2;
  const y = worldY(north) * scale - view.top - (height - down) / 2;
  const size = { width: (right - left) * scale, height: (bottom - top) * scale };
  const box = { viewBox: `0 0 ${size.width} ${size.height}`, ...size, role: 'img' };
  const picture = svg('svg', box, [
    svg('path', { class: 'fm-land', d: path.parts.join('') }),
    svg('rect', { class: 'fm-theatre', x, y, width, height })
  ]);
  follow(() => picture.setAttribute('aria-label', say('inset')), ['language']);
  return el('div', { class: 'fm-inset' }, picture);
}

/** @param {number[]} numbers */
function ends(numbers) {
  return [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
}
