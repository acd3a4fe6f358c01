// The whole page: map, timeline and panel around the one folium map.

const FIRST_ZONES = 8;
const MOST_CITED = 60;
const IDLE_MS = 300;
const AHEAD_RINGS = 200;
const AHEAD_LEFT_MS = 5;
const AHEAD_MS = 400;

function mountPage(map, data) {
  const reader = makeReader(map, data);
  const { say, state } = reader;
  const page = el('div', { class: 'fm-page' });
  const head = pageHead(reader);
  const stage = el('div', { class: 'fm-stage' }, map.getContainer());
  const time = timeline(reader);
  const panel = el('aside', { class: 'fm-panel' });
  const main = el('main', { class: 'fm-main' }, stage, time.node, legend(reader), panel);
  fill(page, [skipLink(reader), head, main, pageFoot(reader), announcer(reader)]);
  document.body.append(page);

  const names = (what) => {
    if (what && !what.includes('language')) return;
    document.documentElement.lang = state.language;
    document.title = titleOf(reader).text;
    map.getContainer().setAttribute('aria-label', say('map'));
    map.getContainer().setAttribute('role', 'region');
    panel.setAttribute('aria-label', say('panel'));
    nameZoom(map, say);
  };
  reader.listen(names);
  names();
  time.measure();
  setUpMap(reader);
  time.draw();
  reader.address = followHash(reader);
  reader.canvas.addTo(map);
  map.on('click', (event) => {
    const place = reader.placeAt(event.containerPoint);
    reader.set(place ? { place, zone: null, figure: null } : { zone: reader.zoneAt(event.latlng), place: null, figure: null });
  });
  document.addEventListener('keydown', (event) => {
    const free = event.target === document.body;
    const arrows = ['ArrowLeft', 'ArrowRight'].includes(event.key);
    if (free && arrows && !event.altKey && !event.ctrlKey && !event.metaKey && step(reader, event.key)) event.preventDefault();
  });
  page.classList.add('fm-ready');
  whenIdle(() => {
    fill(panel, panelSections(reader));
    keepClearOf(head);
    page.classList.add('fm-whole');
    workAhead(reader);
  });
  return reader;
}

// The map, its date and figures come first; what is read beside them follows when they are on
// screen and the browser has time, or has had none for a while.
function whenIdle(run) {
  requestAnimationFrame(() => idle(run, { timeout: IDLE_MS }));
}

// While nobody asks for anything and the browser has time left, unpack what later steps will draw,
// some rings at a time; then draw the outlines of the dates about this one, and again where the map
// has been moved.
function workAhead(reader) {
  const { canvas, map, model, paint, state } = reader;
  let stops = [];
  const some = (deadline) => {
    do {
      if (!model.shapes.ahead(AHEAD_RINGS)) paint.ahead(canvas.view, stops.shift());
    } while (stops.length && deadline && deadline.timeRemaining() > AHEAD_LEFT_MS);
    if (stops.length) idle(some);
  };
  const begin = () => {
    const waits = stops.length;
    const away = (i) => Math.abs(i - state.index);
    stops = model.stops.map((_, i) => i).sort((a, b) => away(a) - away(b));
    if (!waits) idle(some);
  };
  map.on('moveend', atRest(begin, AHEAD_MS));
  begin();
}

// What is scrolled into view comes to stand under the head that stays, not behind it.
function keepClearOf(head) {
  new ResizeObserver(() => { document.documentElement.style.scrollPaddingTop = `${getComputedStyle(head).position === 'sticky' ? head.offsetHeight : 0}px`; }).observe(head);
}

function panelSections(reader) {
  return [
    selectionSection(reader),
    daySection(reader),
    compareSection(reader),
    placesSection(reader),
    figuresSection(reader),
    tableSection(reader),
    methodSection(reader),
    makersSection(reader),
    shareSection(reader),
  ];
}

function setUpMap(reader) {
  const { map, data } = reader;
  const [west, south, east, north] = data.view;
  map.invalidateSize({ animate: false });
  map.fitBounds([[south, west], [north, east]], { animate: false, padding: [12, 12] });
  map.setMinZoom(Math.max(2, map.getZoom() - 2));
  scaleBar(reader).addTo(map);
  fitOnPaper(reader);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
}

