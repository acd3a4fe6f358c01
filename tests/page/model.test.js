import assert from 'node:assert/strict';
import test from 'node:test';
import { makeChanges } from '../../src/frontmap/page/modules/model/changes.js';
import { makeModel, statusOfPlace } from '../../src/frontmap/page/modules/model/model.js';
import {
  gapAfter,
  indexOf,
  inTime,
  nearestIndex,
  snapshotsOf,
  timeOf
} from '../../src/frontmap/page/modules/model/snapshots.js';
import { betweenDates } from '../../src/frontmap/page/modules/time/chart.js';
import { payload, varints } from './making.js';

const HOURLY = { first: '2024-08-12', steps: [0, 0, 1], minutes: [0, 75, 600] };

test('the model answers by snapshot', () => {
  const model = makeModel(payload());
  assert.deepEqual(
    model.snapshots.map(({ date }) => date),
    ['2024-08-12', '2024-08-20', '2024-10-10']
  );
  assert.deepEqual(
    model.snapshots.map(({ index }) => model.zonesAt(index).map(({ id }) => id)),
    [['ua-controlled-west'], ['ua-controlled-west', 'east of it'], []]
  );
  assert.equal(model.areaAt('UA', 1).contested_km2, 5);
  assert.equal(model.groundAt(1, 'controlled', 'UA').length, 2);
  assert.deepEqual(model.groundAt(1, 'contested', 'UA'), []);
});

test('the ground of a date is one list for as long as the page is open, so that it is drawn once', () => {
  const model = makeModel(payload());
  assert.equal(model.groundAt(1, 'controlled', 'UA'), model.groundsAt(1)[0]);
});

test('claimed ground is drawn over contested, contested over controlled', () => {
  const data = payload();
  const { attributes } = data;
  attributes.status = ['claimed'];
  attributes.party.push('UA');
  attributes.status.push('controlled');
  data.zones = varints([2, 0, 0, 0, 1, 0, 0, 100, 100, 0, 0, 1, 1, 0, 0]);
  assert.deepEqual(
    makeModel(data)
      .zonesAt(0)
      .map(({ status }) => status),
    ['controlled', 'claimed']
  );
});

test('a zone is named after the town in it, or the settlement most spoken of', () => {
  const model = makeModel(payload());
  const [west] = model.zonesAt(0);
  assert.equal(model.placeIn(west)?.names.en, 'Sudzha');
  const data = payload();
  data.places.kind = ['', ''];
  assert.equal(makeModel(data).placeIn(west)?.names.en, 'Guevo');
  data.places.lon = [36, 36];
  assert.equal(makeModel(data).placeIn(west), null);
});

test('a place has its own events, dated, with who said so', () => {
  const [town, village] = makeModel(payload()).places;
  assert.deepEqual(town.events, []);
  assert.deepEqual(
    village.events.map(({ date, event, parties, claimant, sources }) => [
      date,
      event,
      parties,
      claimant.names.uk,
      sources
    ]),
    [
      ['2024-08-15', 'enters', ['UA'], 'Штаб', [0]],
      ['2024-08-19', 'contested', ['RU', 'UA'], 'Штаб', []]
    ]
  );
});

test('a place starts as not held and keeps a status until the next', () => {
  const [, village] = makeModel(payload()).places;
  assert.deepEqual(
    [0, 1, 2].map(index => statusOfPlace(village, index)),
    [
      { status: '', parties: [] },
      { status: 'held', parties: ['UA'] },
      { status: '', parties: [] }
    ]
  );
});

test('ground by its history gives gained and lost between any two snapshots', () => {
  const { change } = makeModel(payload());
  assert.deepEqual(change('UA', 0, 1), { gained: 78, lost: 0 });
  assert.deepEqual(change('UA', 1, 2), { gained: 0, lost: 156 });
  assert.deepEqual(change('UA', 0, 2), { gained: 0, lost: 78 });
  assert.deepEqual(change('UA', 1, 1), { gained: 0, lost: 0 });
});

