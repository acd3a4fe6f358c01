// The canvas as a Leaflet layer: it moves and zooms with the map and redraws when the map rests.

import { penOf } from './styles.js';

/** @import { Pen, View } from './styles.js' */

/**
 * What Leaflet's renderer and ours hold of themselves.
 * @typedef {L.Renderer & { _map: L.Map & { _animatingZoom?: boolean }, _bounds?: L.Bounds,
 *   _container?: HTMLCanvasElement, _frame?: number, view: View, redraw(): void,
 *   redrawSoon(): void }} CanvasLayer
 */

/**
 * @param {(pen: Pen, view: View) => void} paint
 * @returns {CanvasLayer}
 */
export function makeCanvasLayer(paint) {
  const leaflets = /** @type {CanvasLayer & { _update(): void }} */ (L.Renderer.prototype);
  const Layer = L.Renderer.extend({
    /** @this {CanvasLayer} */
    _initContainer() {
      this._container = document.createElement('canvas');
      this._container.setAttribute('aria-hidden', 'true');
      this._container.className = 'fm-canvas';
    },
    /** @this {CanvasLayer} */
    _destroyContainer() {
      if (!this._container) return;
      this._container.remove();
      L.DomEvent.off(this._container);
      delete this._container;
    },
    /** @this {CanvasLayer} */
    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      leaflets._update.call(this);
      this.redraw();
    },
    /**
     * One picture a frame, however many steps a held-down key asks for.
     * @this {CanvasLayer}
     */
    redrawSoon() {
      this._frame ||= requestAnimationFrame(() => this.redraw());
    },
    /** @this {CanvasLayer} */
    redraw() {
      cancelAnimationFrame(this._frame || 0);
      this._frame = 0;
      const canvas = this._container;
      const size = this._bounds?.getSize();
      const corner = this._bounds?.min;
      if (!canvas || !corner || !size?.x || !size.y) return;
      const ratio = Math.min(window.devicePixelRatio || 1, 3);
      const origin = this._map.getPixelOrigin();
      L.DomUtil.setPosition(canvas, corner);
      if (canvas.width !== size.x * ratio || canvas.height !== size.y * ratio) {
        canvas.width = size.x * ratio;
        canvas.height = size.y * ratio;
        canvas.style.width = `${size.x}px`;
        canvas.style.height = `${size.y}px`;
      }
      const inner = this._map.containerPointToLayerPoint([0, 0]).subtract(corner);
      const shown = this._map.getSize();
      const pen = penOf(canvas);
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, size.x, size.y);
      this.view = {
        scale: 256 * 2 ** this._map.getZoom(),
        left: origin.x + corner.x,
        top: origin.y + corner.y,
        width: size.x,
        height: size.y,
        ratio,
        seen: [inner.x, inner.y, inner.x + shown.x, inner.y + shown.y]
      };
      paint(pen, this.view);
    }
  });
  const made = /** @type {new (options: L.RendererOptions) => CanvasLayer} */ (
    /** @type {unknown} */ (Layer)
  );
  return new made({ padding: 0.15 });
}
