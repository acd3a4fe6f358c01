// The view as a picture, with its date, area, legend and makers.

import { groundName, shownGround } from '../map/legend.js';
import { FONT, paintSwatch, penOf } from '../map/styles.js';
import { el } from '../parts/dom.js';
import { areaTexts, comparisonText, partyName, shownDate, titleOf } from '../text/phrases.js';

/** @import { Reader } from '../reading/reader.js' */
/** @import { Pen } from '../map/styles.js' */

const RATIO = 2;
const FOOT_PX = 40;

/**
 * @param {number} width
 * @param {number} height
 */
function sheet(width, height) {
  const pen = penOf(el('canvas', { width: width * RATIO, height: height * RATIO }));
  pen.scale(RATIO, RATIO);
  return pen;
}

/** @param {Reader} reader */
function mapSheet({ map, painter, scene }) {
  const { x: width, y: height } = map.getSize();
  const corner = map.getPixelBounds().getTopLeft();
  const pen = sheet(width, height);
  const scale = 256 * 2 ** map.getZoom();
  const view = { scale, left: corner.x, top: corner.y, width, height, ratio: RATIO };
  painter.paint(pen, view, { ...scene(), over: false });
  return pen.canvas;
}

/**
 * @param {Reader} reader
 * @param {Pen} pen
 * @param {number} top
 */
function legendRow(reader, pen, top) {
  const { palette } = reader;
  let left = 14;
  pen.font = `12px ${FONT}`;
  shownGround(reader).forEach(({ word, party }) => {
    if (word === 'claimed') return;
    const text = groundName(reader, word, party);
    pen.save();
    pen.translate(left, top + 3);
    pen.scale(0.8, 0.8);
    paintSwatch(pen, palette(), word, party, RATIO);
    pen.restore();
    pen.fillStyle = palette().ink;
    pen.fillText(text, left + 30, top + 6);
    left += 46 + pen.measureText(text).width;
  });
}

/** @param {Reader} reader */
export function pictureOf(reader) {
  const { map, state, data, say, words, palette } = reader;
  const { ground, ink, soft } = palette();
  const size = map.getSize();
  const versus = comparisonText(reader);
  const head = 64 + (versus ? 20 : 0) + (data.known ? 24 : 0);
  const foot = size.y + head;
  const pen = sheet(size.x, foot + FOOT_PX);
  pen.fillStyle = ground;
  pen.fillRect(0, 0, size.x, foot + FOOT_PX);
  pen.drawImage(mapSheet(reader), 0, head, size.x, size.y);
  pen.fillStyle = ink;
  pen.textBaseline = 'top';
  pen.font = `600 20px ${FONT}`;
  pen.fillText(shownDate(reader), 14, 10);
  const { controlled, plus, error, unit } = areaTexts(reader);
  const held = `${controlled} ± ${error} ${unit} ${say('head_controlled')}`;
  pen.font = `15px ${FONT}`;
  pen.fillText(`${partyName(reader, state.party)}: ${held} ${plus}`, 14, 38);
  pen.fillText(versus, 14, 60);
  if (data.known) {
    pen.font = `700 15px ${FONT}`;
    pen.fillText(say('known', { instant: words().instant(data.known) }), 14, head - 22);
  }
  legendRow(reader, pen, foot);
  const terms = [data.license, ...(data.withheld ? [say('withheld')] : [])];
  const makers = [data.maker, ...terms, ...data.credits, data.digest.slice(0, 12)];
  pen.fillStyle = soft;
  pen.fillText([titleOf(reader).text, ...makers].join(' · '), 14, foot + 23, size.x - 28);
  return pen.canvas;
}

/**
 * `toBlob` waits for the browser to be idle, for seconds where it never is.
 * @param {HTMLCanvasElement} canvas
 */
export function pngOf(canvas) {
  return Uint8Array.from(atob(canvas.toDataURL().split(',')[1]), sign => sign.charCodeAt(0));
}
