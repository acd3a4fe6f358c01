// The state of one reading - which date, against which, in what language - and all that shows it.

const PLAY_MS = 900;
const REST_MS = 500;

// `over` says that the map has a ground of its own, which must show through.
function makeReader(map, data, over = false) {
  const model = makeModel(data);
  data.places.forEach((place) => {
    place.x = worldX(place.lon);
    place.y = worldY(place.lat);
  });
  const asked = readHash();
  const state = {
    language: chooseLanguage(asked.lang),
    party: model.parties.includes(asked.party) ? asked.party : model.parties[0],
    index: startIndex(model, asked.date),
    against: asked.vs ? model.find(asked.vs) : -1,
    zone: null,
    place: null,
    figure: null,
    playing: 0,
  };
  let words = makeWords(data.words, state.language);
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const palette = () => data.palette[dark.matches && !over && !window.matchMedia('print').matches ? 'dark' : 'light'];
  const scene = () => ({ ...state, palette: palette(), words, over: Boolean(over || reader.tiles) });
  const paint = makePainter(model);
  const listeners = [];
  const changed = (what) => listeners.forEach((listener) => listener(what));
  const set = (changes) => {
    const what = Object.keys(changes).filter((key) => state[key] !== changes[key]);
    if (!what.length) return;
    Object.assign(state, changes);
    if (what.includes('language')) words = makeWords(data.words, state.language);
    reader.canvas.redraw();
    changed(what);
  };
  const go = (index) => set({ index: Math.min(Math.max(index, 0), model.stops.length - 1), zone: null, figure: null });
  const reader = {
    map,
    model,
    data,
    state,
    paint,
    scene,
    palette,
    set,
    go,
    say: (key, values) => words.say(key, values),
    words: () => words,
    listen: (listener) => listeners.push(listener),
    refresh: () => {
      reader.canvas.redraw();
      changed(['theme']);
    },
    month: (sign) => {
      const day = new Date(model.stops[state.index].time);
      day.setUTCMonth(day.getUTCMonth() + sign);
      const near = model.nearest(day.getTime());
      go(near === state.index ? near + sign : near);
    },
    play: (on) => {
      window.clearInterval(state.playing);
      if (!on) {
        set({ playing: 0 });
        return;
      }
      if (state.index === model.stops.length - 1) go(0);
      set({ playing: window.setInterval(() => {
        go(state.index + 1);
        if (state.index === model.stops.length - 1) reader.play(false);
      }, PLAY_MS) });
    },
    zoneAt: (latlng) => {
      const x = worldX(latlng.lng);
      const y = worldY(latlng.lat);
      return [...model.zonesAt(state.index)].reverse().find((zone) => insideShape(model.shapes, zone.shape, x, y)) || null;
    },
    placeAt: (point) => data.places.find((place) => {
      const shown = place.kind === 'town' || (map.getZoom() >= VILLAGE_ZOOM && statusOfPlace(place, state.index));
      return shown && map.latLngToContainerPoint([place.lat, place.lon]).distanceTo(point) < 10;
    }) || null,
  };
  reader.canvas = makeCanvasLayer(paint, scene).addTo(map);
  dark.addEventListener('change', reader.refresh);
  window.matchMedia('print').addEventListener('change', reader.refresh);
  return reader;
}

function startIndex(model, wanted) {
  const found = wanted ? model.find(wanted) : -1;
  if (found >= 0) return found;
  const held = model.stops.map((_, i) => model.areaAt(model.parties[0], i).controlled);
  return held.indexOf(Math.max(...held));
}

function readHash() {
  try {
    return Object.fromEntries(new URLSearchParams(window.location.hash.slice(1)));
  } catch (error) {
    return {};
  }
}

// The address follows the view; where a frame has no address of its own it is left alone.
function followHash(reader) {
  const { model, state, map } = reader;
  const text = () => {
    const { lat, lng } = map.getCenter();
    const parts = { date: model.stops[state.index].key };
    if (state.against >= 0) parts.vs = model.stops[state.against].key;
    parts.lang = state.language;
    if (model.parties.length > 1) parts.party = state.party;
    parts.at = `${lat.toFixed(4)},${lng.toFixed(4)},${map.getZoom()}`;
    return `#${Object.entries(parts).map(([key, value]) => `${key}=${value}`).join('&')}`;
  };
  let waiting = 0;
  const write = () => {
    try {
      window.history.replaceState(null, '', text());
    } catch (error) {
      waiting = 0;
    }
  };
  const later = () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(write, REST_MS);
  };
  const lookAt = ({ at }) => {
    const [lat, lon, zoom] = (at || '').split(',').map(Number);
    if (Number.isFinite(lat + lon + zoom)) map.setView([lat, lon], zoom, { animate: false });
  };
  lookAt(readHash());
  reader.listen(later);
  map.on('moveend', later);
  window.addEventListener('hashchange', () => {
    const asked = readHash();
    const index = asked.date ? model.find(asked.date) : -1;
    reader.set({
      index: index >= 0 ? index : state.index,
      against: asked.vs ? model.find(asked.vs) : -1,
      language: LANGUAGES[asked.lang] ? asked.lang : state.language,
      party: model.parties.includes(asked.party) ? asked.party : state.party,
    });
    lookAt(asked);
  });
  return text;
}
