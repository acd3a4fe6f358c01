// The whole picture: ground, border, places, on any 2d context.

import { makeGroundPainter } from './ground-painter.js';
import { paintPlaces } from './place-painter.js';

/** @import { Model } from '../model/model.js' */
/** @import { Palette } from '../payload.js' */
/** @import { ReaderState } from '../reading/state.js' */
/** @import { Words } from '../text/words.js' */
/** @import { Pen, View } from './styles.js' */

/**
 * What is drawn; `over` says that something of its own lies under it, which must show through.
 * @typedef {ReaderState & { palette: Palette, words: Words, over: boolean }} Scene
 */
/** @typedef {ReturnType<typeof makePainter>} Painter */

/** @param {Model} model */
export function makePainter(model) {
  const grounds = makeGroundPainter(model);
  const paint = (/** @type {Pen} */ pen, /** @type {View} */ view, /** @type {Scene} */ scene) => {
    if (!scene.over) grounds.sea(pen, view, scene.palette);
    if (scene.against < 0) grounds.date(pen, view, scene);
    else grounds.change(pen, view, scene);
    if (scene.zone) grounds.chosen(pen, view, scene.palette, scene.zone);
    grounds.lines(pen, view, scene.palette);
    paintPlaces(pen, view, scene, model);
  };
  return { paint, ahead: grounds.ahead };
}
