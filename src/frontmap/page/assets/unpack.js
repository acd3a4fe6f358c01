// The packed form, read back: see docs/page.md.

const PER_DEGREE = 1e5;

function numbersOf(bytes) {
  let at = 0;
  const next = () => {
    let number = 0;
    let unit = 1;
    for (;;) {
      const byte = bytes[at];
      at += 1;
      number += (byte & 127) * unit;
      if (byte < 128) return number;
      unit *= 128;
    }
  };
  const signed = () => {
    const number = next();
    return number % 2 ? -(number + 1) / 2 : number / 2;
  };
  return { next, signed };
}

// Vertices once, in Mercator units of the whole world (0 to 1), so that drawing only scales.
function unpackShapes(bytes) {
  const { next, signed } = numbersOf(bytes);
  const count = next();
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  const rings = [];
  let line = new Uint32Array(1 << 16);
  let written = 0;
  let fresh = 0;
  let copiedTo = 0;
  let lon = 0;
  let lat = 0;
  let stepLon = 0;
  let stepLat = 0;
  for (let left = next(); left > 0; left -= 1) {
    const begin = written;
    const end = begin + next();
    if (end > line.length) {
      const longer = new Uint32Array(Math.max(end, line.length * 2));
      longer.set(line);
      line = longer;
    }
    while (written < end) {
      const head = next();
      const kind = head % 4;
      const length = (head - kind) / 4;
      if (kind === 0 || kind === 3) {
        for (let i = 0; i < length; i += 1, written += 1, fresh += 1) {
          stepLon = signed() + (kind && stepLon);
          stepLat = signed() + (kind && stepLat);
          lon += stepLon;
          lat += stepLat;
          x[fresh] = worldX(lon / PER_DEGREE);
          y[fresh] = worldY(lat / PER_DEGREE);
          line[written] = fresh;
        }
      } else {
        const step = kind === 1 ? 1 : -1;
        let place = copiedTo + signed();
        for (let i = 0; i < length; i += 1, written += 1, place += step) line[written] = line[place];
        copiedTo = place;
      }
    }
    rings.push([begin, end]);
  }
  const shapes = [];
  for (let left = next(); left > 0; left -= 1) {
    const parts = [];
    for (let part = next(); part > 0; part -= 1) {
      const own = [];
      for (let ring = next(); ring > 0; ring -= 1) own.push(next());
      parts.push(own);
    }
    shapes.push(parts);
  }
  return { x, y, rings: rings.map(([a, b]) => line.subarray(a, b)), shapes };
}

function unpackZones(bytes, metas, strings) {
  const { next } = numbersOf(bytes);
  const zones = [];
  for (let left = next(); left > 0; left -= 1) {
    const shape = next();
    const [party, status, confidence, accuracy, sources, note] = metas[next()];
    const zone = { shape, party, status, confidence, accuracy, sources, note };
    zone.id = strings[next()];
    zone.km2 = next() / 100;
    zone.spans = [];
    let stop = 0;
    for (let spans = next(); spans > 0; spans -= 1) {
      const from = stop + next();
      stop = from + next();
      zone.spans.push([from, stop]);
    }
    zones.push(zone);
  }
  return zones;
}

function worldX(lon) {
  return lon / 360 + 0.5;
}

function worldY(lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}
