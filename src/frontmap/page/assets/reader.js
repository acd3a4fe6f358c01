// The state of one reading - which date, against which, in what language - and all that shows it.

const PLAY_MS = 900;

// `over` says that the map has a ground of its own, which must show through.
function makeReader(map, data, over = false) {
  const model = makeModel(data);
  data.places.forEach((place) => {
    place.x = worldX(place.lon);
    place.y = worldY(place.lat);
  });
  const asked = readHash();
  const state = {
    asked,
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
  const print = window.matchMedia('print');
  const palette = () => data.palette[dark.matches && !over && !print.matches ? 'dark' : 'light'];
  const scene = () => ({ ...state, palette: palette(), words, over: Boolean(over || reader.tiles) });
  const paint = makePainter(model);
  const listeners = [];
  const changed = (what) => listeners.forEach((listener) => listener(what));
  const set = (changes) => {
    const what = Object.keys(changes).filter((key) => state[key] !== changes[key]);
    if (!what.length) return;
    Object.assign(state, changes);
    if (what.includes('language')) words = makeWords(data.words, state.language);
    reader.canvas.redrawSoon();
    changed(what);
  };
  // A chosen zone is followed to its next shape, as long as there is one of its name.
  const go = (wanted) => {
    const index = Math.min(Math.max(wanted, 0), model.stops.length - 1);
    const zone = (state.zone && model.zonesAt(index).find(({ id }) => id === state.zone.id)) || null;
    set({ index, zone, figure: null });
  };
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
    tell: changed,
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
  reader.canvas = makeCanvasLayer(paint, scene);
  dark.addEventListener('change', reader.refresh);
  print.addEventListener('change', reader.refresh);
  return reader;
}

function startIndex(model, wanted) {
  const found = wanted ? model.find(wanted) : -1;
  if (found >= 0) return found;
  const held = model.stops.map((_, i) => model.areaAt(model.parties[0], i).controlled);
  return held.indexOf(Math.max(...held));
}
