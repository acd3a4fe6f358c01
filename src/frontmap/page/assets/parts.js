// The pieces that the whole page and the control on somebody's map share.

const FEW_SOURCES = 8;

function areaText(reader, index) {
  const { model, state, say } = reader;
  const words = reader.words();
  const area = model.areaAt(state.party, index);
  return {
    area,
    controlled: words.number(area.controlled),
    contested: words.number(area.contested),
    claimed: words.number(area.claimed),
    error: words.number(area.error),
    unit: say('km2'),
  };
}

// A text of the archive's makers, as they gave it, in their language.
function given(reader, text) {
  return el('span', { class: 'fm-given', lang: reader.data.language }, text);
}

// Who said something: in the reader's language where there is such a name, else as given.
function claimantOf(reader, names) {
  const text = reader.words().claimant(names);
  return text === names[0] ? given(reader, text) : text;
}

// The archive's title in the reader's language where it has one: a text and its language.
function titleOf(reader) {
  const { titles, language } = reader.data;
  const own = reader.state.language;
  return own in titles ? { text: titles[own], lang: own } : { text: titles[language], lang: language };
}

function titleHeading(reader, tag) {
  const node = el(tag, { class: 'fm-title' });
  const update = (what) => {
    if (what && !what.includes('language')) return;
    const { text, lang } = titleOf(reader);
    node.textContent = text;
    node.lang = lang;
  };
  reader.listen(update);
  update();
  return node;
}

function partyName(reader, code) {
  const names = reader.data.parties[code];
  return names ? reader.words().name(names) : code;
}

function headline(reader) {
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
  const update = () => {
    const words = reader.words();
    const stop = model.stops[state.index];
    const text = areaText(reader, state.index);
    write(date, words.stop(stop));
    date.setAttribute('datetime', stop.iso);
    write(whose, `${partyName(reader, state.party)}: `);
    write(controlled, text.controlled);
    write(error, ` ± ${text.error}`);
    write(much, ` ${text.unit} ${say('head_controlled')}`);
    write(contested, `+ ${text.contested} ${text.unit} ${say('head_contested')}`);
    write(claimed, `(${say('head_claimed')}: ${text.claimed} ${text.unit})`);
    if (error.title !== say('error_note')) error.title = say('error_note');
    fill(figure, [whole, contested, text.area.claimed ? claimed : '']);
    fill(versus, state.against < 0 ? [] : versusText(reader));
  };
  reader.listen(update);
  update();
  return { date, figure, versus };
}

function versusText(reader) {
  const { model, state, say } = reader;
  const words = reader.words();
  const [from, to] = inTime(state.against, state.index);
  const change = model.change(state.party, from, to);
  const [first, last] = [model.stops[from], model.stops[to]];
  const days = Math.round((last.time - first.time) / DAY);
  const net = change ? change.gained - change.lost : model.areaAt(state.party, to).controlled - model.areaAt(state.party, from).controlled;
  const sign = net < 0 ? '−' : '+';
  const unit = say('km2');
  return [
    el('span', {}, `${say('against', { from: words.stop(first), to: words.stop(last) })} (${say('days', { n: days })}): `),
    change ? el('span', { class: 'fm-gained' }, `${say('gained')} ${words.number(change.gained)} ${unit}, `) : '',
    change ? el('span', { class: 'fm-lost' }, `${say('lost')} ${words.number(change.lost)} ${unit}, `) : '',
    el('span', {}, `${say('net')} ${sign}${words.number(Math.abs(net))} ${unit}`),
  ];
}

function announcer(reader) {
  const node = el('p', { class: 'fm-unseen', role: 'status', 'aria-live': 'polite' });
  const speak = () => {
    if (reader.state.playing) return;
    const { say, state } = reader;
    const text = areaText(reader, state.index);
    const versus = state.against < 0 ? '' : `. ${versusText(reader).map((one) => one.textContent || '').join('')}`;
    node.textContent = say('announce', { party: partyName(reader, state.party), date: reader.words().stop(reader.model.stops[state.index]), controlled: text.controlled, contested: text.contested, n: reader.words().counted(text.area.controlled) }) + versus;
  };
  reader.announce = (text) => { node.textContent = text; };
  const speakLater = atRest(speak, 350);
  reader.listen((what) => {
    if (!['index', 'playing', 'language', 'party', 'against'].some((key) => what.includes(key))) return;
    speakLater();
  });
  return node;
}

