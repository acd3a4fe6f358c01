// Chart, slider, buttons and date picker, and what the chart's signs mean.

import { el, fill } from '../parts/dom.js';
import { whoseText } from '../text/figures.js';
import { betweenDates, drawChart } from './chart.js';
import { datePicker } from './date-picker.js';
import { MARKS, markIcon } from './marks.js';
import { slider, stepButtons } from './steps.js';

/** @import { Verdict } from '../payload.js' */
/** @import { Reader } from '../reading/reader.js' */
/** @import { Chart } from './chart.js' */

const LEAST_WIDTH_PX = 260;

/** @param {Reader} reader */
export function timeline(reader) {
  const { state, say, model } = reader;
  const holder = el('div', { class: 'fm-chart-holder' });
  const range = slider(reader);
  const buttons = el('div', { class: 'fm-buttons' }, stepButtons(reader), datePicker(reader));
  const node = el('section', { class: 'fm-time', id: 'fm-time' }, holder, range, buttons, chartKey(reader));
  /** @type {Chart | null} */
  let chart = null;
  let size = { width: 0, height: 0 };
  const draw = () => {
    const drawn = drawChart(
      model,
      reader.words(),
      state,
      { width: Math.max(LEAST_WIDTH_PX, size.width), height: size.height },
      {
        onFigure: figure => reader.set({ figure, zone: null, place: null }),
        whose: figure => whoseText(reader, figure)
      }
    );
    chart = drawn;
    chart.picture.addEventListener('click', event => reader.go(model.nearest(drawn.timeAt(event.offsetX))));
    fill(holder, [chart.picture]);
    range.style.setProperty('--fm-left', `${chart.left - 10}px`);
  };
  const measure = () => {
    size = { width: holder.clientWidth, height: holder.clientHeight };
  };
  reader.follow(() => node.setAttribute('aria-label', say('timeline')), ['language']);
  reader.listen(changed => {
    if (!chart) return;
    if (changed.includes('language') || changed.includes('party')) draw();
    else chart.show(state);
  });
  new ResizeObserver(() => {
    const { width, height } = size;
    measure();
    if (width !== size.width || height !== size.height) draw();
  }).observe(holder);
  return { node, measure, draw };
}

/**
 * What the chart's marks and its bands mean; only those that it has.
 * @param {Reader} reader
 */
function chartKey({ model, state, say, follow }) {
  const list = el('ul', { class: 'fm-key' });
  const used = new Set(model.reported.map(row => row.verdict));
  const verdicts = /** @type {Verdict[]} */ (Object.keys(MARKS)).filter(one => used.has(one));
  const silent = model.snapshots.some((_, i) => model.gapAfter(i));
  follow(() => {
    list.setAttribute('aria-label', say('chart_key'));
    fill(list, [
      verdicts.length > 0 && el('li', {}, say('chart_figures')),
      verdicts.map(one => el('li', {}, markIcon(one), say(`verdict_${one}`))),
      betweenDates(model, state.party).length > 0 &&
        el('li', {}, el('span', { class: 'fm-key-between' }), say('chart_between')),
      silent && el('li', {}, el('span', { class: 'fm-key-gap' }), say('chart_gap'))
    ]);
  }, ['language', 'party']);
  return list;
}
