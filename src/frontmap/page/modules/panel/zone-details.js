// All that is known of a zone.

import { swatch } from '../map/legend.js';
import { el } from '../parts/dom.js';
import { fewSources, given } from '../parts/quotes.js';
import { partyName, standsFor } from '../text/phrases.js';

/** @import { Zone } from '../packed/zones.js' */
/** @import { Child } from '../parts/dom.js' */
/** @import { Reader } from '../reading/reader.js' */

/**
 * The settlement that tells a zone from another.
 * @param {Reader} reader
 * @param {Zone} zone
 */
export function zoneName({ model, words }, zone) {
  const place = model.placeIn(zone);
  return place ? words().name(place.names) : '';
}

/**
 * @param {Reader} reader
 * @param {Zone} zone
 */
function datesOf({ model, words }, { spans }) {
  const date = (/** @type {number} */ index) => words().date(model.snapshots[index]);
  return spans.map(({ from, to }) => (to - from > 1 ? `${date(from)} – ${date(to - 1)}` : date(from)));
}

/**
 * @param {Reader} reader
 * @param {Zone} zone
 */
export function zoneDetails(reader, zone) {
  const { say } = reader;
  const words = reader.words();
  const means = (/** @type {string} */ word) => el('small', {}, say(`means_${word}`));
  const stands = el('small', {}, standsFor(reader, zone.party, zone.status));
  /** @type {[string, Child][]} */
  const facts = [
    ['status', [swatch(reader, zone.status, zone.party), ` ${say(zone.status)}`, means(zone.status), stands]],
    ['party', partyName(reader, zone.party)],
    ['area', `${words.tenth(zone.km2)} ${say('km2')}`],
    ['confidence', [say(`confidence_${zone.confidence}`), means(zone.confidence)]],
    ['accuracy', `± ${words.number(zone.accuracy_m)} ${say('m')}`],
    ['dates', datesOf(reader, zone).map(span => el('div', {}, span))],
    ['sources', fewSources(reader, zone.sources)],
    ['note', zone.note && given(reader, zone.note)],
    ['id', el('code', {}, zone.id)]
  ];
  return el(
    'dl',
    { class: 'fm-facts' },
    facts.map(([name, value]) => pair(reader, `zone_${name}`, value))
  );
}

/**
 * A term and what is said of it; nothing where nothing is.
 * @param {Reader} reader
 * @param {string} term
 * @param {Child} value
 */
export function pair({ say }, term, value) {
  return value ? [el('dt', {}, say(term)), el('dd', {}, value)] : [];
}
