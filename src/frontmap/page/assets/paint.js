// Zones, border and places on one canvas. Status is told by hatch and line as well as by colour.

const STYLES = {
  controlled: { wash: 0.34, hatch: null, line: [], width: 2.2 },
  contested: { wash: 0.1, hatch: 'stripes', line: [7, 4], width: 1.8 },
  claimed: { wash: 0, hatch: 'dots', line: [1.5, 4], width: 1.8 },
  gained: { wash: 0.42, hatch: 'plus', line: [], width: 1 },
  lost: { wash: 0.3, hatch: 'cross', line: [], width: 1 },
};
const HATCH_PX = 8;
const VILLAGE_ZOOM = 9;
const NAME_ZOOM = 11;
const FAR_PX = 50000;
const MOST_POINTS = 1500000;
const FONT = 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

const TILES = new Map();

function hatchTile(kind, colour, ratio) {
  const key = `${kind} ${colour} ${ratio}`;
  if (TILES.has(key)) return TILES.get(key);
  const side = HATCH_PX;
  const tile = document.createElement('canvas');
  tile.width = side * ratio;
  tile.height = side * ratio;
  const pen = tile.getContext('2d');
  pen.scale(ratio, ratio);
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.lineWidth = kind === 'stripes' ? 2 : 1.3;
  pen.beginPath();
  [-side, 0, side].forEach((shift) => {
    if (kind === 'stripes' || kind === 'cross') {
      pen.moveTo(shift - 1, side + 1);
      pen.lineTo(shift + side + 1, -1);
    }
    if (kind === 'cross') {
      pen.moveTo(shift - 1, -1);
      pen.lineTo(shift + side + 1, side + 1);
    }
  });
  if (kind === 'plus') {
    pen.moveTo(side / 2, 1);
    pen.lineTo(side / 2, side - 1);
    pen.moveTo(1, side / 2);
    pen.lineTo(side - 1, side / 2);
  }
  pen.stroke();
  if (kind === 'dots') {
    pen.arc(side / 2, side / 2, 1.4, 0, 7);
    pen.fill();
  }
  TILES.set(key, tile);
  return tile;
}

// Hatching stays where it is on the ground when the map is moved.
function hatch(context, kind, colour, view) {
  const pattern = context.createPattern(hatchTile(kind, colour, view.ratio), 'repeat');
  pattern.setTransform({ a: 1 / view.ratio, d: 1 / view.ratio, e: -view.left % HATCH_PX, f: -view.top % HATCH_PX });
  return pattern;
}

let spare = null;

// A clean sheet of the view's size, used over and over.
function scratch(view) {
  spare = spare || document.createElement('canvas');
  const width = Math.round(view.width * view.ratio);
  const height = Math.round(view.height * view.ratio);
  const pen = spare.getContext('2d');
  if (spare.width !== width || spare.height !== height) {
    spare.width = width;
    spare.height = height;
  }
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.globalCompositeOperation = 'source-over';
  pen.clearRect(0, 0, width, height);
  pen.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
  return pen;
}

function colourOf(model, palette, status, party) {
  if (status === 'contested' || status === 'gained' || status === 'lost') return palette[status];
  return palette.parties[Math.max(0, model.parties.indexOf(party)) % palette.parties.length];
}

function placeMark(context, palette, px, py, status, size) {
  context.beginPath();
  context.arc(px, py, size, 0, 7);
  context.fillStyle = palette.halo;
  context.fill();
  context.lineWidth = 1.4;
  context.strokeStyle = palette.ink;
  context.stroke();
  context.fillStyle = palette.ink;
  context.beginPath();
  if (status === 'held') context.arc(px, py, size - 1.2, 0, 7);
  if (status === 'contested') context.arc(px, py, size - 1.2, Math.PI / 2, (Math.PI * 3) / 2);
  context.fill();
}

