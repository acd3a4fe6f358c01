// How ground and places are drawn. Status is told by hatch and line as well as by colour.

/** @import { Palette } from '../payload.js' */

/** @typedef {CanvasRenderingContext2D} Pen */
/** @typedef {{ wash: number, hatch: string, line: number[], width: number }} Style */

/**
 * The world (0 to 1) in pixels: as wide as `scale`, with `left` and `top` in the corner; `seen` is the
 * part in sight where that isn't all.
 * @typedef {object} View
 * @property {number} scale
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 * @property {number} ratio
 * @property {number[]} [seen]
 */

/** @type {Record<string, Style>} */
export const STYLES = {
  controlled: { wash: 0.34, hatch: '', line: [], width: 2.2 },
  contested: { wash: 0.1, hatch: 'stripes', line: [7, 4], width: 1.8 },
  claimed: { wash: 0, hatch: 'dots', line: [1.5, 4], width: 1.8 },
  gained: { wash: 0.42, hatch: 'plus', line: [], width: 1 },
  lost: { wash: 0.3, hatch: 'cross', line: [], width: 1 }
};
export const BORDER_LINE = [10, 3, 2, 3];
export const DISPUTED_LINE = [3, 5];
export const FONT = 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
const HATCH_PX = 8;
/** @type {Map<string, HTMLCanvasElement>} */
const TILES = new Map();

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Pen}
 */
export function penOf(canvas) {
  return /** @type {Pen} */ (canvas.getContext('2d'));
}

/**
 * @param {string} kind
 * @param {string[]} colours in turn, of stripes
 * @param {number} ratio
 */
function hatchTile(kind, colours, ratio) {
  const key = `${kind} ${colours} ${ratio}`;
  const known = TILES.get(key);
  if (known) return known;
  const side = HATCH_PX * colours.length;
  const tile = document.createElement('canvas');
  tile.width = side * ratio;
  tile.height = side * ratio;
  const pen = penOf(tile);
  pen.scale(ratio, ratio);
  const [colour] = colours;
  pen.fillStyle = colour;
  pen.lineWidth = kind === 'stripes' ? 2 : 1.3;
  for (let i = -colours.length; i <= colours.length; i += 1) {
    const shift = i * HATCH_PX;
    pen.strokeStyle = /** @type {string} */ (colours.at(i % colours.length));
    pen.beginPath();
    if (kind === 'stripes' || kind === 'cross') {
      pen.moveTo(shift - 1, side + 1);
      pen.lineTo(shift + side + 1, -1);
    }
    if (kind === 'cross') {
      pen.moveTo(shift - 1, -1);
      pen.lineTo(shift + side + 1, side + 1);
    }
    pen.stroke();
  }
  pen.beginPath();
  if (kind === 'plus') {
    pen.moveTo(side / 2, 1);
    pen.lineTo(side / 2, side - 1);
    pen.moveTo(1, side / 2);
    pen.lineTo(side - 1, side / 2);
  }
  pen.stroke();
  if (kind === 'dots') {
    pen.arc(side / 2, side / 2, 1.4, 0, 7);
    pen.fill();
  }
  TILES.set(key, tile);
  return tile;
}

/**
 * Hatching stays where it is on the ground when the map is moved.
 * @param {Pen} pen
 * @param {string} kind
 * @param {string[]} colours
 * @param {Pick<View, 'ratio' | 'left' | 'top'>} view
 */
export function hatch(pen, kind, colours, { ratio, left, top }) {
  const pattern = /** @type {CanvasPattern} */ (pen.createPattern(hatchTile(kind, colours, ratio), 'repeat'));
  const side = HATCH_PX * colours.length;
  pattern.setTransform({ a: 1 / ratio, d: 1 / ratio, e: -left % side, f: -top % side });
  return pattern;
}

/**
 * The colour of a status (a party's own where it is no other's), or of ground gained or lost.
 * @param {Palette} palette
 * @param {string} status
 * @param {string} party
 */
export function colourOf(palette, status, party) {
  if (status === 'contested' || status === 'gained' || status === 'lost') return palette[status];
  return palette.parties[party];
}

/**
 * The colours of a ground's hatching: where several parties have ground, that which is contested has
 * stripes of those whose it is between its own.
 * @param {Palette} palette
 * @param {string} status
 * @param {string} party or several
 */
export function hatchColours(palette, status, party) {
  const own = colourOf(palette, status, party);
  const whose = palette.several && status === 'contested' ? party.split(' ') : [];
  return [own, ...whose.map(each => palette.parties[each])];
}

/**
 * @param {Pen} pen
 * @param {Palette} palette
 * @param {number} x
 * @param {number} y
 * @param {string} status
 * @param {number} size
 */
export function placeMark(pen, palette, x, y, status, size) {
  pen.beginPath();
  pen.arc(x, y, size, 0, 7);
  pen.fillStyle = palette.halo;
  pen.fill();
  pen.lineWidth = 1.4;
  pen.strokeStyle = palette.ink;
  pen.stroke();
  pen.fillStyle = palette.ink;
  pen.beginPath();
  if (status === 'held') pen.arc(x, y, size - 1.2, 0, 7);
  if (status === 'contested') pen.arc(x, y, size - 1.2, Math.PI / 2, (Math.PI * 3) / 2);
  pen.fill();
}

/**
 * A box as the ground of a status is drawn, or a place's mark, or a piece of border; 30 by 18 pixels.
 * @param {Pen} pen
 * @param {Palette} palette
 * @param {string} word
 * @param {string} party
 * @param {number} ratio
 */
export function paintSwatch(pen, palette, word, party, ratio) {
  if (word === 'border' || word === 'disputed') {
    pen.beginPath();
    pen.moveTo(0, 9);
    pen.lineTo(30, 9);
    pen.strokeStyle = palette.border;
    pen.lineWidth = 2;
    pen.setLineDash(word === 'border' ? BORDER_LINE : DISPUTED_LINE);
    pen.stroke();
    return;
  }
  const style = STYLES[word];
  if (!style) {
    placeMark(pen, palette, 15, 9, word.slice('place-'.length), 6);
    return;
  }
  const colour = colourOf(palette, word, party);
  pen.beginPath();
  pen.rect(2, 2, 26, 14);
  if (style.wash) {
    pen.globalAlpha = style.wash;
    pen.fillStyle = colour;
    pen.fill();
    pen.globalAlpha = 1;
  }
  if (style.hatch) {
    const colours = hatchColours(palette, word, party);
    pen.fillStyle = hatch(pen, style.hatch, colours, { left: 0, top: 0, ratio });
    pen.fill();
  }
  pen.setLineDash(style.line);
  pen.lineWidth = style.width;
  pen.strokeStyle = colour;
  pen.stroke();
}