function stepButtons(reader) {
  const { state, model } = reader;
  const icon = (path) => svg('svg', { viewBox: '0 0 20 20', width: 20, height: 20, 'aria-hidden': 'true' }, svg('path', { d: path }));
  const back = el('button', { type: 'button', class: 'fm-button', onclick: () => reader.go(state.index - 1) }, icon('M13 3L6 10l7 7'));
  const next = el('button', { type: 'button', class: 'fm-button', onclick: () => reader.go(state.index + 1) }, icon('M7 3l7 7-7 7'));
  const play = el('button', { type: 'button', class: 'fm-button fm-play', onclick: () => reader.play(!state.playing) });
  const update = (what) => {
    back.setAttribute('aria-disabled', state.index === 0);
    next.setAttribute('aria-disabled', state.index === model.stops.length - 1);
    if (what && !what.includes('playing') && !what.includes('language')) return;
    fill(play, [icon(state.playing ? 'M6 3h3v14H6zM11 3h3v14h-3z' : 'M5 2l12 8-12 8z')]);
    label(play, reader.say(state.playing ? 'pause' : 'play'));
    label(back, reader.say('previous'));
    label(next, reader.say('next'));
  };
  reader.listen(update);
  update();
  return [back, play, next];
}

function label(node, text) {
  node.setAttribute('aria-label', text);
  node.title = text;
}

function slider(reader) {
  const { model, state } = reader;
  const first = model.stops[0].time;
  const unit = model.data.minutes ? 60000 : DAY;
  const at = (index) => Math.round((model.stops[index].time - first) / unit);
  const input = el('input', { type: 'range', class: 'fm-slider', min: 0, max: Math.max(1, at(model.stops.length - 1)), step: 1 });
  input.addEventListener('input', () => {
    reader.go(model.nearest(first + Number(input.value) * unit));
    input.value = at(state.index);
  });
  input.addEventListener('keydown', (event) => {
    if (!event.altKey && !event.ctrlKey && !event.metaKey && step(reader, event.key)) event.preventDefault();
  });
  const update = (what) => {
    const text = areaText(reader, state.index);
    if (!what || what.includes('language')) input.setAttribute('aria-label', reader.say('slider'));
    input.value = at(state.index);
    input.setAttribute('aria-valuetext', `${reader.words().stop(model.stops[state.index])}, ${text.controlled} ${text.unit}`);
  };
  reader.listen(update);
  update();
  return input;
}

function step(reader, key) {
  const { state, model } = reader;
  const moves = {
    ArrowLeft: () => reader.go(state.index - 1),
    ArrowDown: () => reader.go(state.index - 1),
    ArrowRight: () => reader.go(state.index + 1),
    ArrowUp: () => reader.go(state.index + 1),
    PageDown: () => reader.month(-1),
    PageUp: () => reader.month(1),
    Home: () => reader.go(0),
    End: () => reader.go(model.stops.length - 1),
  };
  if (!moves[key]) return false;
  moves[key]();
  return true;
}

function swatch(reader, word) {
  const ratio = 2;
  const canvas = el('canvas', { class: 'fm-swatch', width: 30 * ratio, height: 18 * ratio });
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  const palette = reader.palette();
  paintSwatch(context, palette, word, colourOf(reader.model, palette, word, reader.state.party), ratio);
  return canvas;
}