// On paper all sources stand, and the map has a size of its own: what was in sight is fitted into
// it, and back again.
function fitOnPaper({ map }) {
  const sheet = map.getContainer();
  let view = null;
  const resize = (size) => {
    Object.assign(sheet.style, size);
    map.invalidateSize({ animate: false });
  };
  window.addEventListener('beforeprint', () => {
    document.querySelectorAll('.fm-rest').forEach((button) => button.click());
    view = [map.getCenter(), map.getZoom()];
    const seen = map.getBounds();
    resize({ width: '186mm', height: '94mm' });
    map.fitBounds(seen, { animate: false });
  });
  window.addEventListener('afterprint', () => {
    resize({ width: '', height: '' });
    map.setView(...view, { animate: false });
  });
}

function scaleBar(reader) {
  const Scale = L.Control.Scale.extend({
    _updateMetric(most) {
      const metres = this._getRoundNum(most);
      const text = metres < 1000 ? `${metres} ${reader.say('m')}` : `${metres / 1000} ${reader.say('km')}`;
      this._updateScale(this._mScale, text, metres / most);
    },
  });
  const bar = new Scale({ imperial: false, maxWidth: 120 });
  reader.listen((what) => what.includes('language') && bar._map && bar._update());
  return bar;
}

function nameZoom(map, say) {
  const control = map.zoomControl;
  if (!control) return;
  label(control._zoomInButton, say('zoom_in'));
  label(control._zoomOutButton, say('zoom_out'));
}

function skipLink(reader) {
  const anchor = el('a', { class: 'fm-skip', href: '#fm-time', onclick: (event) => {
    event.preventDefault();
    document.querySelector('.fm-slider').focus();
  } });
  const update = (what) => {
    if (!what || what.includes('language')) anchor.textContent = reader.say('skip');
  };
  reader.listen(update);
  update();
  return anchor;
}

function pageHead(reader) {
  const { data, state, say, model } = reader;
  const { date, figure, versus } = headline(reader);
  const languages = el('div', { class: 'fm-languages', role: 'group' }, Object.entries(LANGUAGES).map(([code, name]) => el('button', { type: 'button', class: 'fm-language', lang: code, title: name, 'aria-label': `${code.toUpperCase()}, ${name}`, 'data-language': code, onclick: () => reader.set({ language: code }) }, code.toUpperCase())));
  const party = model.parties.length > 1 ? el('select', { class: 'fm-party', onchange: () => reader.set({ party: party.value }) }) : '';
  const known = data.known ? el('p', { class: 'fm-known' }) : '';
  const update = (what) => {
    if (what && !what.includes('language') && !what.includes('party')) return;
    languages.setAttribute('aria-label', say('language'));
    [...languages.children].forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.language === state.language)));
    if (party) {
      party.setAttribute('aria-label', say('party'));
      fill(party, model.parties.map((code) => el('option', { value: code, selected: code === state.party }, partyName(reader, code))));
    }
    if (known) known.textContent = `${say('known', { instant: reader.words().instant(data.known) })} ${say('known_now')}`;
  };
  reader.listen(update);
  update();
  return el('header', { class: 'fm-head' },
    el('div', { class: 'fm-top' }, titleHeading(reader, 'h1'), party, languages),
    known,
    el('div', { class: 'fm-now-line' }, el('p', { class: 'fm-when' }, date), figure),
    versus);
}

function timeline(reader) {
  const { state, say, model } = reader;
  const holder = el('div', { class: 'fm-chart-holder' });
  const range = slider(reader);
  const buttons = el('div', { class: 'fm-buttons' }, stepButtons(reader), datePicker(reader));
  const node = el('section', { class: 'fm-time', id: 'fm-time' }, holder, range, buttons, chartKey(reader));
  let chart = null;
  let size = [];
  const draw = () => {
    const width = Math.max(260, size[0]);
    chart = drawChart(model, reader.words(), state, width, size[1], (row) => reader.set({ figure: row, zone: null, place: null }));
    chart.picture.addEventListener('click', (event) => reader.go(model.nearest(chart.timeAt(event.offsetX))));
    fill(holder, [chart.picture]);
    range.style.setProperty('--fm-left', `${chart.left - 10}px`);
  };
  const update = (what) => {
    if (what && !what.includes('language') && !what.includes('party')) {
      chart.move(state);
      chart.choose(state.figure);
      return;
    }
    node.setAttribute('aria-label', say('timeline'));
    if (chart) draw();
  };
  const measure = () => { size = [holder.clientWidth, holder.clientHeight]; };
  const fit = () => {
    const [width, height] = size;
    measure();
    if (width !== size[0] || height !== size[1]) draw();
  };
  reader.listen(update);
  new ResizeObserver(fit).observe(holder);
  update();
  return { node, measure, draw };
}

