import assert from 'node:assert/strict';
import test from 'node:test';
import { trace } from '../../src/frontmap/page/modules/map/outlines.js';
import { marksOf, waysOut } from '../../src/frontmap/page/modules/map/place-painter.js';
import { makeModel } from '../../src/frontmap/page/modules/model/model.js';
import { timeOf } from '../../src/frontmap/page/modules/model/snapshots.js';
import { cell, csvOf, fileName } from '../../src/frontmap/page/modules/share/csv.js';
import { pointsOf } from '../../src/frontmap/page/modules/time/chart.js';
import { daysByMonth, pickedIndex } from '../../src/frontmap/page/modules/time/date-picker.js';
import { makePile } from '../../src/frontmap/page/modules/time/marks.js';
import { linear, monthTicks, niceStep } from '../../src/frontmap/page/modules/time/scales.js';
import { payload } from './making.js';

/** @import { Place } from '../../src/frontmap/page/modules/model/model.js' */

const model = makeModel(payload());

test('an axis has about four round steps', () => {
  const cases = { 1: 0.25, 90: 25, 1243: 500, 7000: 2000, 40000: 10000 };
  Object.entries(cases).forEach(([top, step]) => {
    assert.equal(niceStep(Number(top)), step);
  });
});

test('months are marked no nearer than a label is wide', () => {
  const [first, last] = [timeOf('2024-08-12'), timeOf('2025-04-20')];
  const marked = (/** @type {number} */ width) =>
    monthTicks(first, last, width).map(time => new Date(time).toISOString().slice(0, 7));
  assert.equal(marked(1000).length, 8);
  assert.equal(marked(1000)[0], '2024-09');
  assert.deepEqual(marked(160), ['2024-10', '2025-01', '2025-04'].slice(0, marked(160).length));
  assert.deepEqual(monthTicks(first, timeOf('2024-08-20'), 500), []);
});

test('a scale goes there and back, and holds what is beyond its ends', () => {
  const { at, held, back } = linear([0, 10], [100, 0]);
  assert.equal(at(2.5), 75);
  assert.equal(back(75), 2.5);
  assert.equal(held(99), 0);
  assert.equal(at(20), -100);
});

test('one date alone is drawn as wide as can be seen, and several from the first to the last', () => {
  const [first, later] = [
    { x: 46, y: 10 },
    { x: 90, y: 5 }
  ];
  assert.deepEqual(pointsOf([first], 24), ['46.0 10.0', '70.0 10.0']);
  assert.deepEqual(pointsOf([first, later], 24), ['46.0 10.0', '90.0 5.0']);
});

test('each further click on marks that lie on each other takes the next', () => {
  const spots = new Map([
    ['a', { x: 0, y: 0 }],
    ['far', { x: 50, y: 0 }],
    ['b', { x: 3, y: 0 }]
  ]);
  const next = makePile(spots, 9);
  assert.equal(next('a', null), 'a');
  assert.equal(next('a', 'a'), 'b');
  assert.equal(next('a', 'b'), 'a');
  assert.equal(next('far', 'a'), 'far');
});

test('a picked day means its snapshot, the last before it, or the first of the month', () => {
  const months = daysByMonth(model.snapshots);
  assert.deepEqual([...months.keys()], ['2024-08', '2024-10']);
  const august = months.get('2024-08') || new Map();
  assert.deepEqual(
    [...august],
    [
      [12, 0],
      [20, 1]
    ]
  );
  assert.deepEqual(
    [11, 12, 19, 31].map(day => pickedIndex(august, day)),
    [0, 0, 0, 1]
  );
});

test('an outline leaves out points that would fall on the one before, but not its last', () => {
  /** @type {string[]} */
  const path = [];
  const pen = {
    moveTo: (/** @type {number} */ x) => path.push(`M${x}`),
    lineTo: (/** @type {number} */ x) => path.push(`L${x}`),
    closePath: () => path.push('Z')
  };
  const shapes = { x: Float64Array.of(0, 0.4, 1, 5, 5.1), y: new Float64Array(5) };
  const drawn = trace(pen, shapes, { scale: 1, left: 0, top: 0 }, [0, 1, 2, 3, 4], true);
  assert.deepEqual(path, ['M0', 'L1', 'L5', 'L5.1', 'Z']);
  assert.equal(drawn, 4);
});

