// The address and the view: what is in `#…` is shown, and what is shown is written there at rest.

const REST_MS = 500;

function readHash() {
  try {
    return Object.fromEntries(new URLSearchParams(window.location.hash.slice(1)));
  } catch (error) {
    return {};
  }
}

function slug(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
}

// A settlement by its English name, with what tells it from another of that name.
function placeKey(place) {
  return slug([place.names[0], place.raion ? place.raion[0] : '', place.sort || ''].join(' '));
}

// A figure by day and value; further ones of that day and value are numbered.
function figureKeys(reported) {
  const seen = new Map();
  return reported.map((row) => {
    const key = `${row.iso},${row.value}`;
    seen.set(key, (seen.get(key) || 0) + 1);
    return seen.get(key) > 1 ? `${key},${seen.get(key)}` : key;
  });
}

function addressOf(reader, figures) {
  const { model, data, state, map } = reader;
  const { lat, lng } = map.getCenter();
  const parts = { date: model.stops[state.index].key };
  if (state.against >= 0) parts.vs = model.stops[state.against].key;
  parts.lang = state.language;
  if (model.parties.length > 1) parts.party = state.party;
  if (state.zone) parts.zone = state.zone.id;
  if (state.place) parts.place = placeKey(state.place);
  if (state.figure) parts.figure = figures[data.reported.indexOf(state.figure)];
  parts.at = `${lat.toFixed(4)},${lng.toFixed(4)},${map.getZoom()}`;
  const written = (value) => encodeURIComponent(value).replace(/%2C/g, ',').replace(/%3A/g, ':');
  return `#${Object.entries(parts).map(([key, value]) => `${key}=${written(value)}`).join('&')}`;
}

// What an address asks for; what isn't there is left alone, and nothing is chosen that isn't named.
function askedFor(reader, asked, figures) {
  const { model, data, state } = reader;
  const found = asked.date ? model.find(asked.date) : -1;
  const index = found >= 0 ? found : state.index;
  return {
    index,
    against: asked.vs ? model.find(asked.vs) : -1,
    language: LANGUAGES[asked.lang] ? asked.lang : state.language,
    party: model.parties.includes(asked.party) ? asked.party : state.party,
    zone: (asked.zone && model.zonesAt(index).find((zone) => zone.id === asked.zone)) || null,
    place: (asked.place && data.places.find((place) => placeKey(place) === asked.place)) || null,
    figure: data.reported[figures.indexOf(asked.figure)] || null,
  };
}

// The address follows the view, and the view a new address; returns what writes the address. Where
// a frame has no address of its own it is left alone.
function followHash(reader) {
  const { map } = reader;
  const figures = figureKeys(reader.data.reported);
  const later = atRest(() => {
    try {
      window.history.replaceState(null, '', addressOf(reader, figures));
    } catch (error) {
      // A frame without an address.
    }
  }, REST_MS);
  const follow = () => {
    const asked = readHash();
    const wanted = askedFor(reader, asked, figures);
    const [lat, lon, zoom] = (asked.at || '').split(',').map(Number);
    if (Number.isFinite(lat + lon + zoom)) map.setView([lat, lon], zoom, { animate: false });
    else if (wanted.place) lookAtPlace(reader, wanted.place);
    reader.set({ ...wanted, asked });
  };
  follow();
  reader.listen(later);
  map.on('moveend', later);
  window.addEventListener('hashchange', follow);
  return () => addressOf(reader, figures);
}