// Where to go: a month of the record, then a day of it; days without a snapshot can't be chosen.
function datePicker(reader) {
  const { model, state, say } = reader;
  const monthOf = ({ iso }) => iso.slice(0, 7);
  const dayOf = ({ iso }) => Number(iso.slice(8));
  const months = new Map(model.stops.map((stop) => [monthOf(stop), []]));
  model.stops.forEach((stop) => { months.get(monthOf(stop))[dayOf(stop)] = stop.index; });
  const days = Array.from({ length: 31 }, (_, i) => el('option', { value: i + 1, disabled: true }, i + 1));
  const go = () => {
    const known = months.get(month.value);
    const before = known.findLast((index, number) => index >= 0 && number <= day.value);
    reader.go(before === undefined ? known.find((index) => index >= 0) : before);
  };
  const month = el('select', { class: 'fm-select', onchange: go });
  const day = el('select', { class: 'fm-select', onchange: go }, days);
  let shown = [];
  const update = (what) => {
    const stop = model.stops[state.index];
    if (!what || what.includes('language')) {
      label(month, say('pick_month'));
      label(day, say('pick_day'));
      fill(month, [...months.keys()].map((value) => el('option', { value }, `${reader.words().month(Date.parse(value))} ${value.slice(0, 4)}`)));
    }
    const known = months.get(monthOf(stop));
    days.forEach((option, i) => {
      if ((known[i + 1] === undefined) !== (shown[i + 1] === undefined)) option.disabled = known[i + 1] === undefined;
    });
    shown = known;
    month.value = monthOf(stop);
    day.value = dayOf(stop);
  };
  reader.listen((what) => (what.includes('index') || what.includes('language')) && update(what));
  update();
  return el('div', { class: 'fm-picker' }, month, day);
}

// What the chart's marks and its grey band mean; only those that it has.
function chartKey(reader) {
  const { data, model, say } = reader;
  const list = el('ul', { class: 'fm-key' });
  const marks = Object.keys(MARKS).filter((mark) => data.reported.some((row) => row.mark === mark));
  const silent = model.stops.some((_, i) => model.gapAfter(i));
  const update = (what) => {
    if (what && !what.includes('language')) return;
    list.setAttribute('aria-label', say('chart_key'));
    fill(list, [
      marks.length ? el('li', {}, say('chart_figures')) : '',
      marks.map((mark) => el('li', {}, markIcon(mark), say(`verdict_${mark}`))),
      silent ? el('li', {}, el('span', { class: 'fm-key-gap' }), say('chart_gap')) : '',
    ]);
  };
  reader.listen(update);
  update();
  return list;
}

function section(reader, name, render, { open = false, when = ['index', 'language', 'party', 'against'] } = {}) {
  const title = el('h2', {});
  const body = el('div', { class: 'fm-body' });
  const node = el('details', { class: 'fm-section', 'data-section': name, open }, el('summary', {}, title), body);
  let stale = true;
  const draw = () => {
    if (!stale || !node.open) return;
    stale = false;
    fill(body, [render(body)]);
  };
  const drawLater = atRest(draw, 90);
  const update = (what) => {
    if (what && !what.some((key) => key === 'theme' || when.includes(key))) return;
    if (!what || what.includes('language')) title.textContent = reader.say(`section_${name}`);
    stale = true;
    if (!node.open) return;
    if (what && !what.includes('language')) drawLater(); else draw();
  };
  node.addEventListener('toggle', draw);
  reader.listen(update);
  update();
  return node;
}

