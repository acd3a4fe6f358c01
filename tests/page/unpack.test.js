import assert from 'node:assert/strict';
import test from 'node:test';
import { worldX, worldY } from '../../src/frontmap/page/modules/map/mercator.js';
import { bytesOf } from '../../src/frontmap/page/modules/packed/base85.js';
import { rowsOf } from '../../src/frontmap/page/modules/packed/columns.js';
import { numbersOf, unfold } from '../../src/frontmap/page/modules/packed/numbers.js';
import { unpackShapes } from '../../src/frontmap/page/modules/packed/shapes.js';
import { unpackZones } from '../../src/frontmap/page/modules/packed/zones.js';
import { columns, fold, payload, planes, varints } from './making.js';

test('numbers of any size come back', () => {
  const numbers = [0, 5, 127, 128, 300, 16384, 4294967295];
  const { take, next } = numbersOf(varints(numbers));
  assert.deepEqual([...take(6)], numbers.slice(0, 6));
  assert.equal(next(), 4294967295);
});

test('signed numbers come back from folded ones', () => {
  [0, -1, 1, -2, 82277, -100000, 180e6, -180e6].forEach(number => {
    assert.equal(unfold(fold(number)), number);
  });
});

test('base 85 comes back to the byte, whatever is left over at the end', () => {
  // As Python's base64.b85encode writes them, with the page's own signs.
  assert.deepEqual([...bytesOf('009C6')], [0, 1, 2, 3]);
  assert.deepEqual([...bytesOf('009C6009')], [0, 1, 2, 3, 0, 1]);
  assert.deepEqual([...bytesOf('|NsC0')], [255, 255, 255, 255]);
  assert.deepEqual([...bytesOf('OLcN:YX')], [75, 117, 114, 115, 107]);
});

test('columns become rows, none where there are none', () => {
  assert.deepEqual(rowsOf({ a: [1, 2], b: ['x', null] }), [
    { a: 1, b: 'x' },
    { a: 2, b: null }
  ]);
  assert.deepEqual(rowsOf({ a: [], b: [] }), []);
});

/** @param {ReturnType<typeof unpackShapes>} shapes @param {number} number */
function corners({ parts, ring, x, y }, number) {
  return [...ring(parts(number)[0][0])].map(id => [x[id], y[id]]);
}

test('a ring is read as new vertices and as a copy, backwards, of what was written', () => {
  const { geo, vertices } = payload();
  const shapes = unpackShapes(geo, vertices);
  const at = (/** @type {number} */ lon, /** @type {number} */ lat) => [worldX(lon), worldY(lat)];
  assert.deepEqual(corners(shapes, 1), [at(35.1, 51), at(35.1, 51.1), at(35.2, 51.1), at(35.2, 51.2)]);
  assert.deepEqual(corners(shapes, 0), [at(35, 51), at(35, 51.1), at(35.1, 51.1), at(35.1, 51)]);
});

test('steps that change little are written as changes of step', () => {
  const steps = [10, 20, 1, 2, 0, 0, 1, -1];
  const shapes = unpackShapes(columns([4], [4 * 4 + 3], [], [1], [1], [fold(1)]), planes(steps));
  const lon = corners(shapes, 0).map(([x]) => Math.round((x - 0.5) * 360e6));
  assert.deepEqual(lon, [10, 21, 32, 44]);
});

test('a shape has its polygons, each with its holes', () => {
  const geo = columns([3, 3, 3], [3 * 4, 3 * 4, 3 * 4], [], [2], [2, 1], [fold(1), fold(1), fold(1)]);
  const shapes = unpackShapes(geo, planes(Array(18).fill(1)));
  assert.deepEqual(
    shapes.parts(0).map(part => [...part]),
    [[0, 1], [2]]
  );
});

test('rings are unpacked ahead of time some at a time', () => {
  const { geo, vertices } = payload();
  const { ahead } = unpackShapes(geo, vertices);
  assert.equal(ahead(1), true);
  assert.equal(ahead(1), false);
});

test('a zone has its attributes, its id in full, its area and the spans over which it stood', () => {
  const { zones, attributes, zone_ids: ids } = payload();
  const [west, east] = unpackZones(zones, rowsOf(attributes), ids);
  assert.deepEqual(west.spans, [{ from: 0, to: 2 }]);
  assert.equal(west.id, 'ua-controlled-west');
  assert.deepEqual(east.spans, [{ from: 1, to: 2 }]);
  assert.equal(east.id, 'east of it');
  assert.equal(east.km2, 78.01);
  assert.equal(east.accuracy_m, 500);
});

test('a zone that came back has a span for each time', () => {
  const { attributes } = payload();
  const bytes = varints([1, 0, 0, 0, 100, 2, 3, 2, 1, 1, 4, 2]);
  const [zone] = unpackZones(bytes, rowsOf(attributes), ['z']);
  assert.deepEqual(zone.spans, [
    { from: 2, to: 5 },
    { from: 6, to: 7 },
    { from: 11, to: 13 }
  ]);
});
