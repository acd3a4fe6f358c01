// The largest zones first; the rest only when asked for, since a whole war has hundreds. A row
// tells one zone after the other, since making rows anew takes longer than drawing the map.

import { swatch } from '../map/legend.js';
import { el, fill, growButton, write } from '../parts/dom.js';
import { partyName } from '../text/phrases.js';
import { zoneName } from './zone-details.js';

/** @import { Zone } from '../packed/zones.js' */
/** @import { Reader } from '../reading/reader.js' */

const FIRST_ZONES = 8;

/** @param {Reader} reader */
export function makeZoneList(reader) {
  const list = el('ul', { class: 'fm-list' });
  /** @type {ReturnType<typeof makeRow>[]} */
  const rows = [];
  /** @type {Zone[]} */
  let all = [];
  const show = (/** @type {Zone[]} */ zones) => {
    while (rows.length < zones.length) rows.push(makeRow(reader));
    fill(list, [zones.map((zone, i) => rows[i](zone))]);
  };
  const more = growButton(list, '', () => show(all));
  return (/** @type {Zone[]} */ zones) => {
    all = zones;
    show(zones.slice(0, FIRST_ZONES));
    write(more, reader.say('zones_all', { n: zones.length }));
    return [list, zones.length > FIRST_ZONES && more];
  };
}

/** @param {Reader} reader */
function makeRow(reader) {
  const { say, model, words, palette, set } = reader;
  /** @type {Zone | null} */
  let shown = null;
  const [status, name, area] = [new Text(), el('small'), el('span')];
  const onclick = () => set({ zone: shown, place: null, figure: null });
  const button = el('button', { type: 'button', class: 'fm-row', onclick });
  const row = el('li', {}, button);
  const text = el('span', { class: 'fm-grow' }, status, name);
  /** @type {Map<string, HTMLCanvasElement>} */
  const icons = new Map();
  return (/** @type {Zone} */ zone) => {
    shown = zone;
    const whose = model.parties.length > 1 ? `${partyName(reader, zone.party)}: ` : '';
    write(status, `${whose}${say(zone.status)}`);
    write(name, zoneName(reader, zone));
    write(area, `${words().tenth(zone.km2)} ${say('km2')}`);
    const look = `${zone.status} ${zone.party} ${palette().ink}`;
    const icon = icons.get(look) || swatch(reader, zone.status, zone.party);
    icons.set(look, icon);
    fill(button, [icon, text, area]);
    return row;
  };
}