// What was chosen: told and gone to when a reader chose it, only told when the address named it.
function selectionSection(reader) {
  const { state, say } = reader;
  const title = el('h2', { tabindex: -1 });
  const body = el('div', { class: 'fm-body' });
  const revisions = makeRevisions(reader);
  let cameFrom = null;
  const leave = () => {
    reader.set({ zone: null, place: null, figure: null });
    const back = cameFrom && cameFrom.isConnected && cameFrom !== document.body ? cameFrom : document.querySelector('.fm-slider');
    back.focus();
  };
  const close = el('button', { type: 'button', class: 'fm-button fm-close', onclick: leave }, '×');
  const node = el('section', { class: 'fm-section fm-selection', hidden: true }, el('div', { class: 'fm-selection-head' }, title, close), body);
  const update = (what) => {
    const { zone, place, figure } = state;
    const chosen = zone || place || figure;
    node.hidden = !chosen;
    if (!chosen) return;
    label(close, say('close'));
    const words = reader.words();
    if (zone) fill(title, [[say(`legend_${zone.status}`), zoneName(reader, zone)].filter(Boolean).join(': ')]);
    if (place) fill(title, [words.name(place.names)]);
    if (figure) fill(title, [sentence(reader, `${qualified(reader, figure)} ${say('km2')}`)]);
    if (zone) fill(body, [zoneDetails(reader, zone), revisions()]);
    if (place) fill(body, [placeDetails(reader, place)]);
    if (figure) fill(body, [figureDetails(reader, figure)]);
    const byHand = what && !what.includes('asked') && !what.includes('index');
    if (byHand && ['zone', 'place', 'figure'].some((key) => what.includes(key))) {
      if (!node.contains(document.activeElement)) cameFrom = document.activeElement;
      node.scrollIntoView({ block: 'start' });
      title.focus({ preventScroll: true });
    }
  };
  reader.listen(update);
  update();
  document.addEventListener('keydown', (event) => {
    const elsewhere = event.target.matches('select, [type=search]');
    if (event.key === 'Escape' && !node.hidden && !event.defaultPrevented && !elsewhere) leave();
  });
  return node;
}

function daySection(reader) {
  const { model, state, data, say } = reader;
  const range = el('p', { class: 'fm-range' });
  const zoneList = makeZoneList(reader);
  const revisions = makeRevisions(reader);
  const sources = keptFor((cited) => [el('h3', {}, say('zone_sources')), el('div', { class: 'fm-cited' }, fewSources(reader, cited))]);
  return section(reader, 'day', () => {
    const words = reader.words();
    const stop = model.stops[state.index];
    const text = areaText(reader, state.index);
    const [revision] = model.revisionsAt(state.index);
    const gap = model.gapAfter(state.index);
    const cited = [...new Set([...revision.sources, ...model.zonesAt(state.index).flatMap((zone) => zone.sources)])].slice(0, MOST_CITED);
    const zones = [...model.zonesAt(state.index)].sort((a, b) => (a.status === b.status ? b.km2 - a.km2 : 0));
    const before = state.index ? model.stops[state.index - 1].iso : '';
    const since = (row) => row.iso > before && row.iso <= stop.iso;
    const events = data.events.filter(since);
    const figures = data.reported.filter((row) => since(row) && row.precision !== 'undated');
    write(range, say('range', { low: text.controlled, high: words.number(text.area.controlled + text.area.contested), error: text.error, bound: words.number(text.area.bound) }));
    return [
      range,
      gap ? el('p', { class: 'fm-note' }, say('gap', { n: gap })) : '',
      el('h3', {}, say('zones')),
      zones.length ? zoneList(zones) : el('p', {}, say('no_zones')),
      figures.length ? [el('h3', {}, say('figures_day')), figureList(reader, figures)] : '',
      events.length ? [el('h3', {}, say('events')), el('ul', { class: 'fm-events' }, events.map((event) => eventItem(reader, event, stop)))] : '',
      cited.length ? sources(`${words.language} ${cited}`, cited) : '',
      revisions(),
    ];
  }, { open: true });
}

// The largest zones first; the rest only when asked for, since a whole war has hundreds. A row
// tells one zone after the other, since making rows anew takes longer than drawing the map.
function makeZoneList(reader) {
  const list = el('ul', { class: 'fm-list' });
  const rows = [];
  let known = [];
  const show = (zones) => {
    while (rows.length < zones.length) rows.push(makeZoneRow(reader));
    fill(list, zones.map((zone, i) => rows[i](zone)));
  };
  const more = growButton(list, '', () => show(known));
  return (zones) => {
    known = zones;
    show(zones.slice(0, FIRST_ZONES));
    write(more, reader.say('zones_all', { n: zones.length }));
    return [list, zones.length > FIRST_ZONES ? more : ''];
  };
}

function makeZoneRow(reader) {
  const { say, state } = reader;
  let zone = null;
  const [status, name, area] = [new Text(), el('small'), el('span')];
  const button = el('button', { type: 'button', class: 'fm-row', onclick: () => reader.set({ zone, place: null, figure: null }) });
  const row = el('li', {}, button);
  const words = el('span', { class: 'fm-grow' }, status, name);
  const icons = new Map();
  const icon = (key) => {
    if (!icons.has(key)) icons.set(key, swatch(reader, zone.status));
    return icons.get(key);
  };
  return (told) => {
    zone = told;
    write(status, say(zone.status));
    write(name, zoneName(reader, zone));
    write(area, `${reader.words().tenth(zone.km2)} ${say('km2')}`);
    fill(button, [icon(`${zone.status} ${state.party} ${reader.palette().ink}`), words, area]);
    return row;
  };
}

