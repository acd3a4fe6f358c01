// Area over time as a still picture with the reported figures as marks; the slider lies under it.

import { DAY_MS } from '../model/snapshots.js';
import { svg } from '../parts/dom.js';
import { MARKS, makePile } from './marks.js';
import { linear, monthTicks, niceStep } from './scales.js';

/** @import { Figure, Model } from '../model/model.js' */
/** @import { ReaderState } from '../reading/state.js' */
/** @import { Words } from '../text/words.js' */

/** @typedef {ReturnType<typeof drawChart>} Chart */
/**
 * What a click on a figure's mark does, and the party to name on it: nothing where it is evident.
 * @typedef {{ onFigure: (row: Figure) => void, whose: (row: Figure) => string }} Figures
 */

const MARK_PX = 9;
const MARGIN = { right: 14, top: 16, bottom: 22 };
const FAR_MS = 20 * DAY_MS;
const MOST_DOTS = 200;
const ONE_DATE_PX = 24;

/** @param {number} value */
function fix(value) {
  return value.toFixed(1);
}

/**
 * The dated figures that lie within a series or near its ends: a party's, and those of none that is mapped.
 * @param {Pick<Model, 'snapshots' | 'parties' | 'reported'>} model
 * @param {string} party
 */
export function shownFigures({ snapshots, parties, reported }, party) {
  const [first, last] = [snapshots[0].time - FAR_MS, snapshots[snapshots.length - 1].time + FAR_MS];
  const dated = reported.filter(
    ({ precision, time }) => precision !== 'undated' && time >= first && time <= last
  );
  return dated.filter(row => row.party === party || !parties.includes(row.party));
}

/**
 * Where days lie between two snapshots and ground changed hands: what both show as controlled is
 * certain on these days, what either shows is possible, in km².
 * @param {Model} model
 * @param {string} party
 */
export function betweenDates({ snapshots, areaAt, change }, party) {
  return snapshots.slice(1).flatMap(({ time }, index) => {
    const changed = time - snapshots[index].time > DAY_MS && change(party, index, index + 1);
    if (!changed || changed.gained + changed.lost === 0) return [];
    const { controlled_km2: start } = areaAt(party, index);
    return [{ index, low: Math.max(start - changed.lost, 0), high: start + changed.gained }];
  });
}

/**
 * Points of a line as texts; of one date alone it goes on for so many pixels, since a point is no line.
 * @param {{ x: number, y: number }[]} points
 * @param {number} width
 */
export function pointsOf(points, width) {
  const [{ x, y }] = points;
  const drawn = points.length > 1 ? points : [...points, { x: x + width, y }];
  return drawn.map(each => `${fix(each.x)} ${fix(each.y)}`);
}

/**
 * @param {Map<Figure, { x: number, y: number }>} spots
 * @param {Words} words
 * @param {Figures} figures
 */
function makeMarks(spots, { number, say, claimant }, { onFigure, whose }) {
  const next = makePile(spots, MARK_PX);
  const ring = svg('circle', { class: 'fm-ring', r: MARK_PX });
  /** @type {Figure | null} */
  let chosen = null;
  const signs = [...spots].map(([row, { x, y }]) => {
    const { verdict } = row;
    const onclick = (/** @type {MouseEvent} */ event) => {
      event.stopPropagation();
      onFigure(next(row, chosen));
    };
    const parts = [`${number(row.value_km2)} ${say('km2')}`, whose(row), claimant(row.claimant)];
    const said = parts.filter(Boolean).join(', ');
    const sign = { class: `fm-mark fm-mark-${verdict}`, d: MARKS[verdict](x, y), onclick };
    return svg('path', sign, svg('title', {}, `${said}: ${say(`verdict_${verdict}`)}`));
  });
  const choose = (/** @type {Figure | null} */ row) => {
    chosen = row;
    const { x, y } = (row && spots.get(row)) || { x: -99, y: -99 };
    ring.setAttribute('cx', `${x}`);
    ring.setAttribute('cy', `${y}`);
  };
  return { nodes: [...signs, ring], choose };
}

