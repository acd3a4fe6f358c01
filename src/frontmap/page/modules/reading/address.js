// What is in `#…`, and how what is shown is written there. Without a DOM.

/** @import { Figure, Model, Place } from '../model/model.js' */
/** @import { ReaderState } from './state.js' */

// Latitude, longitude (of a map that was dragged around the globe, too), zoom; Mercator's map ends
// before the poles.
const AT = /^-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)?,\d{1,2}(\.\d+)?$/;
const [MOST_LAT, MOST_LNG, MOST_ZOOM] = [85, 540, 24];

/**
 * @param {string} hash
 * @returns {Record<string, string>}
 */
export function readAddress(hash) {
  return Object.fromEntries(new URLSearchParams(hash.slice(1)));
}

/** @param {string} text */
function slug(text) {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

/**
 * A settlement by its English name, with what tells it from another of that name.
 * @param {Place} place
 */
export function placeKey(place) {
  return slug([place.names.en, place.raion?.en, place.sort].filter(Boolean).join(' '));
}

/**
 * Figures by day and value; further ones of that day and value are numbered.
 * @param {Figure[]} reported
 */
export function figureKeys(reported) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return reported.map(row => {
    const key = `${row.date},${row.value_km2}`;
    const count = (seen.get(key) || 0) + 1;
    seen.set(key, count);
    return count > 1 ? `${key},${count}` : key;
  });
}

/**
 * @param {Model} model
 * @param {ReaderState} state
 * @param {{ lat: number, lng: number, zoom: number }} view
 */
export function writeAddress(model, state, { lat, lng, zoom }) {
  const { index, against, language, party, zone, place, figure, without } = state;
  const parts = {
    date: model.snapshots[index].key,
    vs: model.snapshots[against]?.key,
    lang: language,
    party: model.parties.length > 1 && party,
    zone: zone?.id,
    place: place && placeKey(place),
    figure: figure && figureKeys(model.reported)[model.reported.indexOf(figure)],
    without,
    at: `${lat.toFixed(4)},${lng.toFixed(4)},${zoom}`
  };
  const written = (/** @type {string} */ value) =>
    encodeURIComponent(value).replace(/%2C/g, ',').replace(/%3A/g, ':');
  const named = Object.entries(parts).map(([key, value]) => value && `${key}=${written(value)}`);
  return `#${named.filter(Boolean).join('&')}`;
}

/**
 * The view that an address names, if it names one on the globe and at a zoom that there is.
 * @param {Record<string, string>} asked
 */
export function askedView({ at }) {
  if (!AT.test(at)) return null;
  const [lat, lng, zoom] = at.split(',').map(Number);
  const there = Math.abs(lat) <= MOST_LAT && Math.abs(lng) <= MOST_LNG && zoom <= MOST_ZOOM;
  return there ? { lat, lng, zoom } : null;
}

/**
 * What an address asks for; what isn't there is left alone, and nothing is chosen that isn't named.
 * @param {Model} model
 * @param {ReaderState} state
 * @param {Record<string, string>} asked
 * @returns {Partial<ReaderState>}
 */
export function askedState(model, state, asked) {
  const found = asked.date ? model.find(asked.date) : -1;
  const index = found >= 0 ? found : state.index;
  return {
    asked,
    index,
    against: asked.vs ? model.find(asked.vs) : -1,
    language: model.languages.includes(asked.lang) ? asked.lang : state.language,
    party: model.parties.includes(asked.party) ? asked.party : state.party,
    zone: (asked.zone && model.zonesAt(index).find(zone => zone.id === asked.zone)) || null,
    place: (asked.place && model.places.find(place => placeKey(place) === asked.place)) || null,
    figure: model.reported[figureKeys(model.reported).indexOf(asked.figure)] || null,
    without: model.makersBeside.filter(number => asked.without?.split(',').includes(number)).join(',')
  };
}