function eventItem(reader, event, stop) {
  const day = event.iso === stop.iso ? '' : `${reader.words().day(event.iso)}: `;
  const amount = event.figure === null ? '' : [': ', reader.words().given(event.figure), ' ', unitOf(reader, event)];
  return el('li', {}, day, given(reader, event.what), amount, ' (', claimantOf(reader, event.claimant), ') ', sourceList(reader, event.sources));
}

// A unit in the reader's language and number where it is a known one, else as it was given.
function unitOf(reader, { unit, figure }) {
  const key = `unit_${unit}`;
  return reader.words().has(key) ? reader.say(key, { n: figure }) : given(reader, unit);
}

// The revisions of a date: rows that are written over, since most dates have one.
function makeRevisions(reader) {
  const { model, state, say } = reader;
  const title = el('h3');
  const list = el('ul', { class: 'fm-revisions' });
  const rows = [];
  const makeRow = () => {
    const [when, digest] = [new Text(), el('code')];
    const reason = given(reader, '');
    const node = el('li', {}, when, reason, ' ', digest);
    return (one) => {
      write(when, `${reader.words().instant(one.recorded)}: ${say(`kind_${one.kind}`)}${one.reason.length ? ', ' : ''}`);
      fill(reason, one.reason.map((part) => (typeof part === 'number' ? sourceLink(reader, part) : part)));
      write(digest, one.digest);
      return node;
    };
  };
  return () => {
    const revisions = model.revisionsAt(state.index);
    while (rows.length < revisions.length) rows.push(makeRow());
    write(title, say('revisions'));
    fill(list, revisions.map((one, i) => rows[i](one)));
    return [title, list];
  };
}

// The list of dates stays as it is while dates are gone through, so that keys can go on in it.
function compareSection(reader) {
  const { model, state, say } = reader;
  const options = keptFor(() => [el('option', { value: -1 }, say('compare_none')), ...model.stops.map((stop) => el('option', { value: stop.index }, reader.words().stop(stop)))]);
  const select = el('select', { class: 'fm-select', onchange: () => reader.set({ against: Number(select.value) }) });
  const stop = el('button', { type: 'button', class: 'fm-button fm-wide', onclick: () => {
    reader.set({ against: -1 });
    select.focus();
  } });
  return section(reader, 'compare', () => {
    const on = state.against >= 0;
    fill(select, options(state.language));
    select.value = state.against;
    select.setAttribute('aria-label', say('compare_with'));
    write(stop, say('compare_stop'));
    return [
      el('p', {}, say('compare_help')),
      select,
      on ? el('p', { class: 'fm-versus' }, versusText(reader)) : '',
      on && !model.change(state.party, ...inTime(state.against, state.index)) ? el('p', { class: 'fm-note' }, say('compare_net_only')) : '',
      on ? stop : '',
    ];
  });
}