// A line or ring in pixels, without the points that would fall on the one before; returns how many are left.
function trace(path, shapes, view, ids, close) {
  const { x, y } = shapes;
  let lastX = Infinity;
  let lastY = Infinity;
  let drawn = 0;
  for (let i = 0; i < ids.length; i += 1) {
    const px = x[ids[i]] * view.scale - view.left;
    const py = y[ids[i]] * view.scale - view.top;
    const near = Math.abs(px - lastX) < 0.6 && Math.abs(py - lastY) < 0.6;
    if (!near || i === ids.length - 1) {
      if (lastX === Infinity) path.moveTo(px, py); else path.lineTo(px, py);
      lastX = px;
      lastY = py;
      drawn += 1;
    }
  }
  if (close) path.closePath();
  return drawn;
}

// Outlines at one scale, of shapes and of the grounds that they make up, kept from date to date: dates
// share nearly all their shapes, and a date that is come back to all its grounds. They are in pixels
// from the corner of the first view that they were drawn for; far from there they start anew, since a
// path keeps too few digits for that.
function makeOutlines(shapes) {
  const single = new Map();
  const whole = new Map();
  let home = null;
  let points = 0;
  // Where what is kept lies in a view.
  const settle = (view) => {
    const near = home && home.scale === view.scale && Math.hypot(home.left - view.left, home.top - view.top) < FAR_PX;
    if (!near || points > MOST_POINTS) {
      single.clear();
      whole.clear();
      points = 0;
      home = view;
    }
    return [home.left - view.left, home.top - view.top];
  };
  const shape = (number) => {
    if (!single.has(number)) {
      const path = new Path2D();
      let count = 0;
      shapes.parts(number).forEach((part) => part.forEach((ring) => { count += trace(path, shapes, home, shapes.ring(ring), true); }));
      single.set(number, { path, count });
      points += count;
    }
    return single.get(number);
  };
  const ground = (zones) => {
    if (!whole.has(zones)) {
      const path = new Path2D();
      zones.forEach((zone) => {
        const one = shape(zone.shape);
        path.addPath(one.path);
        points += one.count;
      });
      whole.set(zones, path);
    }
    return whole.get(zones);
  };
  const room = () => points < MOST_POINTS / 2;
  return { settle, room, shape: (number) => shape(number).path, ground };
}

