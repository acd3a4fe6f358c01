// The packed form, read back: see docs/page.md.

const PER_DEGREE = 1e6;

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
  return { next, signed: () => unfold(next()) };
}

// A column: how many numbers, and the numbers.
function column(next, read) {
  const numbers = new Uint32Array(next());
  for (let i = 0; i < numbers.length; i += 1) numbers[i] = next();
  return read ? Array.from(numbers, read) : numbers;
}

const unfold = (number) => (number % 2 ? -(number + 1) / 2 : number / 2);

// Steps of vertices from planes of bytes, the lowest first: longitudes, then latitudes.
function stepsOf(planes) {
  const count = planes.length / 8;
  const steps = new Int32Array(2 * count);
  for (let axis = 0; axis < 2; axis += 1) {
    const at = axis * 4 * count;
    for (let i = 0; i < count; i += 1) {
      const folded = planes[at + i] | (planes[at + count + i] << 8) | (planes[at + 2 * count + i] << 16) | (planes[at + 3 * count + i] << 24);
      steps[axis * count + i] = (folded >>> 1) ^ -(folded & 1);
    }
  }
  return { lon: steps.subarray(0, count), lat: steps.subarray(count) };
}

// Vertices once, in Mercator units of the whole world (0 to 1), so that drawing only scales.
function unpackShapes(bytes, planes) {
  const { next } = numbersOf(bytes);
  const [lengths, heads] = [column(next), column(next)];
  const jumps = column(next, unfold);
  const steps = stepsOf(planes);
  const lon = new Int32Array(steps.lon.length);
  const lat = new Int32Array(steps.lat.length);
  const line = new Uint32Array(lengths.reduce((sum, length) => sum + length, 0));
  const rings = [];
  let written = 0;
  let fresh = 0;
  let run = 0;
  let jump = 0;
  let copiedTo = 0;
  lengths.forEach((length) => {
    const begin = written;
    while (written < begin + length) {
      const kind = heads[run] % 4;
      const end = written + (heads[run] - kind) / 4;
      run += 1;
      if (kind === 0 || kind === 3) {
        // New vertices go on from the last of the ring; at its start, from the last new one.
        const own = written - begin;
        const last = own ? line[written - 1] : fresh - 1;
        const before = own > 1 ? line[written - 2] : last;
        let [x, y] = last < 0 ? [0, 0] : [lon[last], lat[last]];
        let [stepX, stepY] = last < 0 ? [0, 0] : [x - lon[before], y - lat[before]];
        for (; written < end; written += 1, fresh += 1) {
          stepX = steps.lon[fresh] + (kind && stepX);
          stepY = steps.lat[fresh] + (kind && stepY);
          x += stepX;
          y += stepY;
          lon[fresh] = x;
          lat[fresh] = y;
          line[written] = fresh;
        }
      } else {
        const step = kind === 1 ? 1 : -1;
        let place = copiedTo + jumps[jump];
        jump += 1;
        for (; written < end; written += 1, place += step) line[written] = line[place];
        copiedTo = place;
      }
    }
    rings.push(line.subarray(begin, written));
  });
  return {
    x: Float64Array.from(lon, (units) => worldX(units / PER_DEGREE)),
    y: Float64Array.from(lat, (units) => worldY(units / PER_DEGREE)),
    rings,
    shapes: unpackParts(next),
  };
}

// Each shape as polygons, each polygon as the numbers of its rings.
function unpackParts(next) {
  const shapes = column(next);
  const parts = column(next);
  const told = column(next, unfold);
  let part = 0;
  let place = 0;
  let ring = -1;
  const ringOf = () => {
    ring += told[place];
    place += 1;
    return ring;
  };
  return Array.from(shapes, (count) => Array.from({ length: count }, () => {
    const rings = Array.from({ length: parts[part] }, ringOf);
    part += 1;
    return rings;
  }));
}

function unpackZones(bytes, metas, strings) {
  const { next, signed } = numbersOf(bytes);
  const count = next();
  const each = (read) => Array.from({ length: count }, read);
  const running = (last, by) => () => {
    last += by();
    return last;
  };
  const shapes = each(running(-1, () => signed() + 1));
  const rows = each(next);
  const names = each(running(-1, () => signed() + 1));
  const areas = each(next);
  const begins = each(running(0, next));
  const lengths = each(next);
  const more = each(next);
  return shapes.map((shape, i) => {
    const [party, status, confidence, accuracy, sources, note] = metas[rows[i]];
    const spans = [[begins[i], begins[i] + lengths[i]]];
    for (let left = more[i]; left > 0; left -= 1) {
      const from = spans[spans.length - 1][1] + next();
      spans.push([from, from + next()]);
    }
    return { shape, party, status, confidence, accuracy, sources, note, id: strings[names[i]], km2: areas[i] / 100, spans };
  });
}

// Columns as rows: lists side by side become lists of what stands at one place in them.
function turned(columns) {
  return columns.length ? columns[0].map((_, i) => columns.map((column) => column[i])) : [];
}

// A table that was sent as its columns, as one object a row.
function rowsOf(columns) {
  const names = Object.keys(columns);
  const first = columns[names[0]] || [];
  return first.map((_, i) => Object.fromEntries(names.map((name) => [name, columns[name][i]])));
}

function worldX(lon) {
  return lon / 360 + 0.5;
}

function worldY(lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}
