// What the reader takes along: the table as CSV, the view as a picture; and tiles, only when asked for.

const TILE_HOST = 'tile.openstreetmap.org';

function csvOf(reader) {
  const { model, state, data } = reader;
  const head = ['date', 'maker', 'party', 'controlled_km2', 'contested_km2', 'claimed_km2', 'error_km2', 'bound_km2', 'digest'];
  if (data.known) head.push('known');
  const versus = state.against >= 0;
  if (versus) head.push('from_date', 'to_date', 'gained_km2', 'lost_km2');
  const rows = model.stops.map((stop, i) => {
    const area = model.areaAt(state.party, i);
    const row = [stop.key, data.maker, state.party, area.controlled, area.contested, area.claimed, area.error, area.bound, model.revisionsAt(i)[0].digest];
    if (data.known) row.push(data.known);
    const [from, to] = inTime(state.against, i);
    const change = versus ? model.change(state.party, from, to) : null;
    if (versus) row.push(model.stops[from].key, model.stops[to].key, change ? change.gained : '', change ? change.lost : '');
    return row;
  });
  return [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('');
}

// The file's name tells the archive, what is in it, and as known when.
function fileName(reader, what, ending) {
  const { slug, known } = reader.data;
  return [slug, what, known && `known-${known}`].filter(Boolean).join('-').replace(/:/g, '') + ending;
}

// A cell that a spreadsheet would run as a formula starts with an apostrophe.
function csvCell(value) {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

function pictureOf(reader) {
  const { map, model, state, data, say } = reader;
  const words = reader.words();
  const palette = reader.palette();
  const size = map.getSize();
  const ratio = 2;
  const versus = state.against < 0 ? '' : versusText(reader).map((node) => node.textContent || '').join('');
  const head = 64 + (versus ? 20 : 0) + (data.known ? 24 : 0);
  const foot = 40;
  const picture = el('canvas', { width: size.x * ratio, height: (size.y + head + foot) * ratio });
  const pen = picture.getContext('2d');
  pen.scale(ratio, ratio);
  pen.fillStyle = palette.ground;
  pen.fillRect(0, 0, size.x, size.y + head + foot);
  const corner = map.getPixelBounds().min;
  const scale = 256 * 2 ** map.getZoom();
  const sheet = el('canvas', { width: size.x * ratio, height: size.y * ratio });
  const brush = sheet.getContext('2d');
  brush.scale(ratio, ratio);
  reader.paint(brush, { scale, left: corner.x, top: corner.y, width: size.x, height: size.y, ratio }, { ...reader.scene(), over: false });
  pen.drawImage(sheet, 0, head, size.x, size.y);
  pen.fillStyle = palette.ink;
  pen.textBaseline = 'top';
  pen.font = `600 20px ${FONT}`;
  pen.fillText(words.stop(model.stops[state.index]), 14, 10);
  const text = areaText(reader, state.index);
  pen.font = `15px ${FONT}`;
  pen.fillText(`${partyName(reader, state.party)}: ${text.controlled} ± ${text.error} ${text.unit} ${say('head_controlled')} + ${text.contested} ${text.unit} ${say('head_contested')}`, 14, 38);
  pen.fillText(versus, 14, 60);
  if (data.known) {
    pen.font = `700 15px ${FONT}`;
    pen.fillText(say('known', { instant: words.instant(data.known) }), 14, head - 22);
  }
  let left = 14;
  pen.font = `12px ${FONT}`;
  const shown = state.against >= 0 ? ['controlled', 'contested', 'gained', 'lost'] : ['controlled', 'contested'];
  shown.forEach((word) => {
    pen.save();
    pen.translate(left, size.y + head + 3);
    pen.scale(0.8, 0.8);
    paintSwatch(pen, palette, word, colourOf(model, palette, word, state.party), ratio);
    pen.restore();
    pen.fillStyle = palette.ink;
    pen.fillText(say(`legend_${word}`), left + 30, size.y + head + 6);
    left += 46 + pen.measureText(say(`legend_${word}`)).width;
  });
  pen.fillStyle = palette.soft;
  pen.fillText([titleOf(reader).text, `${data.maker}, ${data.license}`, ...data.credits, data.digest.slice(0, 12)].join(' · '), 14, size.y + head + 23);
  return picture;
}

// `toBlob` waits for the browser to be idle, for seconds where it never is.
function pngOf(canvas) {
  return Uint8Array.from(atob(canvas.toDataURL().split(',')[1]), (sign) => sign.charCodeAt(0));
}

function tileSwitch(reader) {
  const { map, say } = reader;
  const box = el('input', { type: 'checkbox', checked: Boolean(reader.tiles) });
  const note = el('p', { class: 'fm-note', role: 'status' });
  const off = () => {
    if (reader.tiles) reader.tiles.remove();
    reader.tiles = null;
    box.checked = false;
    reader.canvas.redraw();
  };
  box.addEventListener('change', () => {
    fill(note, []);
    if (!box.checked) {
      off();
      return;
    }
    reader.tiles = L.tileLayer(`https://${TILE_HOST}/{z}/{x}/{y}.png`, { maxZoom: 19 });
    let arrived = 0;
    reader.tiles.on('tileload', () => { arrived += 1; });
    reader.tiles.on('tileerror', () => {
      if (arrived || !reader.tiles) return;
      off();
      note.textContent = say('tiles_failed', { host: TILE_HOST });
    });
    reader.tiles.addTo(map);
    reader.canvas.redraw();
    note.textContent = '© OpenStreetMap contributors';
  });
  return el('div', {}, el('label', { class: 'fm-check' }, box, say('tiles', { host: TILE_HOST })), note);
}