// A painter draws on any 2d context; `view` maps the world (0 to 1) to pixels:
// {scale, left, top, width, height, ratio}, and `seen`, the part in sight where that isn't all.
function makePainter(model) {
  const { shapes } = model;
  const outlines = makeOutlines(shapes);
  // Draw with what is kept in its own pixels, moved to where it lies in this view; `home` is where those are.
  const kept = (context, view, draw) => {
    const [left, top] = outlines.settle(view);
    context.save();
    context.translate(left, top);
    draw({ ratio: view.ratio, left: view.left + left, top: view.top + top });
    context.restore();
  };
  const shade = (context, home, style, colour, path) => {
    if (style.wash) {
      context.globalAlpha = style.wash;
      context.fillStyle = colour;
      context.fill(path);
      context.globalAlpha = 1;
    }
    if (style.hatch) {
      context.fillStyle = hatch(context, style.hatch, colour, home);
      context.fill(path);
    }
  };
  // Zones of one status and party as one ground: its outer line strong, lines inside it faint. The
  // strong line is laid first and its inner half covered, which over tiles would cover them too.
  const ground = (context, home, palette, list, over) => {
    const [{ status, party }] = list;
    const style = STYLES[status];
    const colour = colourOf(model, palette, status, party);
    const whole = outlines.ground(list);
    const covered = style.wash > 0 && !over;
    context.strokeStyle = colour;
    context.lineWidth = covered ? style.width * 2 : style.width;
    context.setLineDash(style.line);
    context.stroke(whole);
    context.setLineDash([]);
    if (covered) {
      context.fillStyle = palette.ground;
      context.fill(whole);
    }
    shade(context, home, style, colour, whole);
    if (covered && list.length > 1) {
      context.globalAlpha = 0.4;
      context.lineWidth = 0.7;
      context.stroke(whole);
      context.globalAlpha = 1;
    }
  };
  // Ground whose status is in doubt, hinted at under what was gained and lost.
  const faint = (context, home, palette, list) => {
    const whole = outlines.ground(list);
    context.globalAlpha = 0.45;
    context.fillStyle = hatch(context, STYLES.contested.hatch, palette.contested, home);
    context.fill(whole);
    context.globalAlpha = 1;
    context.strokeStyle = palette.contested;
    context.lineWidth = 1;
    context.setLineDash(STYLES.contested.line);
    context.stroke(whole);
    context.setLineDash([]);
  };
  const emphasis = (context, palette, { shape }) => {
    context.strokeStyle = palette.ink;
    context.lineWidth = 3.5;
    context.stroke(outlines.shape(shape));
  };
  // Ground of `list` that is in none of `others`.
  const difference = (context, view, palette, list, others, word) => {
    const style = STYLES[word];
    const paintOver = (fill, alpha) => {
      const pen = scratch(view);
      kept(pen, view, (home) => {
        const rest = outlines.ground(others);
        pen.fillStyle = fill(pen, home);
        pen.fill(outlines.ground(list));
        pen.globalCompositeOperation = 'destination-out';
        pen.fillStyle = palette.ink;
        pen.strokeStyle = palette.ink;
        pen.fill(rest);
        pen.lineWidth = 1.2;
        pen.stroke(rest);
      });
      context.globalAlpha = alpha;
      context.drawImage(pen.canvas, 0, 0, view.width, view.height);
      context.globalAlpha = 1;
    };
    paintOver(() => palette[word], style.wash);
    paintOver((pen, home) => hatch(pen, style.hatch, palette[word], home), 1);
  };
  const lines = (context, view, palette) => {
    model.data.lines.forEach(([kind, ring]) => {
      context.beginPath();
      trace(context, shapes, view, shapes.ring(ring), false);
      if (kind === 'border') {
        context.strokeStyle = palette.halo;
        context.lineWidth = 4;
        context.stroke();
        context.setLineDash([10, 3, 2, 3]);
      }
      context.strokeStyle = { border: palette.border, river: palette.water, road: palette.road }[kind];
      context.lineWidth = kind === 'border' ? 1.8 : 1.2;
      context.stroke();
      context.setLineDash([]);
    });
  };
  // Marks first, then names where they fit: a town's covers no other town's mark, a village's none.
  const places = (context, view, palette, words, i, chosen) => {
    const zoom = Math.log2(view.scale / 256);
    const marks = [];
    model.data.places.forEach((place) => {
      const town = place.kind === 'town';
      const picked = place === chosen;
      const px = place.x * view.scale - view.left;
      const py = place.y * view.scale - view.top;
      const status = statusOfPlace(place, i);
      if (px < 0 || py < 0 || px > view.width || py > view.height) return;
      if (!town && !picked && (zoom < VILLAGE_ZOOM || (!status && zoom < NAME_ZOOM))) return;
      const size = picked ? 6 : town ? 4.5 : 3.5;
      placeMark(context, palette, px, py, status, size);
      marks.push({ place, px, py, size, strong: town || picked, named: town || picked || zoom >= NAME_ZOOM });
    });
    const boxOf = ({ px, py, size }) => [px - size, py - size, px + size, py + size];
    const taken = [];
    const free = (box) => taken.every((other) => box[0] > other[2] || box[2] < other[0] || box[1] > other[3] || box[3] < other[1]);
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    // A name in sight is whole, and none reaches into sight from outside.
    const [west, north, east, south] = view.seen || [0, 0, view.width, view.height];
    const inSight = ([left, top, right, bottom]) => left >= west && right <= east && top >= north && bottom <= south;
    const outOfSight = ([left, top, right, bottom]) => right < west || left > east || bottom < north || top > south;
    const name = ({ place, px, py, size, strong }) => {
      context.font = `${strong ? 600 : 400} ${strong ? 13 : 12}px ${FONT}`;
      const text = words.name(place.names);
      const width = context.measureText(text).width;
      const gap = size + 4;
      const spots = [[px + gap, py], [px - gap - width, py], [px - width / 2, py - gap - 7], [px - width / 2, py + gap + 7]];
      const boxAt = ([left, middle]) => [left - 2, middle - 7, left + width + 2, middle + 7];
      const whole = inSight([px, py, px, py]) ? inSight : outOfSight;
      const spot = spots.find((one) => whole(boxAt(one)) && free(boxAt(one)));
      if (!spot) return;
      const [left, middle] = spot;
      taken.push(boxAt(spot));
      context.strokeStyle = palette.halo;
      context.lineWidth = 3.5;
      context.strokeText(text, left, middle);
      context.fillStyle = palette.ink;
      context.fillText(text, left, middle);
    };
    [true, false].forEach((strong) => {
      taken.push(...marks.filter((mark) => mark.strong === strong).map(boxOf));
      marks.filter((mark) => mark.named && mark.strong === strong).forEach(name);
    });
  };
  // The ground of the date in the heading, and over it what changes from the earlier date to the later.
  const change = (context, view, { palette, party, over, index, against }) => {
    const [then, now] = inTime(index, against).map((i) => model.groundsAt(i, 'controlled', party));
    kept(context, view, (home) => {
      faint(context, home, palette, model.groundsAt(index, 'contested', party));
      ['claimed', 'controlled'].forEach((status) => {
        const own = model.groundsAt(index, status, party);
        if (own.length) ground(context, home, palette, own, over);
      });
    });
    difference(context, view, palette, now, then, 'gained');
    difference(context, view, palette, then, now, 'lost');
  };
  const paint = (context, view, scene) => {
    const { palette, words, index, against, zone, place, over } = scene;
    if (against >= 0) change(context, view, scene);
    kept(context, view, (home) => {
      if (against < 0) model.groundsAt(index).forEach((list) => ground(context, home, palette, list, over));
      if (zone) emphasis(context, palette, zone);
    });
    lines(context, view, palette);
    places(context, view, palette, words, index, place);
  };
  // Draw the outlines of a date's grounds before they are shown, as far as there is room.
  paint.ahead = (view, index) => {
    outlines.settle(view);
    model.groundsAt(index).forEach((list) => outlines.room() && outlines.ground(list));
  };
  return paint;
}

