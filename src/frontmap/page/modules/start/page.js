// The whole page: map, timeline and panel around the one folium map.

import { inset } from '../map/inset.js';
import { legend } from '../map/legend.js';
import { nameMap, setUpMap } from '../map/setup.js';
import { makersSection, methodSection } from '../panel/about.js';
import { compareSection } from '../panel/compare.js';
import { daySection } from '../panel/day.js';
import { figuresSection } from '../panel/figures.js';
import { selectionSection } from '../panel/selection.js';
import { settlementsSection } from '../panel/settlements.js';
import { tableSection } from '../panel/table.js';
import { el, fill } from '../parts/dom.js';
import { announcer, wearParty } from '../parts/headline.js';
import { atRest, whenIdle } from '../parts/rest.js';
import { followAddress } from '../reading/follow-address.js';
import { makeReader } from '../reading/reader.js';
import { shareSection } from '../share/section.js';
import { titleOf } from '../text/phrases.js';
import { stepByKey } from '../time/steps.js';
import { timeline } from '../time/timeline.js';
import { pageFoot, pageHead, skipLink } from './frame.js';

/** @import { Payload } from '../payload.js' */
/** @import { Reader } from '../reading/reader.js' */

const IDLE_MS = 300;
const AHEAD_RINGS = 200;
const AHEAD_LEFT_MS = 5;
const AHEAD_MS = 400;
const SECTIONS = [
  selectionSection,
  daySection,
  compareSection,
  settlementsSection,
  figuresSection,
  tableSection,
  methodSection,
  makersSection,
  shareSection
];

/**
 * @param {L.Map} map
 * @param {Payload} data
 */
export function mountPage(map, data) {
  const reader = makeReader(map, data);
  const { say, state, set } = reader;
  const page = wearParty(reader, el('div', { class: 'fm-page' }));
  const head = pageHead(reader);
  const time = timeline(reader);
  const panel = el('aside', { class: 'fm-panel' });
  const stage = el('div', { class: 'fm-stage' }, map.getContainer());
  const main = el('main', { class: 'fm-main' }, stage, time.node, legend(reader), panel);
  fill(page, [skipLink(reader), head, main, pageFoot(reader), announcer(reader)]);
  document.body.append(page);
  reader.follow(() => {
    document.documentElement.lang = state.language;
    document.documentElement.dir = say('direction');
    document.title = titleOf(reader).text;
    panel.setAttribute('aria-label', say('panel'));
    nameMap(reader);
  }, ['language']);
  time.measure();
  setUpMap(reader);
  time.draw();
  followAddress(reader);
  reader.canvas.addTo(map);
  map.on('click', ({ containerPoint, latlng }) => {
    const place = reader.placeAt(containerPoint);
    set({ place, zone: place ? null : reader.zoneAt(latlng), figure: null });
  });
  document.addEventListener('keydown', event => {
    const arrow = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
    if (arrow && event.target === document.body) stepByKey(reader, event);
  });
  page.classList.add('fm-ready');
  // The map, its date and figures come first; what is read beside them follows when they are on
  // screen and the browser has time, or has had none for a while.
  const rest = () => {
    fill(
      panel,
      SECTIONS.map(make => make(reader))
    );
    stage.append(inset(reader));
    keepClearOf(head);
    page.classList.add('fm-whole');
    workAhead(reader);
  };
  requestAnimationFrame(() => whenIdle(rest, { timeout: IDLE_MS }));
  return reader;
}

/**
 * While nobody asks for anything and the browser has time left, unpack what later steps will draw,
 * some rings at a time; then draw the outlines of the dates about this one, and again where the map
 * has been moved.
 * @param {Reader} reader
 */
function workAhead({ canvas, map, model, painter, state }) {
  /** @type {number[]} */
  let indexes = [];
  const one = () => {
    if (model.shapes.ahead(AHEAD_RINGS)) return;
    const index = indexes.shift();
    if (index !== undefined) painter.ahead(canvas.view, index);
  };
  const some = (/** @type {IdleDeadline | undefined} */ deadline) => {
    do one();
    while (indexes.length && deadline && deadline.timeRemaining() > AHEAD_LEFT_MS);
    if (indexes.length) whenIdle(some);
  };
  const begin = () => {
    const waits = indexes.length > 0;
    const away = (/** @type {number} */ index) => Math.abs(index - state.index);
    indexes = model.snapshots.map(({ index }) => index).sort((a, b) => away(a) - away(b));
    if (!waits) whenIdle(some);
  };
  map.on('moveend', atRest(begin, AHEAD_MS));
  begin();
}

/**
 * What is scrolled into view comes to stand under the head that stays, not behind it.
 * @param {HTMLElement} head
 */
function keepClearOf(head) {
  const root = document.documentElement;
  const clear = () => {
    const stays = getComputedStyle(head).position === 'sticky';
    root.style.scrollPaddingTop = `${stays ? head.offsetHeight : 0}px`;
  };
  new ResizeObserver(clear).observe(head);
}
