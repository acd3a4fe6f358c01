// Names of settlements: how a reader finds one, and tells it from another of that name.

import { partyName } from './phrases.js';

/** @import { Reader } from '../reading/reader.js' */
/** @import { Place } from '../model/model.js' */
/** @import { Words } from './words.js' */

/**
 * A name as a reader may type it: in any case, with ё or е, with this or that apostrophe.
 * @param {string} text
 */
function folded(text) {
  return text.trim().toLocaleLowerCase().replace(/ё/g, 'е').replace(/[’ʼ`]/g, "'");
}

/**
 * Those of which a name in any language has this in it, in order of their names.
 * @param {Place[]} places
 * @param {string} typed
 * @param {Words} words
 */
export function found(places, typed, words) {
  const wanted = folded(typed);
  return places
    .filter(({ names }) => Object.values(names).some(name => folded(name).includes(wanted)))
    .sort((a, b) => words.name(a.names).localeCompare(words.name(b.names), words.language));
}

/**
 * Of two settlements of one name, where this one is.
 * @param {Place} place
 * @param {Words} words
 */
export function whichOne({ raion, sort }, words) {
  if (!raion) return '';
  const key = `sort_${(sort || '').match(/\w+/g)?.join('_')}`;
  const kind = words.has(key) ? words.say(key) : sort;
  return [words.say('raion', { name: words.name(raion) }), kind].filter(Boolean).join(', ');
}

/**
 * What an event says: in words of its own for these parties where the language has any.
 * @param {Pick<Reader, 'data' | 'words' | 'say'>} reader
 * @param {string} event
 * @param {string[]} parties
 */
export function eventText(reader, event, parties) {
  const own = ['event', event, ...parties].join('_');
  if (reader.words().speaks(own)) return reader.say(own);
  const party = parties.map(code => partyName(reader, code)).join(', ');
  return reader.say(`event_${event}`, { party });
}