test('towns are marked at any zoom, villages from near, those not held from nearer, a few at any', () => {
  const many = model.places.flatMap(place => Array(place.kind ? 1 : 30).fill(place));
  let crowd = true;
  const seen = (/** @type {number} */ zoom, /** @type {number} */ index, chosen = null) => {
    const scale = 256 * 2 ** zoom;
    const [place] = model.places;
    const view = {
      scale,
      left: place.x * scale - 50,
      top: place.y * scale - 50,
      width: 100,
      height: 100,
      ratio: 1
    };
    const found = marksOf(crowd ? many : model.places, view, index, chosen);
    return [...new Set(found.map(mark => mark.place.names.en))];
  };
  assert.deepEqual(seen(6, 1), ['Sudzha']);
  assert.deepEqual(seen(9, 1), ['Sudzha', 'Guevo']);
  assert.deepEqual(seen(9, 0), ['Sudzha']);
  assert.deepEqual(seen(11, 0), ['Sudzha', 'Guevo']);
  crowd = false;
  assert.deepEqual(seen(6, 0), ['Sudzha', 'Guevo']);
});

test('a table says as known when, and what changed between the dates', () => {
  const data = { maker: 'frontmap', known: '2026-09-03T00:00:00Z' };
  const lines = csvOf(model, { party: 'UA', against: 1 }, data).split('\n');
  assert.equal(
    lines[0],
    'date,maker,party,controlled_km2,contested_km2,claimed_km2,error_km2,bound_km2,digest,known,' +
      'from_date,to_date,gained_km2,lost_km2'
  );
  assert.equal(
    lines[1],
    '2024-08-12,frontmap,UA,78,5,0,4,9,d0,2026-09-03T00:00:00Z,2024-08-12,2024-08-20,78,0'
  );
  assert.equal(
    csvOf(model, { party: 'UA', against: -1 }, { ...data, known: '' })
      .split('\n')[0]
      .includes('known'),
    false
  );
});

test('where the page does not carry a pair, its change is blank', () => {
  const neighbours = makeModel(payload({ any_pair: false, changed_ground: new Uint8Array(4) }));
  const lines = csvOf(neighbours, { party: 'UA', against: 0 }, { maker: 'm', known: '' }).split('\n');
  assert.match(lines[3], /,2024-08-12,2024-10-10,,$/);
});

test('no cell is a formula or breaks its row', () => {
  assert.equal(cell('=1+1'), "'=1+1");
  for (const text of ['\uff1d1', ' =1', "'=1", '\ufeff=1', '\u00a0@x', '\u200b+1', '\tx', '\ufe63 1'])
    assert.equal(cell(text), `'${text}`);
  assert.equal(cell(' "=1'), `"' ""=1"`);
  assert.equal(cell('Суджа - 1'), 'Суджа - 1');
  assert.equal(cell(-1), '-1');
  assert.equal(cell('a "b", c'), '"a ""b"", c"');
});

test("a file's name tells archive, content and as known when", () => {
  assert.equal(fileName({ slug: 'kursk', known: '' }, 'UA', '.csv'), 'kursk-UA.csv');
  assert.equal(
    fileName({ slug: 'kursk', known: '2026-09-03T00:00:00Z' }, '2024-08-31', '.png'),
    'kursk-2024-08-31-known-2026-09-03T000000Z.png'
  );
});

test('the great cities out of sight are named once a direction, with how far they are', () => {
  const city = (
    /** @type {string} */ en,
    /** @type {number} */ x,
    /** @type {number} */ y,
    population = 1e6
  ) => /** @type {Place} */ ({ ...model.places[0], names: { en }, x, y, population });
  const view = { scale: 2 ** 16, left: 2 ** 15 - 50, top: 2 ** 15 - 50, width: 100, height: 100, ratio: 1 };
  const at = (/** @type {Place[]} */ ...places) =>
    waysOut(places, view, [0, 0, 100, 100]).map(({ place, arrow, km }) => `${arrow} ${place.names.en} ${km}`);
  const east = 0.5 + 100 / 40075;
  assert.deepEqual(at(city('East', east, 0.5)), ['→ East 100']);
  assert.deepEqual(at(city('Here', 0.5, 0.5), city('Small', east, 0.5, 1000)), []);
  assert.deepEqual(at(city('Far', 0.6, 0.5)), []);
  assert.deepEqual(at(city('Beyond', 0.504, 0.5), city('East', east, 0.5), city('North', 0.5, 0.498)), [
    '↑ North 80',
    '→ East 100'
  ]);
});
