// What the page knows, asked by date: plain values, nothing drawn here.

const DAY = 86400000;
const GAP_DAYS = 31;

function makeModel(data) {
  const first = Date.parse(`${data.first}T00:00:00Z`);
  const stops = [];
  data.steps.reduce((days, step, i) => {
    const day = days + step;
    const minutes = data.minutes ? data.minutes[i] : 0;
    const time = first + day * DAY;
    const iso = new Date(time).toISOString().slice(0, 10);
    stops.push({ iso, time: time + minutes * 60000, minutes, index: i });
    return day;
  }, 0);
  stops.forEach((stop, i) => {
    const twin = (other) => other && other.iso === stop.iso;
    const clock = new Date(stop.time).toISOString().slice(11, 16);
    stop.clock = twin(stops[i - 1]) || twin(stops[i + 1]) ? clock : '';
    stop.key = stop.clock ? `${stop.iso}T${stop.clock}` : stop.iso;
  });

  const shapes = unpackShapes(data.geo, data.vertices);
  const zones = unpackZones(data.zones, data.metas, data.strings);
  const order = { claimed: 2, contested: 1, controlled: 0 };
  const starts = stops.map(() => []);
  zones.forEach((zone) => zone.spans.forEach(([from, to]) => {
    for (let i = from; i < to; i += 1) starts[i].push(zone);
  }));
  starts.forEach((list) => list.sort((a, b) => order[a.status] - order[b.status]));

  ['places', 'reported', 'events', 'revisions'].forEach((name) => { data[name] = rowsOf(data[name]); });
  const isoAfter = (days) => new Date(first + days * DAY).toISOString().slice(0, 10);
  data.places.forEach((place) => {
    place.names = [place.en, place.uk, place.ru];
    place.events = place.events.map(([days, word, claimant, sources]) => [isoAfter(days), word, data.claimants[claimant], sources]);
  });
  const revisions = stops.map(() => []);
  data.revisions.forEach((row) => revisions[row.stop].push(row));
  data.reported.forEach((row) => { row.time = Date.parse(`${row.iso}T00:00:00Z`); });
  const areaAt = (party, i) => {
    const columns = data.areas[party];
    const [controlled, contested, claimed, error, bound] = columns.map((column) => column[i]);
    return { controlled, contested, claimed, error, bound };
  };

  const change = shiftTable(data.shifts, Object.keys(data.areas), stops.length, data.every_pair);
  return {
    data,
    stops,
    shapes,
    zones,
    parties: Object.keys(data.areas),
    zonesAt: (i) => starts[i],
    // The revision in force first, then the earlier ones, newest first.
    revisionsAt: (i) => revisions[i],
    areaAt,
    change,
    gapAfter: (i) => {
      const next = stops[i + 1];
      const days = next ? Math.round((next.time - stops[i].time) / DAY) : 0;
      return days > GAP_DAYS ? days : 0;
    },
    find: (key) => {
      let best = -1;
      stops.forEach((stop, i) => {
        if (stop.key === key || (stop.iso <= key.slice(0, 10) && key.length === 10)) best = i;
      });
      return best;
    },
    nearest: (time) => {
      let low = 0;
      let high = stops.length - 1;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (stops[middle].time <= time) low = middle; else high = middle;
      }
      return time - stops[low].time <= stops[high].time - time ? low : high;
    },
  };
}

// Gained and lost between two dates, as measured; null where the page doesn't carry that pair.
function shiftTable(bytes, parties, count, everyPair) {
  const { next } = numbersOf(bytes);
  const pairs = everyPair ? (count * (count - 1)) / 2 : count - 1;
  const tables = {};
  parties.forEach((party) => {
    tables[party] = Array.from({ length: pairs }, () => ({ gained: next() / 100, lost: next() / 100 }));
  });
  return (party, from, to) => {
    if (from === to) return { gained: 0, lost: 0 };
    const low = Math.min(from, to);
    const high = Math.max(from, to);
    if (!everyPair && high - low > 1) return null;
    const { gained, lost } = tables[party][everyPair ? (high * (high - 1)) / 2 + low : low];
    return from < to ? { gained, lost } : { gained: lost, lost: gained };
  };
}

function statusOfPlace(place, i) {
  let status = '';
  for (const [from, word] of place.history) {
    if (from > i) break;
    status = word;
  }
  return status;
}

function insideShape(shapes, number, x, y) {
  let inside = false;
  shapes.shapes[number].forEach((part) => part.forEach((ring) => {
    const ids = shapes.rings[ring];
    for (let i = 0, j = ids.length - 1; i < ids.length; j = i, i += 1) {
      const ya = shapes.y[ids[i]];
      const yb = shapes.y[ids[j]];
      if ((ya > y) !== (yb > y)) {
        const xa = shapes.x[ids[i]];
        if (x < xa + ((shapes.x[ids[j]] - xa) * (y - ya)) / (yb - ya)) inside = !inside;
      }
    }
  }));
  return inside;
}
