// Ground of each status, and what is gained and lost between two dates.

import { inTime } from '../model/snapshots.js';
import { makeOutlines, trace } from './outlines.js';
import { BORDER_LINE, colourOf, DISPUTED_LINE, hatch, hatchColours, penOf, STYLES } from './styles.js';

/** @import { Ground, Model } from '../model/model.js' */
/** @import { Palette } from '../payload.js' */
/** @import { Zone } from '../packed/zones.js' */
/** @import { Scene } from './painter.js' */
/** @import { Pen, Style, View } from './styles.js' */

/** @typedef {Pick<View, 'ratio' | 'left' | 'top'>} Origin where the outlines' own pixels lie */

const FAINT = 0.45;
/** @type {HTMLCanvasElement | null} */
let spare = null;

/**
 * A clean sheet of the view's size, used over and over.
 * @param {View} view
 */
function scratch(view) {
  spare ||= document.createElement('canvas');
  const width = Math.round(view.width * view.ratio);
  const height = Math.round(view.height * view.ratio);
  const pen = penOf(spare);
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

/** @param {Model} model */
export function makeGroundPainter(model) {
  const { shapes } = model;
  const outlines = makeOutlines(shapes);
  // Draw with the outlines in their own pixels, moved to where these lie in this view.
  const within = (
    /** @type {Pen} */ pen,
    /** @type {View} */ view,
    /** @type {(origin: Origin) => void} */ draw
  ) => {
    const [left, top] = outlines.settle(view);
    pen.save();
    pen.translate(left, top);
    draw({ ratio: view.ratio, left: view.left + left, top: view.top + top });
    pen.restore();
  };
  const stroke = (/** @type {Pen} */ pen, /** @type {Path2D} */ path, /** @type {number[]} */ line) => {
    pen.setLineDash(line);
    pen.stroke(path);
    pen.setLineDash([]);
  };
  const shade = (
    /** @type {Pen} */ pen,
    /** @type {Origin} */ origin,
    /** @type {Palette} */ palette,
    /** @type {Ground[0]} */ { status, party },
    /** @type {Path2D} */ path,
    /** @type {number} */ strength
  ) => {
    const style = STYLES[status];
    if (style.wash) {
      pen.globalAlpha = style.wash * strength;
      pen.fillStyle = colourOf(palette, status, party);
      pen.fill(path);
    }
    if (style.hatch) {
      pen.globalAlpha = strength;
      pen.fillStyle = hatch(pen, style.hatch, hatchColours(palette, status, party), origin);
      pen.fill(path);
    }
    pen.globalAlpha = 1;
  };
  // Zones of one status and party as one ground: its outer line strong, lines inside it faint. The
  // strong line is laid first and its inner half covered, which over tiles would cover them too.
  const ground = (
    /** @type {Pen} */ pen,
    /** @type {Origin} */ origin,
    /** @type {Pick<Scene, 'palette' | 'over'>} */ { palette, over },
    /** @type {Ground} */ zones
  ) => {
    const [zone] = zones;
    const style = STYLES[zone.status];
    const whole = outlines.ground(zones);
    const covered = style.wash > 0 && !over;
    pen.strokeStyle = colourOf(palette, zone.status, zone.party);
    pen.lineWidth = covered ? style.width * 2 : style.width;
    stroke(pen, whole, style.line);
    if (covered) {
      pen.fillStyle = palette.ground;
      pen.fill(whole);
    }
    shade(pen, origin, palette, zone, whole, 1);
    if (covered && zones.length > 1) {
      pen.globalAlpha = 0.4;
      pen.lineWidth = 0.7;
      pen.stroke(whole);
      pen.globalAlpha = 1;
    }
  };
  // Ground that is in doubt or not the compared party's, hinted at under what was gained and lost.
  const faint = (
    /** @type {Pen} */ pen,
    /** @type {Origin} */ origin,
    /** @type {Palette} */ palette,
    /** @type {Ground} */ zones
  ) => {
    const [zone] = zones;
    const whole = outlines.ground(zones);
    shade(pen, origin, palette, zone, whole, FAINT);
    pen.strokeStyle = colourOf(palette, zone.status, zone.party);
    pen.lineWidth = 1;
    stroke(pen, whole, STYLES[zone.status].line);
  };
  // Ground of `zones` that is in none of `others`.
  const difference = (
    /** @type {Pen} */ pen,
    /** @type {View} */ view,
    /** @type {string} */ colour,
    /** @type {Ground} */ zones,
    /** @type {Ground} */ others,
    /** @type {Style} */ style
  ) => {
    const paintOver = (
      /** @type {(sheet: Pen, origin: Origin) => string | CanvasPattern} */ fill,
      /** @type {number} */ alpha
    ) => {
      const sheet = scratch(view);
      within(sheet, view, origin => {
        const rest = outlines.ground(others);
        sheet.fillStyle = fill(sheet, origin);
        sheet.fill(outlines.ground(zones));
        sheet.globalCompositeOperation = 'destination-out';
        sheet.fillStyle = colour;
        sheet.strokeStyle = colour;
        sheet.fill(rest);
        sheet.lineWidth = 1.2;
        sheet.stroke(rest);
      });
      pen.globalAlpha = alpha;
      pen.drawImage(sheet.canvas, 0, 0, view.width, view.height);
      pen.globalAlpha = 1;
    };
    paintOver(() => colour, style.wash);
    paintOver((sheet, origin) => hatch(sheet, style.hatch, [colour], origin), 1);
  };
  return {
    // All ground of the date, and the chosen zone's outline.
    date: (/** @type {Pen} */ pen, /** @type {View} */ view, /** @type {Scene} */ scene) => {
      within(pen, view, origin => {
        model.groundsAt(scene.index).forEach(zones => {
          ground(pen, origin, scene, zones);
        });
      });
    },
    chosen: (
      /** @type {Pen} */ pen,
      /** @type {View} */ view,
      /** @type {Palette} */ palette,
      /** @type {Zone} */ zone
    ) => {
      within(pen, view, () => {
        pen.strokeStyle = palette.ink;
        pen.lineWidth = 3.5;
        pen.stroke(outlines.shape(zone.shape));
      });
    },
    // The ground of the date in the heading, and over it what changes from the earlier date to the later.
    change: (/** @type {Pen} */ pen, /** @type {View} */ view, /** @type {Scene} */ scene) => {
      const { palette, party, index, against } = scene;
      const [then, now] = inTime(index, against).map(i => model.groundAt(i, 'controlled', party));
      within(pen, view, origin => {
        const isFaint = (/** @type {Ground[0]} */ zone) =>
          zone.party !== party || zone.status === 'contested';
        model.groundsAt(index).forEach(zones => {
          if (isFaint(zones[0])) faint(pen, origin, palette, zones);
        });
        ['claimed', 'controlled'].forEach(status => {
          const zones = model.groundAt(index, status, party);
          if (zones.length) ground(pen, origin, scene, zones);
        });
      });
      difference(pen, view, palette.gained, now, then, STYLES.gained);
      difference(pen, view, palette.lost, then, now, STYLES.lost);
    },
    // What is sea of the map's own ground.
    sea: (/** @type {Pen} */ pen, /** @type {View} */ view, /** @type {Palette} */ palette) => {
      pen.beginPath();
      model.lines.forEach(({ kind, ring }) => {
        if (kind === 'sea') trace(pen, shapes, view, shapes.ring(ring), true);
      });
      pen.fillStyle = palette.sea;
      pen.fill('evenodd');
    },
    // State border, units, coasts, water, roads; countries are in the inset.
    lines: (/** @type {Pen} */ pen, /** @type {View} */ view, /** @type {Palette} */ palette) => {
      /** @type {Record<string, string>} */
      const colours = {
        state_border: palette.border,
        disputed: palette.border,
        unit: palette.soft,
        coast: palette.water,
        water: palette.water,
        road: palette.road
      };
      model.lines.forEach(({ kind, ring }) => {
        if (kind === 'country' || kind === 'sea') return;
        const isBorder = kind === 'state_border' || kind === 'disputed';
        pen.beginPath();
        trace(pen, shapes, view, shapes.ring(ring), false);
        if (isBorder) {
          pen.strokeStyle = palette.halo;
          pen.lineWidth = 4;
          pen.stroke();
          pen.setLineDash(kind === 'disputed' ? DISPUTED_LINE : BORDER_LINE);
        }
        pen.strokeStyle = colours[kind];
        pen.lineWidth = isBorder ? 1.8 : kind === 'unit' ? 0.7 : 1.2;
        pen.globalAlpha = kind === 'unit' ? 0.6 : 1;
        pen.stroke();
        pen.globalAlpha = 1;
        pen.setLineDash([]);
      });
    },
    // Draw the outlines of a date's grounds before they are shown, as far as there is room.
    ahead: (/** @type {View} */ view, /** @type {number} */ index) => {
      outlines.settle(view);
      model.groundsAt(index).forEach(zones => {
        if (outlines.room()) outlines.ground(zones);
      });
    }
  };
}