/** The pattern of the band between controlled, and controlled and contested ground. */
function stripes() {
  const turned = { patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' };
  const stripe = svg('rect', { class: 'fm-stripe', width: 2.4, height: 6 });
  return svg('defs', {}, svg('pattern', { id: 'fm-stripes', width: 6, height: 6, ...turned }, stripe));
}

/**
 * @param {Model} model
 * @param {Words} words
 * @param {ReaderState} state
 * @param {{ width: number, height: number }} size in pixels
 * @param {Figures} onMarks
 */
export function drawChart(model, words, state, { width, height }, onMarks) {
  const { snapshots, gapAfter } = model;
  const figures = shownFigures(model, state.party);
  const areas = snapshots.map((_, i) => model.areaAt(state.party, i));
  const controlled = areas.map(area => area.controlled_km2);
  const most = areas.map(area => area.controlled_km2 + area.contested_km2);
  const top = Math.max(1, ...most, ...figures.map(row => row.value_km2)) * 1.06;
  const left = top < 10000 ? 46 : 64;
  const [right, foot] = [width - MARGIN.right, height - MARGIN.bottom];
  const first = snapshots[0].time;
  const last = Math.max(snapshots[snapshots.length - 1].time, first + DAY_MS);
  const times = linear([first, last], [left, right]);
  const x = times.held;
  const y = linear([0, top], [foot, MARGIN.top]).at;

  const path = (/** @type {string} */ name, d = '') => svg('path', { class: `fm-${name}`, d });
  const text = (/** @type {number | string} */ px, /** @type {number | string} */ py, end = '', said = '') =>
    svg('text', { x: px, y: py, class: `fm-tick${end}` }, said);
  const step = niceStep(top);
  const values = Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step);
  const months = monthTicks(first, last, right - left);
  const grid = [
    ...values.map(value => `M${left} ${fix(y(value))}H${right}`),
    ...months.map(time => `M${fix(x(time))} ${foot}v4`)
  ];
  const ticks = [
    ...values.map(value => text(left - 6, fix(y(value) + 4), ' fm-end', words.number(value))),
    text(2, MARGIN.top - 1, '', words.say('km2')),
    ...months.map(time => {
      const day = new Date(time);
      const said = day.getUTCMonth() ? words.month(time) : words.inDigits(`${day.getUTCFullYear()}`);
      return text(fix(x(time)), height - 6, ' fm-mid', said);
    })
  ];
  const gaps = snapshots.map(({ time }, i) => {
    const n = gapAfter(i);
    if (!n) return '';
    const width = fix(x(snapshots[i + 1].time) - x(time));
    const box = { x: fix(x(time)), width, y: MARGIN.top, height: fix(foot - MARGIN.top) };
    return svg('rect', { class: 'fm-gap', ...box }, svg('title', {}, words.say('gap', { n })));
  });
  const ends = betweenDates(model, state.party).map(({ index, low, high }) => {
    const sides = [snapshots[index], snapshots[index + 1]];
    const [from, to] = sides.map(({ time }) => x(time));
    const [above, below] = [y(high), y(low)];
    const box = { x: fix(from), width: fix(to - from), y: fix(above), height: fix(below - above) };
    const [before, after] = sides.map(words.date);
    const said = { before, after, low: words.number(low), high: words.number(high) };
    return svg('rect', { class: 'fm-between', ...box }, svg('title', {}, words.say('between', said)));
  });
  const bands = [...gaps, ...ends];
  const [low, high] = [controlled, most].map(areas =>
    pointsOf(
      snapshots.map(({ time }, i) => ({ x: x(time), y: y(areas[i]) })),
      ONE_DATE_PX
    )
  );
  const lines = [
    path('band', `M${high.join('L')}L${[...low].reverse().join('L')}Z`),
    path('area', `M${low.join('L')}V${fix(y(0))}H${fix(x(first))}Z`),
    path('held', `M${high.join('L')}`),
    path('line', `M${low.join('L')}`),
    1 < snapshots.length && snapshots.length < MOST_DOTS && path('dots', `M${low.join('h0M')}h0`)
  ];

  const [then, now] = [path('then'), path('now')];
  const dot = svg('circle', { class: 'fm-here', r: 4.5 });
  const at = (/** @type {Figure} */ row) => ({ x: Math.round(x(row.time)), y: Math.round(y(row.value_km2)) });
  const marks = makeMarks(new Map(figures.map(row => [row, at(row)])), words, onMarks);
  const upright = (/** @type {number} */ index) =>
    index < 0 ? '' : `M${fix(x(snapshots[index].time))} ${MARGIN.top}V${foot}`;
  const show = (/** @type {ReaderState} */ { index, against, figure }) => {
    then.setAttribute('d', upright(against));
    now.setAttribute('d', upright(index));
    dot.setAttribute('cx', fix(x(snapshots[index].time)));
    dot.setAttribute('cy', fix(y(controlled[index])));
    marks.choose(figure);
  };
  show(state);
  const box = { class: 'fm-chart', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' };
  const parts = [stripes(), path('grid', grid.join('')), ticks, bands, lines, then, now, dot, marks.nodes];
  const picture = svg('svg', { ...box, 'aria-label': words.say('chart_label') }, parts);
  return { picture, left, show, timeAt: times.back };
}
