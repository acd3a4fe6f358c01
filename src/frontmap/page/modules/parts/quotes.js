// What the archive's makers and others said, as they gave it, in their language.

import { el, growButton, link } from './dom.js';

/** @import { ClaimantRow } from '../payload.js' */
/** @import { Reader } from '../reading/reader.js' */

const FEW_SOURCES = 8;

/**
 * @param {Reader} reader
 * @param {string} text
 */
export function given({ data }, text) {
  return el('span', { class: 'fm-given', lang: data.language, dir: 'auto' }, text);
}

/**
 * Who said something: in the reader's language where there is such a name, else as given.
 * @param {Reader} reader
 * @param {ClaimantRow} names
 */
export function claimantOf(reader, names) {
  const text = reader.words().claimant(names);
  return text === names.given ? given(reader, text) : text;
}

/**
 * The first sources; the rest when asked for, and on paper.
 * @param {Reader} reader
 * @param {number[]} numbers
 */
export function fewSources(reader, numbers) {
  if (numbers.length <= FEW_SOURCES + 1) return sourceList(reader, numbers);
  const list = el('ul', { class: 'fm-sources' }, sourceItems(reader, numbers.slice(0, FEW_SOURCES)));
  const grow = () => list.append(...sourceItems(reader, numbers.slice(FEW_SOURCES)));
  return [list, growButton(list, reader.say('sources_all', { n: numbers.length }), grow)];
}

/**
 * @param {Reader} reader
 * @param {number[]} numbers
 */
export function sourceList(reader, numbers) {
  if (!numbers.length) return reader.say('no_source');
  return el('ul', { class: 'fm-sources' }, sourceItems(reader, numbers));
}

/**
 * @param {Reader} reader
 * @param {number[]} numbers
 */
function sourceItems(reader, numbers) {
  return numbers.map(number => {
    const { published } = reader.model.sources[number];
    return el('li', {}, sourceLink(reader, number), published && `, ${published}`);
  });
}

/**
 * @param {Reader} reader
 * @param {number} number
 */
export function sourceLink({ model, data }, number) {
  const { publisher, url } = model.sources[number];
  return link(publisher, url.replace(/^\/\//, 'https://'), { lang: data.language, dir: 'auto' });
}
