import assert from 'node:assert/strict';
import test from 'node:test';
import { makeModel } from '../../src/frontmap/page/modules/model/model.js';
import {
  askedState,
  askedView,
  figureKeys,
  placeKey,
  readAddress,
  writeAddress
} from '../../src/frontmap/page/modules/reading/address.js';
import { makePlayer, sliderScale } from '../../src/frontmap/page/modules/reading/player.js';
import { initialState, makeState } from '../../src/frontmap/page/modules/reading/state.js';
import { payload } from './making.js';

const model = makeModel(payload());
const VIEW = { lat: 51.2, lng: 35.3, zoom: 9 };

/** @param {Record<string, string>} asked */
function opened(asked = {}) {
  const store = makeState(initialState(model, asked, ['en-GB'], false));
  /** @type {(() => void)[]} */
  const ticking = [];
  const clock = {
    start: (/** @type {() => void} */ run) => ticking.push(run),
    stop: (/** @type {number} */ running) => {
      if (running) delete ticking[running - 1];
    }
  };
  const tick = () => {
    for (const run of ticking) run?.();
  };
  return { ...store, ...makePlayer(model, store, clock), tick };
}

test('it opens on the date with most ground, or the one that the address names', () => {
  assert.equal(opened().state.index, 1);
  assert.equal(opened({ date: '2024-10-10' }).state.index, 2);
  assert.equal(opened({ date: '2020-01-01' }).state.index, 1);
});

test('only what differs is told, once, to every listener', () => {
  const { set, listen } = opened();
  /** @type {string[][]} */
  const heard = [];
  listen(changed => heard.push(changed));
  set({ index: 1, against: 0, party: 'UA' });
  set({ against: 0 });
  assert.deepEqual(heard, [['against']]);
});

test('steps end at the ends of the record', () => {
  const { go, back, next, state } = opened();
  go(-5);
  assert.equal(state.index, 0);
  back();
  assert.equal(state.index, 0);
  go(99);
  next();
  assert.equal(state.index, 2);
});

test('a chosen zone is followed to the next date, as long as it is there; a figure is not', () => {
  const { go, set, state } = opened({ date: '2024-08-12' });
  set({ zone: model.zonesAt(0)[0] });
  go(1);
  assert.equal(state.zone?.id, 'ua-controlled-west');
  go(2);
  assert.equal(state.zone, null);
  set({ figure: model.reported[0] });
  go(1);
  assert.equal(state.figure, null);
});

test('keys mean steps, months and ends; others mean nothing', () => {
  /** @type {Record<string, number>} */
  const keys = {
    ArrowLeft: 0,
    ArrowDown: 0,
    ArrowRight: 2,
    ArrowUp: 2,
    PageDown: 0,
    PageUp: 2,
    Home: 0,
    End: 2
  };
  Object.entries(keys).forEach(([key, index]) => {
    const { press, state } = opened();
    assert.equal(press(key), true);
    assert.equal(state.index, index, key);
  });
  const { press, state } = opened();
  assert.equal(press('toString'), false);
  assert.equal(press('a'), false);
  assert.equal(state.index, 1);
});

test('playing goes on to the last date and stops there', () => {
  const { play, state, tick } = opened({ date: '2024-08-12' });
  play(true);
  assert.equal(state.playing, true);
  tick();
  assert.deepEqual([state.index, state.playing], [1, true]);
  tick();
  assert.deepEqual([state.index, state.playing], [2, false]);
  tick();
  assert.equal(state.index, 2);
});

test('played from the last date it starts anew, and a pause stays', () => {
  const { play, state, tick } = opened({ date: '2024-10-10' });
  play(true);
  assert.equal(state.index, 0);
  play(false);
  tick();
  assert.deepEqual([state.index, state.playing], [0, false]);
});

test('the slider is proportional to time and takes the nearest date', () => {
  const scale = sliderScale(model, false);
  assert.equal(scale.most, 59);
  assert.deepEqual([0, 1, 2].map(scale.valueAt), [0, 8, 59]);
  assert.deepEqual([3, 5, 40].map(scale.indexAt), [0, 1, 2]);
});

test('an address is read back as it was written', () => {
  const { state, set } = opened();
  set({ against: 0, zone: model.zonesAt(1)[1], place: model.places[1], figure: model.reported[1] });
  const address = writeAddress(model, state, VIEW);
  assert.equal(
    address,
    '#date=2024-08-20&vs=2024-08-12&lang=en&zone=east%20of%20it&place=guevo&figure=2024-08-12,80,2' +
      '&at=51.2000,35.3000,9'
  );
  const asked = readAddress(address);
  assert.deepEqual(askedState(model, opened().state, asked), {
    asked,
    index: 1,
    against: 0,
    language: 'en',
    party: 'UA',
    zone: state.zone,
    place: state.place,
    figure: state.figure,
    without: ''
  });
  assert.deepEqual(askedView(asked), VIEW);
});

test('an address names the other makers whose lines are off, of those that there are', () => {
  const several = { ...model, makersBeside: ['1', '2', '3'] };
  const { state, set } = opened();
  const found = askedState(several, state, readAddress('#without=3,1,7,x'));
  assert.equal(found.without, '1,3');
  set(found);
  assert.match(writeAddress(several, state, VIEW), /&without=1,3&/);
  assert.equal(askedState(several, state, {}).without, '');
});

test('what an address names that is not there is passed over', () => {
  const asked = readAddress('#date=2020-02-31&vs=x&lang=constructor&at=1,2&zone=__proto__&party=XX&figure=1');
  const { state } = opened();
  const found = askedState(model, state, asked);
  assert.deepEqual({ ...state, ...found }, { ...state, asked });
  assert.equal(askedView(asked), null);
  assert.equal(askedView({}), null);
  const views = ['51,35,1e9', 'NaN,NaN,NaN', '91,35,8', '51,999,8', '51,35,-3', '51,35,99', ',,', '0x1,0,3'];
  for (const at of views) assert.equal(askedView({ at }), null, at);
});

test('settlements and figures that share a name are told apart', () => {
  const place = { ...model.places[1], raion: { en: 'Sudzhansky', uk: '', ru: '' }, sort: 'village (selo)' };
  assert.equal(placeKey(place), 'guevo-sudzhansky-village-selo');
  assert.deepEqual(figureKeys(model.reported), ['2024-08-12,80', '2024-08-12,80,2']);
});
