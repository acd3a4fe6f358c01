// Outlines of shapes and grounds, drawn once and used from date to date.

/** @import { Shapes } from '../packed/shapes.js' */
/** @import { Ground } from '../model/model.js' */
/** @import { View } from './styles.js' */

const FAR_PX = 50000;
const MOST_POINTS = 1500000;

/**
 * A line or ring in pixels, without the points that would fall on the one before; returns how many are left.
 * @param {Pick<Path2D, 'moveTo' | 'lineTo' | 'closePath'>} path
 * @param {Pick<Shapes, 'x' | 'y'>} shapes
 * @param {Pick<View, 'scale' | 'left' | 'top'>} view
 * @param {ArrayLike<number>} ids
 * @param {boolean} close
 */
export function trace(path, { x, y }, view, ids, close) {
  let lastX = Infinity;
  let lastY = Infinity;
  let drawn = 0;
  for (let i = 0; i < ids.length; i += 1) {
    const px = x[ids[i]] * view.scale - view.left;
    const py = y[ids[i]] * view.scale - view.top;
    const near = Math.abs(px - lastX) < 0.6 && Math.abs(py - lastY) < 0.6;
    if (!near || i === ids.length - 1) {
      if (lastX === Infinity) path.moveTo(px, py);
      else path.lineTo(px, py);
      lastX = px;
      lastY = py;
      drawn += 1;
    }
  }
  if (close) path.closePath();
  return drawn;
}

/**
 * Outlines at one scale, of shapes and of the grounds that they make up: dates share nearly all their
 * shapes, and a date that is come back to all its grounds. They are in pixels from the corner of the
 * first view that they were drawn for; far from there they start anew, since a path has too few
 * digits for that.
 * @param {Shapes} shapes
 */
export function makeOutlines(shapes) {
  /** @type {Map<number, { path: Path2D, count: number }>} */
  const single = new Map();
  /** @type {Map<Ground, Path2D>} */
  const whole = new Map();
  /** @type {View | null} */
  let origin = null;
  let points = 0;
  // Where the outlines lie in a view.
  const settle = (/** @type {View} */ view) => {
    const from = origin?.scale === view.scale ? origin : null;
    const near = from && Math.hypot(from.left - view.left, from.top - view.top) < FAR_PX;
    if (!near || points > MOST_POINTS) {
      single.clear();
      whole.clear();
      points = 0;
      origin = view;
      return [0, 0];
    }
    return [from.left - view.left, from.top - view.top];
  };
  const outline = (/** @type {number} */ number) => {
    const known = single.get(number);
    if (known) return known;
    const path = new Path2D();
    const view = /** @type {View} */ (origin);
    let count = 0;
    shapes.parts(number).forEach(part => {
      part.forEach(ring => {
        count += trace(path, shapes, view, shapes.ring(ring), true);
      });
    });
    points += count;
    const made = { path, count };
    single.set(number, made);
    return made;
  };
  const ground = (/** @type {Ground} */ zones) => {
    const known = whole.get(zones);
    if (known) return known;
    const path = new Path2D();
    zones.forEach(zone => {
      const one = outline(zone.shape);
      path.addPath(one.path);
      points += one.count;
    });
    whole.set(zones, path);
    return path;
  };
  const room = () => points < MOST_POINTS / 2;
  return { settle, room, shape: (/** @type {number} */ number) => outline(number).path, ground };
}
