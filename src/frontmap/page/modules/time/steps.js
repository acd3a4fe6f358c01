// The slider and the buttons that step from date to date.

import { el, fill, label, svg } from '../parts/dom.js';
import { sliderScale } from '../reading/player.js';
import { areaTexts, shownDate } from '../text/phrases.js';

/** @import { Reader } from '../reading/reader.js' */

/** @param {string} path */
function icon(path) {
  const box = { viewBox: '0 0 20 20', width: 20, height: 20, 'aria-hidden': 'true' };
  return svg('svg', box, svg('path', { d: path }));
}

/** @param {Reader} reader */
export function stepButtons(reader) {
  const { state, model, say } = reader;
  const button = { type: 'button', class: 'fm-button' };
  const back = el('button', { ...button, onclick: reader.back }, icon('M13 3L6 10l7 7'));
  const next = el('button', { ...button, onclick: reader.next }, icon('M7 3l7 7-7 7'));
  const onclick = () => reader.play(!state.playing);
  const play = el('button', { type: 'button', class: 'fm-button fm-play', onclick });
  reader.follow(() => {
    back.setAttribute('aria-disabled', `${state.index === 0}`);
    next.setAttribute('aria-disabled', `${state.index === model.snapshots.length - 1}`);
  }, ['index']);
  reader.follow(() => {
    fill(play, [icon(state.playing ? 'M6 3h3v14H6zM11 3h3v14h-3z' : 'M5 2l12 8-12 8z')]);
    label(play, say(state.playing ? 'pause' : 'play'));
    label(back, say('previous'));
    label(next, say('next'));
  }, ['playing', 'language']);
  return [back, play, next];
}

/**
 * Take a key that means a step, unless it is part of something else.
 * @param {Reader} reader
 * @param {KeyboardEvent} event
 */
export function stepByKey(reader, event) {
  if (!event.altKey && !event.ctrlKey && !event.metaKey && reader.press(event.key)) event.preventDefault();
}

/** @param {Reader} reader */
export function slider(reader) {
  const { model, state } = reader;
  const scale = sliderScale(model, Boolean(reader.data.minutes));
  const input = el('input', { type: 'range', class: 'fm-slider', min: 0, max: scale.most, step: 1 });
  const stand = () => {
    input.value = `${scale.valueAt(state.index)}`;
  };
  input.addEventListener('input', () => {
    reader.go(scale.indexAt(Number(input.value)));
    stand();
  });
  input.addEventListener('keydown', event => stepByKey(reader, event));
  reader.follow(() => input.setAttribute('aria-label', reader.say('slider')), ['language']);
  reader.follow(() => {
    const { controlled, unit } = areaTexts(reader);
    stand();
    input.setAttribute('aria-valuetext', `${shownDate(reader)}, ${controlled} ${unit}`);
  });
  return input;
}
