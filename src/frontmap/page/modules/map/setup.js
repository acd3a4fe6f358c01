// The one folium map, as the page uses it: fitted, with a scale bar, on paper too.

import { label } from '../parts/dom.js';

/** @import { Reader } from '../reading/reader.js' */

/** @param {Reader} reader */
export function setUpMap(reader) {
  const { map, data } = reader;
  const [west, south, east, north] = data.view;
  map.invalidateSize({ animate: false });
  map.fitBounds(L.latLngBounds([south, west], [north, east]), { animate: false, padding: [12, 12] });
  map.setMinZoom(Math.max(2, map.getZoom() - 2));
  scaleBar(reader).addTo(map);
  fitOnPaper(reader);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
}

/**
 * On paper all sources stand, and the map has a size of its own: what was in sight is fitted into
 * it, and back again.
 * @param {Reader} reader
 */
function fitOnPaper({ map }) {
  const sheet = map.getContainer();
  let [centre, zoom] = [map.getCenter(), map.getZoom()];
  const resize = (/** @type {string} */ width, /** @type {string} */ height) => {
    Object.assign(sheet.style, { width, height });
    map.invalidateSize({ animate: false });
  };
  window.addEventListener('beforeprint', () => {
    document.querySelectorAll('.fm-rest').forEach(button => {
      /** @type {HTMLElement} */ (button).click();
    });
    [centre, zoom] = [map.getCenter(), map.getZoom()];
    const seen = map.getBounds();
    resize('186mm', '94mm');
    map.fitBounds(seen, { animate: false });
  });
  window.addEventListener('afterprint', () => {
    resize('', '');
    map.setView(centre, zoom, { animate: false });
  });
}

/**
 * What Leaflet's scale holds of itself.
 * @typedef {L.Control.Scale & { _map?: L.Map, _mScale: HTMLElement, _getRoundNum(most: number): number,
 *   _updateScale(scale: HTMLElement, text: string, ratio: number): void, _update(): void }} ScaleBar
 */

/** @param {Reader} reader */
function scaleBar({ say, listen }) {
  const Scale = L.Control.Scale.extend({
    /**
     * @this {ScaleBar}
     * @param {number} most metres
     */
    _updateMetric(most) {
      const metres = this._getRoundNum(most);
      const text = metres < 1000 ? `${metres} ${say('m')}` : `${metres / 1000} ${say('km')}`;
      this._updateScale(this._mScale, text, metres / most);
    }
  });
  const made = /** @type {new (options: L.Control.ScaleOptions) => ScaleBar} */ (
    /** @type {unknown} */ (Scale)
  );
  const bar = new made({ imperial: false, maxWidth: 120 });
  listen(changed => {
    if (changed.includes('language') && bar._map) bar._update();
  });
  return bar;
}

/**
 * What Leaflet's zoom control holds of itself.
 * @typedef {L.Control.Zoom & { _zoomInButton: HTMLElement, _zoomOutButton: HTMLElement }} ZoomControl
 */

/** @param {Reader} reader */
export function nameMap({ map, say }) {
  const container = map.getContainer();
  container.setAttribute('aria-label', say('map'));
  container.setAttribute('role', 'region');
  const zoom = /** @type {ZoomControl | undefined} */ (map.zoomControl);
  if (!zoom) return;
  label(zoom._zoomInButton, say('zoom_in'));
  label(zoom._zoomOutButton, say('zoom_out'));
}