const NEIGHBOURS = { any_pair: false, maker_changes: [], changed_ground: varints([78000, 500, 0, 156000]) };

test('a page that carries neighbouring pairs alone answers for these and no others', () => {
  const change = makeChanges(NEIGHBOURS, ['UA'], 3);
  assert.deepEqual(change('UA', 0, 1), { gained: 78, lost: 0 });
  assert.deepEqual(change('UA', 1, 2), { gained: 0.5, lost: 156 });
  assert.deepEqual(change('UA', 1, 1), { gained: 0, lost: 0 });
  assert.equal(change('UA', 0, 2), null);
});

test('each party has its own changes, one after the other', () => {
  const bytes = varints([1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000]);
  const change = makeChanges({ ...NEIGHBOURS, changed_ground: bytes }, ['UA', 'RU'], 3);
  assert.deepEqual(change('RU', 0, 1), { gained: 5, lost: 7 });
  assert.deepEqual(change('UA', 1, 2), { gained: 2, lost: 4 });
});

test('nothing is compared across two makers', () => {
  const change = makeChanges({ ...NEIGHBOURS, maker_changes: [1] }, ['UA'], 3);
  assert.equal(change('UA', 0, 1), null);
  assert.deepEqual(change('UA', 1, 2), { gained: 0.5, lost: 156 });
});

test('days with several snapshots tell the clock, others only the date', () => {
  assert.deepEqual(
    snapshotsOf(HOURLY).map(({ key, clock }) => [key, clock]),
    [
      ['2024-08-12T00:00', '00:00'],
      ['2024-08-12T01:15', '01:15'],
      ['2024-08-13', '']
    ]
  );
});

test('a key means its snapshot, a date without one the last before it', () => {
  const hourly = snapshotsOf(HOURLY);
  const cases = { '2024-08-12T01:15': 1, '2024-08-12': 1, '2024-08-14': 2, '2024-08-11': -1, x: -1 };
  Object.entries(cases).forEach(([key, index]) => {
    assert.equal(indexOf(hourly, key), index, key);
  });
});

test('the nearest snapshot is the earlier one at equal distance', () => {
  const { snapshots } = makeModel(payload());
  const cases = { '2024-01-01': 0, '2024-08-16': 0, '2024-08-17': 1, '2024-09-16': 2, '2026-01-01': 2 };
  Object.entries(cases).forEach(([date, index]) => {
    assert.equal(nearestIndex(snapshots, timeOf(date)), index, date);
  });
});

test('only more than a month without a snapshot is a gap', () => {
  const { snapshots } = makeModel(payload());
  assert.deepEqual(
    [0, 1, 2].map(index => gapAfter(snapshots, index)),
    [0, 51, 0]
  );
  const month = snapshotsOf({ first: '2024-08-01', steps: [0, 31, 32], minutes: null });
  assert.deepEqual(
    [0, 1].map(index => gapAfter(month, index)),
    [0, 32]
  );
});

test('a comparison goes forward in time', () => {
  assert.deepEqual(inTime(2, 1), [1, 2]);
});

test('days between two snapshots have what both show and what either shows', () => {
  const model = makeModel(payload());
  const start = model.areaAt('UA', 0).controlled_km2;
  const later = model.areaAt('UA', 1).controlled_km2;
  assert.deepEqual(betweenDates(model, 'UA'), [
    { index: 0, low: start, high: start + 78 },
    { index: 1, low: Math.max(later - 156, 0), high: later }
  ]);
});

test('there is nothing between two days, or where no ground changed hands', () => {
  const model = makeModel(payload());
  const still = { ...model, change: () => ({ gained: 0, lost: 0 }) };
  assert.deepEqual(betweenDates(still, 'UA'), []);
  const daily = { ...model, snapshots: model.snapshots.map((own, i) => ({ ...own, time: i * 86400000 })) };
  assert.deepEqual(betweenDates(daily, 'UA'), []);
});