function paintSwatch(context, palette, word, colour, ratio) {
  const style = STYLES[word];
  if (style) {
    context.beginPath();
    context.rect(2, 2, 26, 14);
    if (style.wash) {
      context.globalAlpha = style.wash;
      context.fillStyle = colour;
      context.fill();
      context.globalAlpha = 1;
    }
    if (style.hatch) {
      context.fillStyle = hatch(context, style.hatch, colour, { left: 0, top: 0, ratio });
      context.fill();
    }
    context.setLineDash(style.line);
    context.lineWidth = style.width;
    context.strokeStyle = colour;
    context.stroke();
  } else if (word === 'border') {
    context.beginPath();
    context.moveTo(0, 9);
    context.lineTo(30, 9);
    context.strokeStyle = palette.border;
    context.lineWidth = 2;
    context.setLineDash([10, 3, 2, 3]);
    context.stroke();
  } else {
    placeMark(context, palette, 15, 9, word.slice(6), 6);
  }
}

function legend(reader) {
  const list = el('ul', { class: 'fm-legend' });
  const update = (what) => {
    if (what && !what.some((key) => ['language', 'against', 'party', 'theme'].includes(key))) return;
    const { state, model, data, say } = reader;
    const used = new Set(model.zones.map((zone) => zone.status));
    const shown = ['controlled', 'contested', 'claimed', ...(state.against >= 0 ? ['gained', 'lost'] : [])];
    const ground = shown.filter((word) => word === 'gained' || word === 'lost' || used.has(word));
    const rest = [data.lines.length ? 'border' : '', ...(data.places.some((place) => place.history.length) ? ['place-held', 'place-contested', 'place-none'] : [])];
    fill(list, [...ground, ...rest].filter(Boolean).map((word) => el('li', {}, swatch(reader, word), say(`legend_${word.replace('-', '_')}`))));
    list.setAttribute('aria-label', say('legend'));
  };
  reader.listen(update);
  update();
  return list;
}

// The town, or the settlement most spoken of, that a zone holds, to tell one row from another.
function zoneName(reader, zone) {
  const { model } = reader;
  if (zone.inside === undefined) zone.inside = model.byRank().find((place) => insideShape(model.shapes, zone.shape, place.x, place.y)) || null;
  return zone.inside ? reader.words().name(zone.inside.names) : '';
}

function zoneDetails(reader, zone) {
  const { data, model, say } = reader;
  const words = reader.words();
  const row = (name, value) => [el('dt', {}, say(name)), el('dd', {}, value)];
  const spans = zone.spans.map(([from, to]) => (to - from > 1 ? `${words.stop(model.stops[from])} – ${words.stop(model.stops[to - 1])}` : words.stop(model.stops[from])));
  return el('dl', { class: 'fm-facts' },
    row('zone_status', [swatch(reader, zone.status), ` ${say(zone.status)}`, el('small', {}, say(`means_${zone.status}`))]),
    row('zone_party', partyName(reader, zone.party)),
    row('zone_area', `${words.tenth(zone.km2)} ${say('km2')}`),
    row('zone_confidence', [say(`confidence_${zone.confidence}`), el('small', {}, say(`means_${zone.confidence}`))]),
    row('zone_accuracy', `± ${words.number(zone.accuracy)} ${say('m')}`),
    row('zone_dates', spans.map((span) => el('div', {}, span))),
    row('zone_sources', fewSources(reader, zone.sources)),
    zone.note ? row('zone_note', given(reader, zone.note)) : '',
    row('zone_id', el('code', {}, zone.id)));
}

// The first sources; the rest when asked for, and on paper.
function fewSources(reader, numbers) {
  if (numbers.length <= FEW_SOURCES + 1) return sourceList(reader, numbers);
  const list = sourceList(reader, numbers.slice(0, FEW_SOURCES));
  const grow = () => list.append(...sourceList(reader, numbers.slice(FEW_SOURCES)).children);
  return [list, growButton(list, reader.say('sources_all', { n: numbers.length }), grow)];
}

function sourceList(reader, numbers) {
  const { data, say } = reader;
  if (!numbers.length) return say('no_source');
  return el('ul', { class: 'fm-sources' }, numbers.map((number) => {
    const published = data.sources[number][2];
    return el('li', {}, sourceLink(reader, number), published ? `, ${published}` : '');
  }));
}

function sourceLink({ data }, number) {
  const [publisher, url] = data.sources[number];
  return link(publisher, `${url}`.replace(/^\/\//, 'https://'), { lang: data.language });
}