// A name as a reader may type it: in any case, with ё or е, with this or that apostrophe.
function folded(text) {
  return text.trim().toLocaleLowerCase().replace(/ё/g, 'е').replace(/[’ʼ`]/g, "'");
}

function placesSection(reader) {
  const { data, state, say } = reader;
  const known = data.places.filter((place) => place.history.length || place.events.length || place.kind === 'town');
  const list = el('ul', { class: 'fm-list fm-scroll', tabindex: 0 });
  const row = (place) => el('li', {}, el('button', { type: 'button', class: 'fm-row', onclick: () => choosePlace(reader, place) }, el('span', { class: 'fm-grow' }, reader.words().name(place.names), whichOne(reader, place)), el('span', { class: 'fm-soft' }, say(`place_${statusOfPlace(place, state.index) || 'none'}`))));
  const show = () => {
    const words = reader.words();
    const wanted = folded(search.value);
    const found = known.filter((place) => place.names.some((name) => folded(name).includes(wanted)))
      .sort((a, b) => words.name(a.names).localeCompare(words.name(b.names), words.language));
    fill(list, found.length ? found.map(row) : [el('li', {}, say('search_none'))]);
    if (!found.length) reader.announce(say('search_none'));
  };
  const search = el('input', { type: 'search', class: 'fm-search', oninput: show });
  return section(reader, 'places', () => {
    list.setAttribute('aria-label', say('section_places'));
    search.setAttribute('aria-label', say('search'));
    search.placeholder = say('search');
    show();
    const count = known.filter((place) => statusOfPlace(place, state.index) === 'held').length;
    return [el('p', {}, say('places_held', { n: count })), el('p', { class: 'fm-note' }, say('places_note')), search, list];
  }, { when: ['index', 'language'] });
}

function choosePlace(reader, place) {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  lookAtPlace(reader, place, !still);
  reader.set({ place, zone: null, figure: null });
}

function lookAtPlace({ map }, place, animate = false) {
  map.setView([place.lat, place.lon], Math.max(map.getZoom(), 11), { animate });
}

// Of two settlements of one name, where this one is.
function whichOne(reader, place) {
  if (!place.raion) return '';
  const words = reader.words();
  const key = `sort_${(place.sort || '').match(/\w+/g)?.join('_')}`;
  const sort = words.has(key) ? words.say(key) : place.sort;
  return el('small', {}, [words.say('raion', { name: words.name(place.raion) }), sort].filter(Boolean).join(', '));
}

function placeDetails(reader, place) {
  const { data, model, state, say } = reader;
  const words = reader.words();
  const own = words.name(place.names);
  const others = Object.keys(LANGUAGES).map((lang, i) => [lang, place.names[i]])
    .filter(([, name], i, all) => name !== own && all.findIndex(([, other]) => other === name) === i);
  const history = place.history.map(([from, status]) => el('li', {}, `${words.stop(model.stops[from])}: ${say(`place_${status || 'none'}`)}`));
  return [
    others.length ? el('p', { class: 'fm-soft' }, others.map(([lang, name], i) => [i ? ' · ' : '', el('span', { lang }, name)])) : '',
    whichOne(reader, place),
    el('p', {}, `${words.stop(model.stops[state.index])}: `, el('strong', {}, say(`place_${statusOfPlace(place, state.index) || 'none'}`))),
    history.length ? [el('h3', {}, say('place_history')), el('ul', {}, history)] : '',
    place.events.length ? [el('h3', {}, say('place_events')), el('ul', {}, place.events.map(([iso, word, claimant, source]) => el('li', {}, `${words.day(iso)}: ${say(`event_${word}`)} (`, claimantOf(reader, claimant), ') ', sourceList(reader, source))))] : '',
    place.history.length ? el('p', { class: 'fm-soft' }, say('place_rule')) : '',
  ];
}

function qualified(reader, row) {
  const value = reader.words().given(row.value);
  return row.qualifier === 'exact' ? value : reader.say(`qualifier_${row.qualifier}`, { value });
}

function figureList(reader, rows) {
  const { say } = reader;
  return el('ul', { class: 'fm-list' }, rows.map((row) => el('li', {}, el('button', { type: 'button', class: 'fm-row', onclick: () => reader.set({ figure: row, zone: null, place: null }) },
    markIcon(row.mark),
    el('span', { class: 'fm-grow' }, `${qualified(reader, row)} ${say('km2')}`, el('small', {}, figureDay(reader, row)), el('small', {}, claimantOf(reader, row.claimant))),
    el('span', { class: 'fm-verdict' }, say(`verdict_${row.mark}`))))));
}

// A figure's as-of date no more exactly than it is known.
function figureDay(reader, row) {
  const words = reader.words();
  if (row.precision === 'undated') return reader.say('undated');
  if (row.precision === 'month') return words.monthOf(row.iso);
  return row.precision === 'about' ? reader.say('qualifier_about', { value: words.day(row.iso) }) : words.day(row.iso);
}

// Why a figure got its verdict: what it was set against, and what came of it.
function reasonOf(reader, row) {
  const text = [basisOf(reader, row), row.mark === 'unchecked' ? '' : outcomeOf(reader, row)].filter(Boolean).join('; ');
  return `${sentence(reader, text)}.`;
}

function sentence(reader, text) {
  return text[0].toLocaleUpperCase(reader.state.language) + text.slice(1);
}

function basisOf(reader, row) {
  const { model, data, say } = reader;
  const words = reader.words();
  if (words.has(`why_${row.measure}`) && row.measure !== 'peak') return say(`why_${row.measure}`);
  if (row.measure === 'peak') return say('why_peak');
  if (row.precision === 'undated') return say('why_undated');
  const checked = row.mark !== 'unchecked';
  if (row.precision === 'month') return say(checked ? 'why_month' : 'why_no_month', { month: words.monthOf(row.iso) });
  const iso = checked ? row.snapshots[0][0] : model.stops[model.nearest(row.time)].iso;
  const values = { date: words.day(iso), n: Math.round(Math.abs(Date.parse(iso) - row.time) / DAY), allowed: data.days_around[row.precision] };
  if (!checked) return say('why_far', values);
  return say(values.n ? 'why_near' : 'why_day', values);
}

function outcomeOf(reader, row) {
  const { say } = reader;
  const limited = ['up_to', 'over', 'at_least'].includes(row.qualifier);
  const limit = limited ? say(`limit_${row.qualifier}`) : '';
  if (row.mark !== 'agrees') return say(`out_${row.mark}`, { it: limited ? say('out_even', { limit }) : say('out_it') });
  if (!limited) return say('out_agrees');
  if (row.qualifier === 'up_to') return say(row.controlled < row.value ? 'out_lower' : 'out_meets', { limit });
  return say(row.low > row.value ? 'out_higher' : 'out_meets', { limit });
}

function markIcon(mark) {
  return svg('svg', { class: 'fm-mark-icon', viewBox: '0 0 14 14', width: 14, height: 14, 'aria-hidden': 'true' }, svg('path', { class: `fm-mark fm-mark-${mark}`, d: MARKS[mark](7, 7) }));
}

function figureDetails(reader, row) {
  const { say } = reader;
  const words = reader.words();
  const unit = say('km2');
  const pair = (name, value) => [el('dt', {}, say(name)), el('dd', {}, value)];
  const range = (low, high, error) => `${words.number(low)} – ${words.number(high)} ${unit}, ± ${words.number(error)} ${unit}`;
  return el('dl', { class: 'fm-facts' },
    pair('figure_verdict', [markIcon(row.mark), ' ', el('strong', {}, say(`verdict_${row.mark}`)), el('small', {}, reasonOf(reader, row))]),
    pair('figure_claimant', claimantOf(reader, row.claimant)),
    pair('figure_as_of', row.precision === 'undated' ? say('precision_undated') : [figureDay(reader, row), row.precision === 'about' ? '' : ` (${say(`precision_${row.precision}`)})`]),
    pair('figure_measure', say(`measure_${row.measure}`)),
    row.low === null ? '' : pair('figure_map', [range(row.low, row.high, row.error), row.within_error ? el('small', {}, say('within_error')) : row.within_bound ? el('small', {}, say('within_bound', { value: words.number(row.bound) })) : '']),
    row.snapshots.length ? pair('figure_snapshots', snapshotsOf(reader, row)) : '',
    row.difference === null ? '' : pair('figure_difference', `${signed(words, row.difference)} ${unit}${percentOf(words, row)}${row.from ? say('figure_from', { value: words.number(row.value - row.difference), date: words.day(row.from) }) : ''}${row.mark === 'above' ? say('figure_above', { value: words.number(row.value - row.high) }) : ''}`),
    row.by_day ? [el('dt', {}, say('figure_by_day', { date: words.day(row.iso) })), el('dd', {}, `${range(...row.by_day.slice(1))}: ${say(`verdict_${row.by_day[0]}`)}`)] : '',
    pair('zone_sources', sourceList(reader, row.sources)),
    row.note ? pair('zone_note', given(reader, row.note)) : '');
}

function snapshotsOf(reader, { snapshots }) {
  const words = reader.words();
  const [[first, age]] = snapshots;
  if (snapshots.length > 1) return reader.say('snapshots_of', { first: words.day(first), last: words.day(snapshots[snapshots.length - 1][0]), n: snapshots.length });
  const seen = el('button', { type: 'button', class: 'fm-link', onclick: () => reader.set({ index: reader.model.find(first) }) }, words.day(first));
  return [seen, age === null ? '' : ` (${ageText(reader, age)})`];
}

function ageText(reader, days) {
  if (days === 0) return reader.say('same_day');
  return reader.say(days > 0 ? 'days_before' : 'days_after', { n: Math.abs(days) });
}

// The difference in per cent of the area that it is from.
function percentOf(words, { value, difference }) {
  return value === difference ? '' : ` (${signed(words, (100 * difference) / (value - difference))} %)`;
}

function signed(words, value) {
  return `${value < 0 ? '−' : '+'}${words.number(Math.abs(value))}`;
}

function figuresSection(reader) {
  const { data, say } = reader;
  const undated = (row) => Number(row.precision === 'undated');
  const rows = [...data.reported].sort((a, b) => undated(a) - undated(b));
  return section(reader, 'figures', () => [el('p', {}, say('figures_help')), figureList(reader, rows)], { when: ['language'] });
}

function tableSection(reader) {
  const { model, state, say } = reader;
  const row = (stop, i) => {
    const words = reader.words();
    const area = model.areaAt(state.party, i);
    const cells = [area.controlled, area.contested, area.claimed, area.error].map((value) => el('td', {}, words.number(value)));
    return el('tr', {}, el('th', { scope: 'row' }, el('button', { type: 'button', class: 'fm-link', onclick: () => reader.go(i) }, words.shortStop(stop))), cells);
  };
  const made = keptFor(() => {
    const head = ['date', 'controlled', 'contested', 'claimed', 'error'].map((word) => el('th', { scope: 'col' }, say(`table_${word}`)));
    const rows = model.stops.map(row);
    const table = el('table', {}, el('caption', {}, say('table_caption')), el('thead', {}, el('tr', {}, head)), el('tbody', {}, rows));
    return { rows, box: el('div', { class: 'fm-scroll', tabindex: 0, role: 'group', 'aria-label': say('section_table') }, table) };
  });
  let current = null;
  return section(reader, 'table', () => {
    const { rows, box } = made(`${state.language} ${state.party}`);
    if (current) current.removeAttribute('aria-current');
    current = rows[state.index];
    current.setAttribute('aria-current', 'date');
    return box;
  }, { when: ['language', 'party', 'index'] });
}

function methodSection(reader) {
  const { say } = reader;
  const paragraphs = (name) => say(name).split('\n').map((text) => el('p', {}, text));
  const meaning = (status) => [el('dt', {}, swatch(reader, status), ` ${say(status)}`), el('dd', {}, say(`means_${status}`))];
  return section(reader, 'method', () => [el('dl', { class: 'fm-facts' }, ['controlled', 'contested', 'claimed'].map(meaning)), paragraphs('method'), el('h3', {}, say('limits_title')), paragraphs('limits')], { when: ['language'] });
}

function makersSection(reader) {
  const { data, say } = reader;
  return section(reader, 'makers', () => [
    el('p', {}, `${say('maker')}: `, el('strong', {}, data.maker), `. ${say('license')}: ${data.license}.`),
    data.credits.map((credit) => el('p', { lang: 'en' }, credit)),
    el('p', {}, 'Leaflet (BSD-2-Clause), folium (MIT).'),
    el('h3', {}, say('all_sources')),
    el('div', { class: 'fm-scroll', tabindex: 0, role: 'group', 'aria-label': say('all_sources') }, sourceList(reader, data.sources.map((_, i) => i).filter((i) => data.sources[i][0]))),
  ], { when: ['language'] });
}

function shareSection(reader) {
  const { say, state, model } = reader;
  const button = (word, action) => el('button', { type: 'button', class: 'fm-button fm-wide', 'data-action': word, onclick: action }, say(word));
  return section(reader, 'share', () => [
    el('div', { class: 'fm-actions' },
      button('save_table', () => offer(fileName(reader, state.party, '.csv'), 'text/csv', csvOf(reader))),
      button('save_picture', () => offer(fileName(reader, model.stops[state.index].key, '.png'), 'image/png', pngOf(pictureOf(reader)))),
      button('print', () => window.print())),
    el('label', { class: 'fm-field' }, say('embed'), el('textarea', { rows: 3, readonly: true, onfocus: (event) => event.target.select() }, embedSnippet(reader))),
    tileSwitch(reader),
  ], { when: ['language', 'index', 'against'] });
}

function embedSnippet(reader) {
  const title = titleOf(reader).text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const hash = reader.address ? reader.address() : '';
  return `<iframe src="${reader.data.slug}.html${hash.replace(/&/g, '&amp;')}" title="${title}" width="100%" height="800" loading="lazy"></iframe>`;
}

function pageFoot(reader) {
  const { data, say } = reader;
  const node = el('footer', { class: 'fm-foot' });
  const update = (what) => {
    if (what && !what.includes('language')) return;
    fill(node, [
      el('span', {}, `${say('maker')}: ${data.maker}, ${data.license}`),
      el('span', { lang: 'en' }, data.credits.join(' · ')),
      el('span', {}, `${say('archive')} `, el('code', {}, data.digest.slice(0, 16))),
      el('span', {}, `${say('recorded')} ${reader.words().instant(data.recorded)}`),
      el('span', {}, data.app),
    ]);
  };
  reader.listen(update);
  update();
  return node;
}
