// The state of one reading, changed in one place.

import { chooseLanguage } from '../text/words.js';

/** @import { Figure, Model, Place } from '../model/model.js' */
/** @import { Zone } from '../packed/zones.js' */

/**
 * @typedef {object} ReaderState
 * @property {Record<string, string>} asked what the address asked for last
 * @property {string} language
 * @property {string} party whose ground is counted
 * @property {number} index of the snapshot that is shown
 * @property {number} against index of the snapshot that it is compared with; -1: none
 * @property {Zone | null} zone at most one of zone, place and figure is chosen
 * @property {Place | null} place
 * @property {Figure | null} figure
 * @property {string} without numbers of the other makers whose lines are off, the first is 1
 * @property {boolean} playing
 * @property {boolean} dark
 * @property {boolean} tiles whether the street map is switched on
 */

/** @typedef {(keyof ReaderState)[]} Changed */
/** @typedef {(changed: Changed) => void} Listener */
/** @typedef {ReturnType<typeof makeState>} Store */

/** @param {ReaderState} initial */
export function makeState(initial) {
  const state = { ...initial };
  /** @type {Listener[]} */
  const listeners = [];
  return {
    state: /** @type {Readonly<ReaderState>} */ (state),
    listen: (/** @type {Listener} */ listener) => {
      listeners.push(listener);
    },
    /** Take on what differs, and tell the listeners which that is, in the order in which they came. */
    set: (/** @type {Partial<ReaderState>} */ changes) => {
      const names = /** @type {Changed} */ (Object.keys(changes));
      const changed = names.filter(name => state[name] !== changes[name]);
      if (!changed.length) return;
      Object.assign(state, changes);
      listeners.forEach(listener => {
        listener(changed);
      });
    }
  };
}

/**
 * What is shown first: what the address asks for, else the snapshot with most controlled ground.
 * @param {Model} model
 * @param {Record<string, string>} asked
 * @param {readonly string[]} languages that the browser prefers
 * @param {boolean} dark
 * @returns {ReaderState}
 */
export function initialState(model, asked, languages, dark) {
  const [party] = model.parties;
  const index = asked.date ? model.find(asked.date) : -1;
  const controlled = model.snapshots.map((_, i) => model.areaAt(party, i).controlled_km2);
  return {
    asked,
    language: chooseLanguage([asked.lang, ...languages], model.languages),
    party: model.parties.includes(asked.party) ? asked.party : party,
    index: index < 0 ? controlled.indexOf(Math.max(...controlled)) : index,
    against: asked.vs ? model.find(asked.vs) : -1,
    zone: null,
    place: null,
    figure: null,
    without: '',
    playing: false,
    dark,
    tiles: false
  };
}
