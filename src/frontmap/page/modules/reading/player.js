// Which snapshot comes next: by steps, months, keys, on the slider and by itself. Without a DOM.

import { DAY_MS } from '../model/snapshots.js';

/** @import { Model } from '../model/model.js' */
/** @import { Store } from './state.js' */

/**
 * What lets time pass: runs something over and over until it is stopped.
 * @typedef {{ start: (run: () => void) => number, stop: (running: number) => void }} Clock
 */

/**
 * @param {Model} model
 * @param {Pick<Store, 'state' | 'set'>} store
 * @param {Clock} clock
 */
export function makePlayer(model, { state, set }, clock) {
  const last = model.snapshots.length - 1;
  let running = 0;
  // A chosen zone is followed to its next shape, as long as there is one of its name.
  const go = (/** @type {number} */ wanted) => {
    const index = Math.min(Math.max(wanted, 0), last);
    const zone = (state.zone && model.zonesAt(index).find(({ id }) => id === state.zone?.id)) || null;
    set({ index, zone, figure: null });
  };
  const month = (/** @type {number} */ sign) => {
    const day = new Date(model.snapshots[state.index].time);
    day.setUTCMonth(day.getUTCMonth() + sign);
    const near = model.nearest(day.getTime());
    go(near === state.index ? near + sign : near);
  };
  const play = (/** @type {boolean} */ on) => {
    clock.stop(running);
    if (on && state.index === last) go(0);
    if (on) {
      running = clock.start(() => {
        go(state.index + 1);
        if (state.index === last) play(false);
      });
    }
    set({ playing: on });
  };
  const back = () => go(state.index - 1);
  const next = () => go(state.index + 1);
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowLeft: back,
    ArrowDown: back,
    ArrowRight: next,
    ArrowUp: next,
    PageDown: () => month(-1),
    PageUp: () => month(1),
    Home: () => go(0),
    End: () => go(last)
  };
  // Whether the key means a step.
  const press = (/** @type {string} */ key) => {
    if (!Object.hasOwn(keys, key)) return false;
    keys[key]();
    return true;
  };
  return { go, back, next, play, press };
}

/**
 * The slider is proportional to time: days, or minutes where a day has several snapshots.
 * @param {Model} model
 * @param {boolean} several
 */
export function sliderScale({ snapshots, nearest }, several) {
  const unit = several ? 60000 : DAY_MS;
  const first = snapshots[0].time;
  const valueAt = (/** @type {number} */ index) => Math.round((snapshots[index].time - first) / unit);
  return {
    most: Math.max(1, valueAt(snapshots.length - 1)),
    valueAt,
    indexAt: (/** @type {number} */ value) => nearest(first + value * unit)
  };
}
