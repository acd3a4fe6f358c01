// Marks of places first, then names where they fit: a town's covers no other town's mark, a village's none.

import { statusOfPlace } from '../model/model.js';
import { FONT, placeMark } from './styles.js';

/** @import { Place } from '../model/model.js' */
/** @import { Names, Palette } from '../payload.js' */
/** @import { Scene } from './painter.js' */
/** @import { Pen, View } from './styles.js' */

/** @typedef {[left: number, top: number, right: number, bottom: number]} Box */
/** @typedef {{ place: Place, x: number, y: number, size: number, strong: boolean, named: boolean }} Mark */

export const VILLAGE_ZOOM = 9;
const NAME_ZOOM = 11;

/**
 * The marks that a view shows of places at the snapshot of an index.
 * @param {Place[]} places
 * @param {View} view
 * @param {number} index
 * @param {Place | null} chosen
 */
export function marksOf(places, view, index, chosen) {
  const zoom = Math.log2(view.scale / 256);
  return places.flatMap(place => {
    const strong = place.kind === 'town' || place === chosen;
    const x = place.x * view.scale - view.left;
    const y = place.y * view.scale - view.top;
    const { status } = statusOfPlace(place, index);
    if (x < 0 || y < 0 || x > view.width || y > view.height) return [];
    if (!strong && (zoom < VILLAGE_ZOOM || (!status && zoom < NAME_ZOOM))) return [];
    const size = place === chosen ? 6 : strong ? 4.5 : 3.5;
    return [{ place, x, y, status, size, strong, named: strong || zoom >= NAME_ZOOM }];
  });
}

/** @param {Mark} mark @returns {Box} */
function boxOf({ x, y, size }) {
  return [x - size, y - size, x + size, y + size];
}

/**
 * @param {Box} one
 * @param {Box} other
 */
function apart(one, other) {
  return one[0] > other[2] || one[2] < other[0] || one[1] > other[3] || one[3] < other[1];
}

/**
 * Where a name of a width stands: the left end and middle line of each spot beside, above or below its mark.
 * @param {Mark} mark
 * @param {number} width
 */
function spotsOf({ x, y, size }, width) {
  const gap = size + 4;
  return [
    { left: x + gap, middle: y },
    { left: x - gap - width, middle: y },
    { left: x - width / 2, middle: y - gap - 7 },
    { left: x - width / 2, middle: y + gap + 7 }
  ];
}

/**
 * @param {Pen} pen
 * @param {View} view
 * @param {Palette} palette
 * @param {(names: Names) => string} nameOf
 * @param {Mark[]} marks
 */
function writeNames(pen, view, palette, nameOf, marks) {
  // A name in sight is whole, and none reaches into sight from outside.
  const [west, north, east, south] = view.seen || [0, 0, view.width, view.height];
  const inSight = (/** @type {Box} */ [left, top, right, bottom]) =>
    left >= west && right <= east && top >= north && bottom <= south;
  const outOfSight = (/** @type {Box} */ box) => apart(box, [west, north, east, south]);
  /** @type {Box[]} */
  const taken = [];
  const write = (/** @type {Mark} */ mark) => {
    pen.font = `${mark.strong ? 600 : 400} ${mark.strong ? 13 : 12}px ${FONT}`;
    const text = nameOf(mark.place.names);
    const { width } = pen.measureText(text);
    const whole = inSight([mark.x, mark.y, mark.x, mark.y]) ? inSight : outOfSight;
    for (const { left, middle } of spotsOf(mark, width)) {
      /** @type {Box} */
      const box = [left - 2, middle - 7, left + width + 2, middle + 7];
      if (whole(box) && taken.every(other => apart(box, other))) {
        taken.push(box);
        pen.strokeStyle = palette.halo;
        pen.lineWidth = 3.5;
        pen.strokeText(text, left, middle);
        pen.fillStyle = palette.ink;
        pen.fillText(text, left, middle);
        return;
      }
    }
  };
  pen.textBaseline = 'middle';
  pen.lineJoin = 'round';
  [true, false].forEach(strong => {
    const own = marks.filter(mark => mark.strong === strong);
    taken.push(...own.map(boxOf));
    own.filter(mark => mark.named).forEach(write);
  });
}

/**
 * @param {Pen} pen
 * @param {View} view
 * @param {Scene} scene
 * @param {Place[]} places
 */
export function paintPlaces(pen, view, { palette, words, index, place }, places) {
  const marks = marksOf(places, view, index, place);
  marks.forEach(({ x, y, status, size }) => {
    placeMark(pen, palette, x, y, status, size);
  });
  writeNames(pen, view, palette, words.name, marks);
}
