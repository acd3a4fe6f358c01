// Area over time as a still picture with the reported figures as marks; the slider lies under it.

const MARK_PX = 9;
const CHART = { right: 14, top: 16, bottom: 22 };

function niceStep(top) {
  const rough = top / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * unit).find((step) => step >= rough);
}

function monthTicks(first, last, width) {
  const ticks = [];
  const day = new Date(first);
  day.setUTCDate(1);
  day.setUTCHours(0, 0, 0, 0);
  const months = (last - first) / DAY / 30.4;
  const stride = [1, 2, 3, 6, 12, 24].find((each) => (width / Math.max(months, 1)) * each > 54) || 24;
  for (day.setUTCMonth(day.getUTCMonth() + 1); day.getTime() <= last; day.setUTCMonth(day.getUTCMonth() + 1)) {
    if (day.getUTCMonth() % Math.min(stride, 12) === 0) ticks.push(day.getTime());
  }
  return ticks;
}

const MARKS = {
  agrees: (x, y) => `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`,
  contested: (x, y) => `M${x - 5} ${y}L${x} ${y - 5}L${x + 5} ${y}L${x} ${y + 5}Z`,
  above: (x, y) => `M${x - 5} ${y + 4}L${x} ${y - 5}L${x + 5} ${y + 4}Z`,
  below: (x, y) => `M${x - 5} ${y - 4}L${x} ${y + 5}L${x + 5} ${y - 4}Z`,
  unchecked: (x, y) => `M${x - 4} ${y - 4}L${x + 4} ${y + 4}M${x - 4} ${y + 4}L${x + 4} ${y - 4}`,
};

function drawChart(model, words, state, width, height, onFigure) {
  const { stops } = model;
  const columns = model.data.areas[state.party];
  const figures = model.data.reported.filter((row) => (!row.party || row.party === state.party) && row.precision !== 'undated' && row.time >= stops[0].time - 20 * DAY && row.time <= stops[stops.length - 1].time + 20 * DAY);
  const first = stops[0].time;
  const last = Math.max(stops[stops.length - 1].time, first + DAY);
  const held = stops.map((_, i) => columns[0][i] + columns[1][i]);
  const top = Math.max(1, ...held, ...figures.map((row) => row.value)) * 1.06;
  const left = top < 10000 ? 46 : 64;
  const inner = width - left - CHART.right;
  const x = (time) => left + (Math.min(Math.max(time, first), last) - first) / (last - first) * inner;
  const y = (value) => height - CHART.bottom - (value / top) * (height - CHART.top - CHART.bottom);
  const fix = (value) => value.toFixed(1);
  const along = (values) => stops.map((stop, i) => `${fix(x(stop.time))} ${fix(y(values[i]))}`);
  const parts = [];
  const step = niceStep(top);
  const grid = [];
  for (let value = 0; value <= top; value += step) {
    grid.push(`M${left} ${fix(y(value))}H${width - CHART.right}`);
    parts.push(svg('text', { x: left - 6, y: fix(y(value) + 4), class: 'fm-tick fm-end' }, words.number(value)));
  }
  parts.push(svg('text', { x: 2, y: CHART.top - 1, class: 'fm-tick' }, words.say('km2')));
  monthTicks(first, last, inner).forEach((time) => {
    grid.push(`M${fix(x(time))} ${height - CHART.bottom}v4`);
    const month = new Date(time).getUTCMonth();
    parts.push(svg('text', { x: fix(x(time)), y: height - 6, class: 'fm-tick fm-mid' }, month ? words.month(time) : new Date(time).getUTCFullYear()));
  });
  stops.forEach((stop, i) => {
    if (model.gapAfter(i)) {
      parts.push(svg('rect', { class: 'fm-gap', x: fix(x(stop.time)), width: fix(x(stops[i + 1].time) - x(stop.time)), y: CHART.top, height: fix(height - CHART.bottom - CHART.top) }, svg('title', {}, words.say('gap', { n: model.gapAfter(i) }))));
    }
  });
  parts.unshift(svg('path', { class: 'fm-grid', d: grid.join('') }));
  const floor = `${fix(x(last))} ${fix(y(0))}L${fix(x(first))} ${fix(y(0))}Z`;
  parts.push(svg('path', { class: 'fm-band', d: `M${along(held).join('L')}L${along(columns[0]).reverse().join('L')}Z` }));
  parts.push(svg('path', { class: 'fm-area', d: `M${along(columns[0]).join('L')}L${floor}` }));
  parts.push(svg('path', { class: 'fm-held', d: `M${along(held).join('L')}` }));
  parts.push(svg('path', { class: 'fm-line', d: `M${along(columns[0]).join('L')}` }));
  if (stops.length < 200) parts.push(svg('path', { class: 'fm-dots', d: `M${along(columns[0]).join('h0M')}h0` }));
  const then = svg('path', { class: 'fm-then' });
  const now = svg('path', { class: 'fm-now' });
  const dot = svg('circle', { class: 'fm-here', r: 4.5 });
  const upright = (index) => (index < 0 ? '' : `M${fix(x(stops[index].time))} ${CHART.top}V${height - CHART.bottom}`);
  const move = ({ index, against }) => {
    then.setAttribute('d', upright(against));
    now.setAttribute('d', upright(index));
    dot.setAttribute('cx', fix(x(stops[index].time)));
    dot.setAttribute('cy', fix(y(columns[0][index])));
  };
  move(state);
  parts.push(then, now, dot);
  // Where marks lie on each other, each further click takes the next of them.
  const spots = new Map(figures.map((row) => [row, [Math.round(x(row.time)), Math.round(y(row.value))]]));
  let chosen = null;
  const next = (row) => {
    const [px, py] = spots.get(row);
    const pile = figures.filter((one) => Math.hypot(spots.get(one)[0] - px, spots.get(one)[1] - py) < MARK_PX);
    return pile.includes(chosen) ? pile[(pile.indexOf(chosen) + 1) % pile.length] : row;
  };
  figures.forEach((row) => {
    const label = `${words.number(row.value)} ${words.say('km2')}, ${words.claimant(row.claimant)}: ${words.say(`verdict_${row.mark}`)}`;
    parts.push(svg('path', { class: `fm-mark fm-mark-${row.mark}`, d: MARKS[row.mark](...spots.get(row)), onclick: (event) => { event.stopPropagation(); onFigure(next(row)); } }, svg('title', {}, label)));
  });
  const ring = svg('circle', { class: 'fm-ring', r: MARK_PX });
  const choose = (row) => {
    chosen = row;
    const [px, py] = spots.get(row) || [-99, -99];
    ring.setAttribute('cx', px);
    ring.setAttribute('cy', py);
  };
  choose(state.figure);
  parts.push(ring);
  const picture = svg('svg', { class: 'fm-chart', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': words.say('chart_label') }, svg('defs', {}, svg('pattern', { id: 'fm-stripes', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' }, svg('rect', { class: 'fm-stripe', width: 2.4, height: 6 }))), parts);
  return { picture, left, move, choose, timeAt: (px) => first + ((px - left) / inner) * (last - first) };
}
