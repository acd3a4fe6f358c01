// Marks of places first, then names where they fit: a town's covers no other town's mark, a village's none.

import { statusOfPlace } from '../model/model.js';
import { FONT, placeMark } from './styles.js';

/** @import { Place } from '../model/model.js' */
/** @import { Model } from '../model/model.js' */
/** @import { Scene } from './painter.js' */
/** @import { Pen, View } from './styles.js' */

/** @typedef {[left: number, top: number, right: number, bottom: number]} Box */
/** @typedef {{ place: Place, x: number, y: number, status: string, size: number }} Spot */
/** @typedef {Spot & { strong: boolean, named: boolean }} Mark */
/** @typedef {{ text: string, left: number, middle: number, font: string, quiet: boolean }} Label */

const VILLAGE_ZOOM = 9;
const NAME_ZOOM = 11;
const FEW = 25;
// A name is at most so much wider than the distance from its middle to the edge of what it names.
const NAME_ROOM = 3.2;
const GREAT_CITY = 200000;
const FAR_KM = 500;
const MOST_WAYS = 4;
const EARTH_KM = 40075;
const ARROWS = '→↘↓↙←↖↑↗';
const INSET_PX = 140;
const PHONE_PX = 480;

/**
 * The marks that a view shows of places at the snapshot of an index: villages from a zoom on, and named
 * from another on, but a few of them at any.
 * @param {Place[]} places
 * @param {View} view
 * @param {number} index
 * @param {Place | null} chosen
 */
