// The address follows the view, and the view a new address.

import { atRest } from '../parts/rest.js';
import { askedState, askedView, readAddress, writeAddress } from './address.js';

/** @import { Place } from '../model/model.js' */
/** @import { Reader } from './reader.js' */

const ADDRESS_MS = 500;
const NEAR_ZOOM = 11;

/** @param {Reader} reader */
export function addressOf({ model, state, map }) {
  const { lat, lng } = map.getCenter();
  return writeAddress(model, state, { lat, lng, zoom: map.getZoom() });
}

/**
 * @param {Reader} reader
 * @param {Place} place
 * @param {boolean} animate
 */
export function lookAtPlace({ map }, place, animate) {
  map.setView([place.lat, place.lon], Math.max(map.getZoom(), NEAR_ZOOM), { animate });
}

/** @param {Reader} reader */
export function followAddress(reader) {
  const { data, map, model, state } = reader;
  const later = atRest(() => {
    try {
      window.history.replaceState(null, '', addressOf(reader));
    } catch {
      // A frame without an address of its own is left alone.
    }
  }, ADDRESS_MS);
  const follow = () => {
    const asked = readAddress(window.location.hash || data.opening);
    const wanted = askedState(model, state, asked);
    const view = askedView(asked);
    if (view) map.setView(view, view.zoom, { animate: false });
    else if (wanted.place) lookAtPlace(reader, wanted.place, false);
    reader.set(wanted);
  };
  follow();
  reader.listen(later);
  map.on('moveend', later);
  window.addEventListener('hashchange', follow);
}
