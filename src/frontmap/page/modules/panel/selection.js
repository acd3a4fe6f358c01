// What was chosen: told and gone to when a reader chose it, only told when the address named it.

import { el, fill, label } from '../parts/dom.js';
import { qualified } from '../text/figures.js';
import { sentence } from '../text/phrases.js';
import { figureDetails } from './figures.js';
import { makeRevisions } from './revisions.js';
import { placeDetails } from './settlements.js';
import { zoneDetails, zoneName } from './zone-details.js';

/** @import { Reader } from '../reading/reader.js' */
/** @import { Changed } from '../reading/state.js' */

/** @param {Changed | undefined} changed */
function byHand(changed) {
  if (!changed || changed.includes('asked') || changed.includes('index')) return false;
  return changed.includes('zone') || changed.includes('place') || changed.includes('figure');
}

/** @param {Reader} reader */
export function selectionSection(reader) {
  const { state, say, words, set } = reader;
  const title = el('h2', { tabindex: -1 });
  const body = el('div', { class: 'fm-body' });
  const revisions = makeRevisions(reader);
  /** @type {Element | null} */
  let cameFrom = null;
  const leave = () => {
    set({ zone: null, place: null, figure: null });
    const there = cameFrom?.isConnected && cameFrom !== document.body;
    const back = there ? cameFrom : document.querySelector('.fm-slider');
    /** @type {HTMLElement} */ (back).focus();
  };
  const close = el('button', { type: 'button', class: 'fm-button fm-close', onclick: leave }, '×');
  const head = el('div', { class: 'fm-selection-head' }, title, close);
  const node = el('section', { class: 'fm-section fm-selection', hidden: true }, head, body);
  reader.follow(changed => {
    const { zone, place, figure } = state;
    node.hidden = !(zone || place || figure);
    if (node.hidden) return;
    label(close, say('close'));
    if (zone) {
      fill(title, [[say(`legend_${zone.status}`), zoneName(reader, zone)].filter(Boolean).join(': ')]);
      fill(body, [zoneDetails(reader, zone), revisions()]);
    }
    if (place) {
      fill(title, [words().name(place.names)]);
      fill(body, [placeDetails(reader, place)]);
    }
    if (figure) {
      fill(title, [sentence(reader, `${qualified(reader, figure)} ${say('km2')}`)]);
      fill(body, [figureDetails(reader, figure)]);
    }
    if (byHand(changed)) {
      if (!node.contains(document.activeElement)) cameFrom = document.activeElement;
      node.scrollIntoView({ block: 'start' });
      title.focus({ preventScroll: true });
    }
  });
  document.addEventListener('keydown', ({ key, target, defaultPrevented }) => {
    const elsewhere = target instanceof Element && target.matches('select, [type=search]');
    if (key === 'Escape' && !node.hidden && !defaultPrevented && !elsewhere) leave();
  });
  return node;
}
