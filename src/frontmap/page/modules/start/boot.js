// The first script of the page: it inflates the parts, puts style and reader in place and starts.
// The content policy names the reader's hash, so nothing else can run in its stead.

import { bytesOf } from '../packed/base85.js';

/** @import { Map as LeafletMap } from 'leaflet' */
/** @import { Payload } from '../payload.js' */

const TOO_OLD = [
  'This map needs a browser of 2023 or later.',
  'Для цієї карти потрібен браузер 2023 року або новіший.',
  'Для этой карты нужен браузер 2023 года или новее.'
];

/**
 * The browser inflates; reading chunk by chunk waits for nothing else.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} length
 */
async function inflated(bytes, length) {
  const inflater = new DecompressionStream('deflate-raw');
  const sink = inflater.writable.getWriter();
  sink.write(bytes);
  sink.close();
  const source = inflater.readable.getReader();
  const whole = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const { value } = await source.read();
    if (!value) break;
    whole.set(value, at);
    at += value.length;
  }
  return whole;
}

/**
 * Take the parts out of the deflated whole.
 * @param {{ parts: Record<string, number>, data: string }} head
 * @returns {Promise<Payload>}
 */
async function openParts({ parts, data }) {
  const sum = Object.values(parts).reduce((before, length) => before + length);
  const whole = await inflated(bytesOf(data), sum);
  /** @type {Record<string, Uint8Array>} */
  const found = {};
  let at = 0;
  Object.entries(parts).forEach(([name, length]) => {
    found[name] = whole.subarray(at, at + length);
    at += length;
  });
  return { ...JSON.parse(textOf(found.text)), ...found };
}

/** @param {Uint8Array} bytes */
function textOf(bytes) {
  return new TextDecoder().decode(bytes);
}

/**
 * @param {string} tag
 * @param {Uint8Array} bytes
 */
function place(tag, bytes) {
  const node = document.createElement(tag);
  node.textContent = textOf(bytes);
  document.head.append(node);
}

/**
 * @param {() => LeafletMap} makeMap
 * @param {string} id
 * @param {boolean} whole
 */
async function start(makeMap, id, whole) {
  if (typeof DecompressionStream === 'undefined') {
    const note = document.createElement('p');
    note.textContent = TOO_OLD.join(' · ');
    document.body.prepend(note);
    return;
  }
  const data = await openParts(JSON.parse(document.getElementById(id)?.textContent || ''));
  if (data.leaflet && data.leaflet_style) {
    place('style', data.leaflet_style);
    // Leaflet asks every browser for what one had once; the error it catches costs half its start.
    document.namespaces = { add() {} };
    place('script', data.leaflet);
    delete document.namespaces;
  }
  if (!window.frontmapMount) {
    place('style', data.style);
    place('script', data.script);
  }
  const map = makeMap();
  map.getContainer().frontmap = window.frontmapMount?.(map, data, whole);
}

window.frontmapStart = start;
