// Shapes, read back from the packed form: see docs/page.md.

import { worldX, worldY } from '../map/mercator.js';
import { numbersOf, sums, unfold } from './numbers.js';

const PER_DEGREE = 1e6;

/** @typedef {ReturnType<typeof unpackShapes>} Shapes */

/**
 * `parts` gives a shape's polygons as the numbers of their rings, `ring` a ring as the numbers of
 * its vertices; `x` and `y` of a ring that was given are Mercator units of the whole world (0 to
 * 1), so that drawing only scales. `ahead` unpacks some rings before anybody asks for them.
 * @param {Uint8Array} bytes
 * @param {Uint8Array} planes
 */
export function unpackShapes(bytes, planes) {
  const { column } = numbersOf(bytes);
  const [lengths, heads, jumps] = [column(), column(), column()];
  const ends = sums(lengths);
  const rings = makeRings(ends, heads, jumps, planes);
  return { parts: unpackParts(column(), column(), column()), ...projected(rings, ends) };
}

/**
 * Rings are written one after the other, each by what was written before: so they are read in
 * order, up to the one that is needed, and a whole war needn't be unpacked to show one of its days.
 * @param {Uint32Array} ends
 * @param {Uint32Array} heads
 * @param {Uint32Array} jumps
 * @param {Uint8Array} planes
 */
function makeRings(ends, heads, jumps, planes) {
  const count = planes.length / 8;
  const lon = new Int32Array(count);
  const lat = new Int32Array(count);
  const line = new Uint32Array(ends.length ? ends[ends.length - 1] : 0);
  let read = 0;
  let written = 0;
  let fresh = 0;
  let run = 0;
  let jump = 0;
  let copiedTo = 0;
  // Steps in longitude and latitude come in turn, their four bytes in planes: the lowest of all, the
  // next of all, and so on.
  const byte = (/** @type {number} */ at, /** @type {number} */ plane) =>
    planes[at + plane * 2 * count] << (8 * plane);
  const step = (/** @type {number} */ at) => unfold(byte(at, 0) | byte(at, 1) | byte(at, 2) | byte(at, 3));
  // New vertices go on from the last of the ring; at its start, from the last new one.
  const vertices = (
    /** @type {number} */ end,
    /** @type {boolean} */ smooth,
    /** @type {number} */ begin
  ) => {
    const own = written - begin;
    const last = own ? line[written - 1] : fresh - 1;
    const before = own > 1 ? line[written - 2] : last;
    let x = last < 0 ? 0 : lon[last];
    let y = last < 0 ? 0 : lat[last];
    let stepX = last < 0 ? 0 : x - lon[before];
    let stepY = last < 0 ? 0 : y - lat[before];
    for (; written < end; written += 1, fresh += 1) {
      stepX = step(2 * fresh) + (smooth ? stepX : 0);
      stepY = step(2 * fresh + 1) + (smooth ? stepY : 0);
      x += stepX;
      y += stepY;
      lon[fresh] = x;
      lat[fresh] = y;
      line[written] = fresh;
    }
  };
  const copy = (/** @type {number} */ end, /** @type {boolean} */ forwards) => {
    const by = forwards ? 1 : -1;
    let from = copiedTo + unfold(jumps[jump]);
    jump += 1;
    for (; written < end; written += 1, from += by) line[written] = line[from];
    copiedTo = from;
  };
  const upTo = (/** @type {number} */ ring) => {
    for (; read <= ring; read += 1) {
      const begin = written;
      while (written < ends[read]) {
        const kind = heads[run] & 3;
        const end = written + (heads[run] >>> 2);
        run += 1;
        if (kind === 0 || kind === 3) vertices(end, kind === 3, begin);
        else copy(end, kind === 1);
      }
    }
  };
  const ahead = (/** @type {number} */ some) => {
    upTo(Math.min(read + some, ends.length) - 1);
    return read < ends.length;
  };
  return { lon, lat, line, upTo, ahead };
}

/**
 * @param {ReturnType<typeof makeRings>} rings
 * @param {Uint32Array} ends
 */
function projected({ lon, lat, line, upTo, ahead }, ends) {
  const x = new Float64Array(lon.length);
  const y = new Float64Array(lat.length);
  const ring = (/** @type {number} */ number) => {
    upTo(number);
    const ids = line.subarray(number ? ends[number - 1] : 0, ends[number]);
    for (let i = 0; i < ids.length; i += 1) {
      const id = ids[i];
      if (y[id] === 0) {
        x[id] = worldX(lon[id] / PER_DEGREE);
        y[id] = worldY(lat[id] / PER_DEGREE);
      }
    }
    return ids;
  };
  return { x, y, ring, ahead };
}

/**
 * @param {Uint32Array} shapes how many polygons each has
 * @param {Uint32Array} parts how many rings each has
 * @param {Uint32Array} steps from each ring's number to the next
 */
function unpackParts(shapes, parts, steps) {
  const [lastPart, lastRing] = [sums(shapes), sums(parts)];
  const rings = sums(steps.map(unfold)).map(ring => ring - 1);
  const ringsOf = (/** @type {number} */ part) =>
    rings.subarray(part ? lastRing[part - 1] : 0, lastRing[part]);
  return (/** @type {number} */ shape) =>
    Array.from({ length: shapes[shape] }, (_, i) => ringsOf(lastPart[shape] - shapes[shape] + i));
}
