// The other date. The list of dates stays as it is while dates are gone through, so that keys can go
// on in it.

import { lastFor } from '../model/lazy.js';
import { inTime } from '../model/snapshots.js';
import { el, fill, write } from '../parts/dom.js';
import { comparisonParts } from '../parts/headline.js';
import { section } from './section.js';

/** @import { Reader } from '../reading/reader.js' */

/** @param {Reader} reader */
export function compareSection(reader) {
  const { model, state, say, set, words } = reader;
  const options = lastFor(() => [
    el('option', { value: -1 }, say('compare_none')),
    ...model.snapshots.map(one => el('option', { value: one.index }, words().date(one)))
  ]);
  const onchange = () => set({ against: Number(select.value) });
  const select = el('select', { class: 'fm-select', onchange });
  const onclick = () => {
    set({ against: -1 });
    select.focus();
  };
  const end = el('button', { type: 'button', class: 'fm-button fm-wide', onclick });
  const render = () => {
    const on = state.against >= 0;
    const carried = !on || model.change(state.party, ...inTime(state.against, state.index));
    fill(select, [options(state.language)]);
    select.value = `${state.against}`;
    select.setAttribute('aria-label', say('compare_with'));
    write(end, say('compare_stop'));
    return [
      el('p', {}, say('compare_help')),
      select,
      on && el('p', { class: 'fm-versus' }, comparisonParts(reader)),
      !carried && el('p', { class: 'fm-note' }, say('compare_net_only')),
      on && end
    ];
  };
  return section(reader, 'compare', render, ['index', 'party', 'against']);
}
