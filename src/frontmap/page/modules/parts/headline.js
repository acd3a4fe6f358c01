// What stands over everything: title, date, area, comparison; and what a screen reader hears of them.

import { areaTexts, comparison, comparisonText, partyName, shownDate, titleOf } from '../text/phrases.js';
import { el, fill, write } from './dom.js';
import { atRest } from './rest.js';

/** @import { Reader } from '../reading/reader.js' */

const SPOKEN_MS = 350;

/**
 * @param {Reader} reader
 * @param {'h1' | 'p'} tag
 */
export function titleHeading(reader, tag) {
  const node = el(tag, { class: 'fm-title' });
  reader.follow(() => {
    const { text, lang } = titleOf(reader);
    node.textContent = text;
    node.lang = lang;
    node.dir = 'auto';
  }, ['language']);
  return node;
}

/**
 * Let what tells of the chosen party's ground have its colour.
 * @param {Reader} reader
 * @param {HTMLElement} node that it all stands in
 */
export function wearParty({ state, palette, follow }, node) {
  follow(() => node.style.setProperty('--fm-party', palette().parties[state.party]), ['party', 'dark']);
  return node;
}

/** @param {Reader} reader */
export function headline(reader) {
  const { model, state, say } = reader;
  const date = el('time', { class: 'fm-date' });
  const figure = el('p', { class: 'fm-figure' });
  const versus = el('p', { class: 'fm-versus' });
  const [whose, much] = [new Text(), new Text()];
  const controlled = el('strong');
  const contested = el('span', { class: 'fm-plus' });
  const claimed = el('span', { class: 'fm-plus' });
  const error = el('span', { class: 'fm-error' });
  const whole = el('span', { class: 'fm-big' }, whose, controlled, error, much);
  reader.follow(() => {
    const text = areaTexts(reader);
    write(date, shownDate(reader));
    date.setAttribute('datetime', model.snapshots[state.index].date);
    write(whose, `${partyName(reader, state.party)}: `);
    write(controlled, text.controlled);
    write(error, ` ± ${text.error}`);
    write(much, ` ${text.unit} ${say('head_controlled')}`);
    write(contested, text.plus);
    write(claimed, `(${say('head_claimed')}: ${text.claimed} ${text.unit})`);
    if (error.title !== say('error_note')) error.title = say('error_note');
    fill(figure, [whole, text.plus && contested, text.area.claimed_km2 ? claimed : '']);
    fill(versus, state.against < 0 ? [] : comparisonParts(reader));
  });
  return { date, figure, versus };
}

/** @param {Reader} reader */
export function comparisonParts(reader) {
  const { dates, gained, lost, net } = comparison(reader);
  return [
    el('span', {}, dates),
    gained && el('span', { class: 'fm-gained' }, gained),
    lost && el('span', { class: 'fm-lost' }, lost),
    el('span', {}, net)
  ];
}

/**
 * Where the date has come to rest; not each step on the way, and nothing while it plays.
 * @param {Reader} reader
 */
export function announcer(reader) {
  const { state, say, words } = reader;
  const speak = () => {
    if (state.playing) return;
    const { controlled, contested, area } = areaTexts(reader);
    const n = words().counted(area.controlled_km2);
    const values = {
      party: partyName(reader, state.party),
      date: shownDate(reader),
      controlled,
      contested,
      n
    };
    const versus = comparisonText(reader);
    const said = area.contested_km2 ? 'announce' : 'announce_controlled';
    reader.announce(say(said, values) + (versus && `. ${versus}`));
  };
  const speakLater = atRest(speak, SPOKEN_MS);
  reader.listen(changed => {
    const heard = ['index', 'playing', 'language', 'party', 'against'];
    if (changed.some(name => heard.includes(name))) speakLater();
  });
  return reader.voice;
}