// The canvas as a Leaflet layer: it moves and zooms with the map and redraws when the map rests.
function makeCanvasLayer(paint, scene) {
  const Layer = L.Renderer.extend({
    _initContainer() {
      this._container = document.createElement('canvas');
      this._container.setAttribute('aria-hidden', 'true');
      this._container.className = 'fm-canvas';
    },
    _destroyContainer() {
      this._container.remove();
      L.DomEvent.off(this._container);
      delete this._container;
    },
    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      this.redraw();
    },
    // One picture a frame, however many steps a held-down key asks for.
    redrawSoon() {
      this._frame = this._frame || requestAnimationFrame(() => this.redraw());
    },
    redraw() {
      cancelAnimationFrame(this._frame);
      this._frame = 0;
      if (!this._bounds || !this._container) return;
      const canvas = this._container;
      const size = this._bounds.getSize();
      if (!size.x || !size.y) return;
      const ratio = Math.min(window.devicePixelRatio || 1, 3);
      const origin = this._map.getPixelOrigin();
      L.DomUtil.setPosition(canvas, this._bounds.min);
      if (canvas.width !== size.x * ratio || canvas.height !== size.y * ratio) {
        canvas.width = size.x * ratio;
        canvas.height = size.y * ratio;
        canvas.style.width = `${size.x}px`;
        canvas.style.height = `${size.y}px`;
      }
      const inner = this._map.containerPointToLayerPoint([0, 0]).subtract(this._bounds.min);
      const shown = this._map.getSize();
      const context = canvas.getContext('2d');
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, size.x, size.y);
      const view = {
        scale: 256 * 2 ** this._map.getZoom(),
        left: origin.x + this._bounds.min.x,
        top: origin.y + this._bounds.min.y,
        width: size.x,
        height: size.y,
        ratio,
        seen: [inner.x, inner.y, inner.x + shown.x, inner.y + shown.y],
      };
      this.view = view;
      paint(context, view, scene());
    },
  });
  return new Layer({ padding: 0.15 });
}
