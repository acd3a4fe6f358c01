// The packed form, read back: see docs/page.md.

const PER_DEGREE = 1e6;

// Numbers of seven bits a byte, low bits first: read all at once, then given in order.
function numbersOf(bytes) {
  const numbers = new Uint32Array(bytes.length);
  for (let at = 0, count = 0; at < bytes.length; at += 1, count += 1) {
    let number = bytes[at] & 127;
    for (let shift = 7; bytes[at] > 127; shift += 7) {
      at += 1;
      number |= (bytes[at] & 127) << shift;
    }
    numbers[count] = number;
  }
  let given = 0;
  const take = (count) => {
    given += count;
    return numbers.subarray(given - count, given);
  };
  const next = () => take(1)[0];
  return { next, take, column: () => take(next()) };
}

// Numbers that can be negative are folded: 0, -1, 1, -2 … are 0, 1, 2, 3 ….
function unfold(number) {
  return (number >>> 1) ^ -(number & 1);
}

// `parts` gives a shape's polygons as the numbers of their rings, `ring` a ring as the numbers of
// its vertices; `x` and `y` of a ring that was given are Mercator units of the whole world (0 to
// 1), so that drawing only scales. `ahead` unpacks some rings before anybody asks for them.
function unpackShapes(bytes, planes) {
  const { column } = numbersOf(bytes);
  const [lengths, heads, jumps] = [column(), column(), column()];
  const ends = sums(lengths);
  const rings = makeRings(ends, heads, jumps, planes);
  return { parts: unpackParts(column(), column(), column()), ...projected(rings, ends) };
}

function sums(numbers) {
  let sum = 0;
  return numbers.map((number) => { sum += number; return sum; });
}

// Rings are written one after the other, each by what was written before: so they are read in
// order, up to the one that is needed, and a whole war needn't be unpacked to show one of its days.
function makeRings(ends, heads, jumps, planes) {
  const count = planes.length / 8;
  const lon = new Int32Array(count);
  const lat = new Int32Array(count);
  const line = new Uint32Array(ends.length ? ends[ends.length - 1] : 0);
  let read = 0;
  let written = 0;
  let fresh = 0;
  let run = 0;
  let jump = 0;
  let copiedTo = 0;
  // A step's four bytes are in planes: the lowest of all, the next of all, and so on.
  const step = (first) => unfold(planes[first] | (planes[first + count] << 8) | (planes[first + 2 * count] << 16) | (planes[first + 3 * count] << 24));
  // New vertices go on from the last of the ring; at its start, from the last new one.
  const vertices = (end, smooth, begin) => {
    const own = written - begin;
    const last = own ? line[written - 1] : fresh - 1;
    const before = own > 1 ? line[written - 2] : last;
    let x = last < 0 ? 0 : lon[last];
    let y = last < 0 ? 0 : lat[last];
    let stepX = last < 0 ? 0 : x - lon[before];
    let stepY = last < 0 ? 0 : y - lat[before];
    for (; written < end; written += 1, fresh += 1) {
      stepX = step(fresh) + (smooth ? stepX : 0);
      stepY = step(fresh + 4 * count) + (smooth ? stepY : 0);
      x += stepX;
      y += stepY;
      lon[fresh] = x;
      lat[fresh] = y;
      line[written] = fresh;
    }
  };
  const copy = (end, forwards) => {
    const by = forwards ? 1 : -1;
    let place = copiedTo + unfold(jumps[jump]);
    jump += 1;
    for (; written < end; written += 1, place += by) line[written] = line[place];
    copiedTo = place;
  };
  const upTo = (ring) => {
    for (; read <= ring; read += 1) {
      const begin = written;
      while (written < ends[read]) {
        const kind = heads[run] & 3;
        const end = written + (heads[run] >>> 2);
        run += 1;
        if (kind === 0 || kind === 3) vertices(end, kind === 3, begin); else copy(end, kind === 1);
      }
    }
  };
  const ahead = (some) => {
    upTo(Math.min(read + some, ends.length) - 1);
    return read < ends.length;
  };
  return { lon, lat, line, upTo, ahead };
}

function projected({ lon, lat, line, upTo, ahead }, ends) {
  const x = new Float64Array(lon.length);
  const y = new Float64Array(lat.length);
  const ring = (number) => {
    upTo(number);
    const ids = line.subarray(number ? ends[number - 1] : 0, ends[number]);
    for (let i = 0; i < ids.length; i += 1) {
      const id = ids[i];
      if (y[id] === 0) {
        x[id] = worldX(lon[id] / PER_DEGREE);
        y[id] = worldY(lat[id] / PER_DEGREE);
      }
    }
    return ids;
  };
  return { x, y, ring, ahead };
}

function unpackParts(shapes, parts, told) {
  const [lastPart, lastPlace] = [sums(shapes), sums(parts)];
  const rings = sums(told.map(unfold)).map((ring) => ring - 1);
  const places = (part) => rings.subarray(part ? lastPlace[part - 1] : 0, lastPlace[part]);
  return (shape) => Array.from({ length: shapes[shape] }, (_, i) => places(lastPart[shape] - shapes[shape] + i));
}

function unpackZones(bytes, metas, strings) {
  const { next, take } = numbersOf(bytes);
  const count = next();
  const [shapes, rows, names, areas, begins, lengths, more] = Array.from({ length: 7 }, () => take(count));
  let shape = -1;
  let name = -1;
  let begin = 0;
  return Array.from(shapes, (told, i) => {
    shape += unfold(told) + 1;
    name += unfold(names[i]) + 1;
    begin += begins[i];
    const [party, status, confidence, accuracy, sources, note] = metas[rows[i]];
    const spans = [[begin, begin + lengths[i]]];
    for (let left = more[i]; left > 0; left -= 1) {
      const from = spans[spans.length - 1][1] + next();
      spans.push([from, from + next()]);
    }
    return { shape, party, status, confidence, accuracy, sources, note, id: wholeId(strings[name], party, status), km2: areas[i] / 100, spans };
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

// No id begins with a space: where one does here, its usual beginning was left out.
function wholeId(text, party, status) {
  return text.startsWith(' ') ? `${party.toLowerCase()}-${status}-${text.slice(1)}` : text;
}

function worldX(lon) {
  return lon / 360 + 0.5;
}

function worldY(lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}
