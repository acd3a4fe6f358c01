// Which ground a point lies in.

/** @import { Shapes } from '../packed/shapes.js' */

/**
 * @param {Shapes} shapes
 * @param {number} number of the shape
 * @param {number} x
 * @param {number} y on the Mercator square, as `x`
 */
export function insideShape(shapes, number, x, y) {
  let inside = false;
  const cross = (/** @type {number} */ a, /** @type {number} */ b) => {
    const [ya, yb] = [shapes.y[a], shapes.y[b]];
    const crosses = ya > y !== yb > y;
    if (!crosses) return;
    const xa = shapes.x[a];
    if (x < xa + ((shapes.x[b] - xa) * (y - ya)) / (yb - ya)) inside = !inside;
  };
  shapes
    .parts(number)
    .flatMap(part => [...part])
    .forEach(ring => {
      const ids = shapes.ring(ring);
      ids.forEach((id, i) => {
        cross(id, ids.at(i - 1) ?? id);
      });
    });
  return inside;
}
