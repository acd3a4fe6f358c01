// What stands about map and panel: head, foot, the link past them.

import { el, fill, write } from '../parts/dom.js';
import { headline, titleHeading } from '../parts/headline.js';
import { partyName } from '../text/phrases.js';

/** @import { Reader } from '../reading/reader.js' */

/** @param {Reader} reader */
export function skipLink({ say, follow }) {
  const onclick = (/** @type {MouseEvent} */ event) => {
    event.preventDefault();
    /** @type {HTMLElement} */ (document.querySelector('.fm-slider')).focus();
  };
  const anchor = el('a', { class: 'fm-skip', href: '#fm-time', onclick });
  follow(() => {
    write(anchor, say('skip'));
  }, ['language']);
  return anchor;
}

/** @param {Reader} reader */
export function pageHead(reader) {
  const { date, figure, versus } = headline(reader);
  const title = titleHeading(reader, 'h1');
  const top = el('div', { class: 'fm-top' }, title, partyChoice(reader), languageChoice(reader));
  const now = el('div', { class: 'fm-now-line' }, el('p', { class: 'fm-when' }, date), figure);
  return el('header', { class: 'fm-head' }, top, note(reader), now, versus);
}

/** @param {Reader} reader */
function languageChoice({ model, state, say, set, follow, ownName }) {
  if (model.languages.length < 2) return '';
  const buttons = model.languages.map(code => {
    const title = ownName(code);
    const said = { title, 'aria-label': `${code.toUpperCase()}, ${title}` };
    const onclick = () => set({ language: code });
    const attributes = { class: 'fm-language', lang: code, ...said, 'data-language': code };
    return el('button', { type: 'button', ...attributes, onclick }, code.toUpperCase());
  });
  const group = el('div', { class: 'fm-languages', role: 'group' }, buttons);
  follow(() => {
    group.setAttribute('aria-label', say('language'));
    buttons.forEach(button => {
      button.setAttribute('aria-pressed', `${button.dataset.language === state.language}`);
    });
  }, ['language']);
  return group;
}

/** @param {Reader} reader */
function partyChoice(reader) {
  const { model, state, say, set, follow } = reader;
  if (model.parties.length < 2) return '';
  const choice = el('select', { class: 'fm-party', onchange: () => set({ party: choice.value }) });
  follow(() => {
    choice.setAttribute('aria-label', say('party'));
    const option = (/** @type {string} */ value) =>
      el('option', { value, selected: value === state.party }, partyName(reader, value));
    fill(choice, [model.parties.map(option)]);
  }, ['language', 'party']);
  return choice;
}

/**
 * That the page shows what was known at an instant, or a change that is not recorded.
 * @param {Reader} reader
 */
function note({ data, say, words, follow }) {
  const node = el('p', { class: 'fm-known' });
  follow(() => {
    const text = data.known
      ? `${say('known', { instant: words().instant(data.known) })} ${say('known_now')}`
      : say('proposed_note');
    write(node, text);
  }, ['language']);
  return data.known || data.proposed !== null ? node : '';
}

/** @param {Reader} reader */
export function pageFoot({ data, say, words, follow }) {
  const node = el('footer', { class: 'fm-foot' });
  follow(() => {
    fill(node, [
      el('span', {}, `${say('maker')}: ${data.maker}, ${data.license}`),
      el('span', { lang: 'en', dir: 'auto' }, data.credits.join(' · ')),
      data.withheld ? el('span', {}, say('withheld')) : '',
      el('span', {}, `${say('archive')} `, el('code', {}, data.digest.slice(0, 16))),
      el('span', {}, `${say('recorded')} ${words().instant(data.recorded)}`),
      el('span', {}, data.app)
    ]);
  }, ['language']);
  return node;
}
