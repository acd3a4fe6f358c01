// How it was measured, what it can't tell; who made it, from what.

import { swatch } from '../map/legend.js';
import { el } from '../parts/dom.js';
import { sourceList } from '../parts/quotes.js';
import { section } from './section.js';

/** @import { Reader } from '../reading/reader.js' */

/** @param {Reader} reader */
export function methodSection(reader) {
  const { say, state } = reader;
  const paragraphs = (/** @type {string} */ name) =>
    say(name)
      .split('\n')
      .map(text => el('p', {}, text));
  const meaning = (/** @type {string} */ status) => [
    el('dt', {}, swatch(reader, status, state.party), ` ${say(status)}`),
    el('dd', {}, say(`means_${status}`))
  ];
  const render = () => [
    el('dl', { class: 'fm-facts' }, ['controlled', 'contested', 'claimed'].map(meaning)),
    paragraphs('method'),
    el('h3', {}, say('limits_title')),
    paragraphs('limits')
  ];
  return section(reader, 'method', render, ['party']);
}

/** @param {Reader} reader */
export function makersSection(reader) {
  const { data, model, say } = reader;
  const cited = model.sources.flatMap(({ publisher }, number) => (publisher ? [number] : []));
  const render = () => {
    const title = say('all_sources');
    const box = { class: 'fm-scroll', tabindex: 0, role: 'group', 'aria-label': title };
    return [
      el('p', {}, `${say('maker')}: `, el('strong', {}, data.maker), `. ${say('license')}: ${data.license}.`),
      data.credits.map(credit => el('p', { lang: 'en' }, credit)),
      data.withheld ? el('p', {}, say('withheld')) : '',
      el('p', {}, 'Leaflet (BSD-2-Clause), folium (MIT).'),
      el('h3', {}, title),
      el('div', box, sourceList(reader, cited))
    ];
  };
  return section(reader, 'makers', render, []);
}
