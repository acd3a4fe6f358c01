// Settlements: how many are held, where one is found, and all that was reported of it.

import { statusOfPlace } from '../model/model.js';
import { el, fill } from '../parts/dom.js';
import { claimantOf, sourceList } from '../parts/quotes.js';
import { lookAtPlace } from '../reading/follow-address.js';
import { partyName } from '../text/phrases.js';
import { eventText, found, whichOne } from '../text/settlements.js';
import { section } from './section.js';

/** @import { Place, PlaceEvent } from '../model/model.js' */
/** @import { Reader } from '../reading/reader.js' */

/** @param {Reader} reader */
export function settlementsSection(reader) {
  const { model, state, say, words, announce } = reader;
  const known = model.places.filter(
    place => place.since.length || place.events.length || place.kind === 'town'
  );
  const list = el('ul', { class: 'fm-list fm-scroll', tabindex: 0 });
  const show = () => {
    const places = found(known, search.value, words());
    fill(list, places.length ? places.map(place => row(reader, place)) : [el('li', {}, say('search_none'))]);
    if (!places.length) announce(say('search_none'));
  };
  const search = el('input', { type: 'search', class: 'fm-search', oninput: show });
  const render = () => {
    list.setAttribute('aria-label', say('section_places'));
    search.setAttribute('aria-label', say('search'));
    search.placeholder = say('search');
    show();
    const holds = (/** @type {Place} */ place) => {
      const { status, parties } = statusOfPlace(place, state.index);
      return status === 'held' && parties.includes(state.party);
    };
    const whose = model.parties.length > 1 ? `${partyName(reader, state.party)}: ` : '';
    return [
      el('p', {}, whose, say('places_held', { n: known.filter(holds).length })),
      el('p', { class: 'fm-note' }, say('places_note')),
      search,
      list
    ];
  };
  return section(reader, 'places', render, ['index', 'party']);
}

/**
 * @param {Reader} reader
 * @param {Place} place
 */
function statusText(reader, place, index = reader.state.index) {
  const { status, parties } = statusOfPlace(place, index);
  const text = reader.say(`place_${status || 'none'}`);
  if (!status || reader.model.parties.length < 2) return text;
  return `${text}: ${parties.map(party => partyName(reader, party)).join(', ')}`;
}

/**
 * @param {Reader} reader
 * @param {Place} place
 */
function row(reader, place) {
  const onclick = () => {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    lookAtPlace(reader, place, !still);
    reader.set({ place, zone: null, figure: null });
  };
  const name = el('span', { class: 'fm-grow' }, reader.words().name(place.names), whereabouts(reader, place));
  const status = el('span', { class: 'fm-soft' }, statusText(reader, place));
  return el('li', {}, el('button', { type: 'button', class: 'fm-row', onclick }, name, status));
}

/**
 * @param {Reader} reader
 * @param {Place} place
 */
function whereabouts({ words }, place) {
  const text = whichOne(place, words());
  return text && el('small', {}, text);
}

/**
 * The names in other languages, each once.
 * @param {Reader} reader
 * @param {Place} place
 */
function otherNames({ words }, place) {
  const own = words().name(place.names);
  const all = Object.values(place.names);
  return Object.entries(place.names)
    .filter(([, name], i) => name && name !== own && all.indexOf(name) === i)
    .map(([lang, name], i) => [i ? ' · ' : '', el('span', { lang, dir: 'auto' }, name)]);
}

/**
 * @param {Reader} reader
 * @param {PlaceEvent} event
 */
function placeEventItem(reader, { date, event, parties, claimant, sources }) {
  const { words } = reader;
  const what = `${words().day(date)}: ${eventText(reader, event, parties)} (`;
  return el('li', {}, what, claimantOf(reader, claimant), ') ', sourceList(reader, sources));
}

/**
 * @param {Reader} reader
 * @param {Place} place
 */
export function placeDetails(reader, place) {
  const { model, say } = reader;
  const words = reader.words();
  const others = otherNames(reader, place);
  const history = place.since.map(index =>
    el('li', {}, `${words.date(model.snapshots[index])}: ${statusText(reader, place, index)}`)
  );
  const events = place.events.map(event => placeEventItem(reader, event));
  const now = `${words.date(model.snapshots[reader.state.index])}: `;
  return [
    others.length > 0 && el('p', { class: 'fm-soft' }, others),
    whereabouts(reader, place),
    el('p', {}, now, el('strong', {}, statusText(reader, place))),
    history.length > 0 && [el('h3', {}, say('place_history')), el('ul', {}, history)],
    events.length > 0 && [el('h3', {}, say('place_events')), el('ul', {}, events)],
    history.length > 0 && el('p', { class: 'fm-soft' }, say('place_rule'))
  ];
}
