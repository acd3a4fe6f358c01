// What the page knows, asked by date: plain values, nothing drawn here.

const DAY = 86400000;
const GAP_DAYS = 31;
const NO_ZONES = [];

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
  const order = { claimed: 2, contested: 1, controlled: 0 };
  const zones = unpackZones(data.zones, turned(data.metas), data.strings).sort((a, b) => order[a.status] - order[b.status]);
  const starts = stops.map(() => []);
  zones.forEach((zone) => zone.spans.forEach(([from, to]) => {
    for (let i = from; i < to; i += 1) starts[i].push(zone);
  }));
  const grounds = starts.map((list) => once(() => {
    const kinds = new Map();
    list.forEach((zone) => {
      const kind = `${zone.status} ${zone.party}`;
      if (kinds.has(kind)) kinds.get(kind).push(zone); else kinds.set(kind, [zone]);
    });
    return kinds;
  }));

  ['places', 'reported', 'events', 'revisions', 'words'].forEach((name) => { data[name] = rowsOf(data[name]); });
  const isoAfter = (days) => new Date(first + days * DAY).toISOString().slice(0, 10);
  const claimants = turned(data.claimants);
  data.places.forEach((place) => {
    place.names = [place.en, place.uk, place.ru];
    place.events = place.events.map(([days, word, claimant, sources]) => [isoAfter(days), data.happenings[word], claimants[claimant], [sources].flat()]);
  });
  data.sources = turned(data.sources);
  [data.reported, data.events].forEach((rows) => rows.forEach((row) => { row.claimant = claimants[row.claimant]; }));
  const revisions = stops.map(() => []);
  data.revisions.forEach((row) => revisions[row.stop].push(row));
  data.reported.forEach((row) => { row.time = Date.parse(`${row.iso}T00:00:00Z`); });
  const areaAt = (party, i) => {
    const columns = data.areas[party];
    const [controlled, contested, claimed, error, bound] = columns.map((column) => column[i]);
    return { controlled, contested, claimed, error, bound };
  };

  const change = shiftTable(data, Object.keys(data.areas), stops.length);
  return {
    data,
    stops,
    shapes,
    zones,
    parties: Object.keys(data.areas),
    zonesAt: (i) => starts[i],
    // Towns first, then the settlements of which most is reported.
    byRank: once(() => [...data.places].sort((a, b) => (b.kind > '') - (a.kind > '') || b.events.length - a.events.length)),
    // The zones of a date by status and party: all such lists, or the one of a status and party.
    groundsAt: (i, status, party) => (status ? grounds[i]().get(`${status} ${party}`) || NO_ZONES : [...grounds[i]().values()]),
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

// A comparison goes forward in time, whichever of its two dates was chosen first.
function inTime(one, other) {
  return one < other ? [one, other] : [other, one];
}

// Gained and lost from a date to a later one, as measured; null where the page doesn't carry that pair.
function shiftTable({ shifts, any_pair: anyPair, breaks }, parties, count) {
  const tables = once(() => {
    const { next } = numbersOf(shifts);
    return Object.fromEntries(parties.map((party) => [party, anyPair ? historiesOf(next) : nextsOf(next, count)]));
  });
  return (party, from, to) => (breaks.some((stop) => from < stop && stop <= to) ? null : tables()[party](from, to));
}

// Ground by the stops at which it changed hands: what turned an odd number of times has changed.
function historiesOf(next) {
  const count = next();
  const each = () => Array.from({ length: count }, next);
  const [areas, heads, rests] = [each(), each(), each()];
  let turns = [];
  const grounds = areas.map((area, i) => {
    turns = turns.slice(0, heads[i] >> 1);
    for (let left = rests[i]; left > 0; left -= 1) turns.push((turns[turns.length - 1] || 0) + next());
    return { area, turns: Uint32Array.from(turns), first: heads[i] & 1 };
  });
  return (low, high) => {
    const sums = [0, 0];
    grounds.forEach(({ area, turns: own, first }) => {
      let before = 0;
      let after = 0;
      for (let i = 0; i < own.length && own[i] <= high; i += 1) {
        after += 1;
        before += own[i] <= low ? 1 : 0;
      }
      if ((after - before) % 2) sums[(first + before) % 2] += area;
    });
    return { gained: sums[0] / 1000, lost: sums[1] / 1000 };
  };
}

// From each stop to the next alone.
function nextsOf(next, count) {
  const [gained, lost] = [0, 1].map(() => Array.from({ length: count - 1 }, () => next() / 1000));
  return (low, high) => {
    if (low === high) return { gained: 0, lost: 0 };
    return high - low === 1 ? { gained: gained[low], lost: lost[low] } : null;
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
  shapes.parts(number).forEach((part) => part.forEach((ring) => {
    const ids = shapes.ring(ring);
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