export function marksOf(places, view, index, chosen) {
  const marks = places.flatMap(place => {
    const strong = place.kind === 'town' || place.kind === 'city' || place === chosen;
    const x = place.x * view.scale - view.left;
    const y = place.y * view.scale - view.top;
    if (x < 0 || y < 0 || x > view.width || y > view.height) return [];
    const size = place === chosen ? 6 : strong ? 4.5 : 3.5;
    return [{ place, x, y, status: statusOfPlace(place, index).status, size, strong }];
  });
  const few = marks.filter(({ strong }) => !strong).length <= FEW;
  const zoom = few ? NAME_ZOOM : Math.log2(view.scale / 256);
  return marks
    .filter(({ strong, status }) => strong || zoom >= (status ? VILLAGE_ZOOM : NAME_ZOOM))
    .map(mark => ({ ...mark, named: mark.strong || zoom >= NAME_ZOOM }));
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
 * A place of the reference alone, of which many may be known: shown where its name has room.
 * @param {Mark} mark
 * @param {Place | null} chosen
 */
function onlyIfNamed({ place, status, strong }, chosen) {
  return strong && place.population > 0 && !status && place !== chosen;
}

/**
 * Where names stand in a view: the archive's own places first, towns before villages, then those of
 * the reference, the most populous first, then units and countries, then which way the next great
 * cities are; none lies on another. With the marks that are shown.
 * @param {Pen} pen
 * @param {View} view
 * @param {Scene} scene
 * @param {Pick<Model, 'places' | 'regions' | 'lines'>} model
 */
function layOut(pen, view, { words, index, place: chosen }, { places, regions, lines }) {
  // A name in sight is whole, and none reaches into sight from outside.
  const [west, north, east, south] = view.seen || [0, 0, view.width, view.height];
  const inSight = (/** @type {Box} */ [left, top, right, bottom]) =>
    left >= west && right <= east && top >= north && bottom <= south;
  const outOfSight = (/** @type {Box} */ box) => apart(box, [west, north, east, south]);
  /** @type {Box[]} */
  const taken = [];
  // The corners are not the map's: zoom and scale stand there, and the inset where there is one.
  taken.push([west, north, west + 60, north + 105], [west, south - 26, west + 130, south]);
  if (lines.some(({ kind }) => kind === 'country') && east - west > PHONE_PX) {
    taken.push([east - INSET_PX, south - INSET_PX, east, south]);
  }
  /** @type {Label[]} */
  const labels = [];
  const isFree = (/** @type {Box} */ box) => taken.every(other => apart(box, other));
  const put = (
    /** @type {Label} */ label,
    /** @type {number} */ width,
    /** @type {(box: Box) => boolean} */ whole
  ) => {
    const { left, middle } = label;
    /** @type {Box} */
    const box = [left - 2, middle - 7, left + width + 2, middle + 7];
    if (!whole(box) || !isFree(box)) return false;
    taken.push(box);
    labels.push(label);
    return true;
  };
  const write = (/** @type {Mark} */ mark) => {
    const font = `${mark.strong ? 600 : 400} ${mark.strong ? 13 : 12}px ${FONT}`;
    pen.font = font;
    const text = words.name(mark.place.names);
    const { width } = pen.measureText(text);
    const whole = inSight([mark.x, mark.y, mark.x, mark.y]) ? inSight : outOfSight;
    return spotsOf(mark, width).some(spot => put({ ...spot, text, font, quiet: false }, width, whole));
  };
  const all = marksOf(places, view, index, chosen);
  const shown = all.filter(mark => !onlyIfNamed(mark, chosen));
  [true, false].forEach(strong => {
    const own = shown.filter(mark => mark.named && mark.strong === strong);
    taken.push(...own.map(boxOf));
    own.forEach(write);
  });
  const unnamed = shown.filter(mark => !mark.named);
  const further = all.filter(mark => onlyIfNamed(mark, chosen));
  further.sort((a, b) => b.place.population - a.place.population);
  further.forEach(mark => {
    if (!isFree(boxOf(mark)) || !write(mark)) return;
    taken.push(boxOf(mark));
    shown.push(mark);
  });
  taken.push(...unnamed.map(boxOf));
  regions.forEach(({ spots, names, kind }) => {
    const text = kind === 'unit' ? words.name(names) : words.name(names).toLocaleUpperCase(words.language);
    const font = kind === 'unit' ? `italic 11px ${FONT}` : `600 13px ${FONT}`;
    pen.font = font;
    const { width } = pen.measureText(text);
    const room = spots.filter(({ about }) => width < NAME_ROOM * about * view.scale);
    room.some(({ x, y }) => {
      const [left, middle] = [x * view.scale - view.left - width / 2, y * view.scale - view.top];
      return put({ left, middle, text, font, quiet: true }, width, inSight);
    });
  });
  const font = `12px ${FONT}`;
  pen.font = font;
  waysOut(places, view, [west, north, east, south]).forEach(({ place, arrow, km, x, y }) => {
    const text = `${arrow} ${words.wayTo(place.names, km)}`;
    const { width } = pen.measureText(text);
    const left = Math.min(Math.max(x - width / 2, west + 6), east - width - 6);
    const middle = Math.min(Math.max(y, north + 13), south - 13);
    put({ left, middle, text, font, quiet: true }, width, inSight);
  });
  return { shown, labels };
}

/**
 * The great cities out of sight that matter most from here: which way, how far, and where on the edge.
 * @param {Place[]} places
 * @param {View} view
 * @param {Box} seen
 */
export function waysOut(places, view, [west, north, east, south]) {
  const [x0, y0] = [(west + east) / 2, (north + south) / 2];
  const lat = Math.atan(Math.sinh(Math.PI * (1 - (2 * (y0 + view.top)) / view.scale)));
  const kmPerPx = (EARTH_KM * Math.cos(lat)) / view.scale;
  return places
    .filter(({ population }) => population >= GREAT_CITY)
    .map(place => {
      const [dx, dy] = [place.x * view.scale - view.left - x0, place.y * view.scale - view.top - y0];
      const out = Math.min((east - x0) / Math.abs(dx), (south - y0) / Math.abs(dy));
      const arrow = ARROWS[Math.round((Math.atan2(dy, dx) * 4) / Math.PI) & 7];
      const km = Math.round(Math.hypot(dx, dy) * kmPerPx);
      return { place, arrow, km, out, x: x0 + dx * out, y: y0 + dy * out };
    })
    .filter(({ out, km }) => out < 1 && km < FAR_KM)
    .sort((a, b) => b.place.population / b.km ** 2 - a.place.population / a.km ** 2)
    .filter(({ arrow }, i, all) => all.findIndex(other => other.arrow === arrow) === i)
    .slice(0, MOST_WAYS);
}

/**
 * @param {Pen} pen
 * @param {View} view
 * @param {Scene} scene
 * @param {Pick<Model, 'places' | 'regions' | 'lines'>} model
 */
export function paintPlaces(pen, view, scene, model) {
  const { palette } = scene;
  const { shown, labels } = layOut(pen, view, scene, model);
  shown.forEach(({ x, y, status, size }) => {
    placeMark(pen, palette, x, y, status, size);
  });
  pen.textBaseline = 'middle';
  pen.lineJoin = 'round';
  pen.strokeStyle = palette.halo;
  pen.lineWidth = 3.5;
  labels.forEach(({ text, left, middle, font, quiet }) => {
    pen.font = font;
    pen.strokeText(text, left, middle);
    pen.fillStyle = quiet ? palette.soft : palette.ink;
    pen.fillText(text, left, middle);
  });
}
