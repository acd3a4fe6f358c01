// The same reading as one control on anybody's folium map.

import { legend } from '../map/legend.js';
import { zoneDetails } from '../panel/zone-details.js';
import { el } from '../parts/dom.js';
import { announcer, headline, titleHeading, wearParty } from '../parts/headline.js';
import { makeReader } from '../reading/reader.js';
import { slider, stepButtons } from '../time/steps.js';

/** @import { Payload } from '../payload.js' */
/** @import { Zone } from '../packed/zones.js' */
/** @import { Reader } from '../reading/reader.js' */

const POPUP = { maxWidth: 320, maxHeight: 320 };

/**
 * @param {L.Map} map
 * @param {Payload} data
 */
export function mountControl(map, data) {
  const reader = makeReader(map, data, true);
  const { date, figure, versus } = headline(reader);
  const said = { lang: reader.state.language, dir: reader.say('direction') };
  const box = el('div', { class: 'fm-control', ...said }, [
    [titleHeading(reader, 'p'), el('p', { class: 'fm-when' }, date), figure, versus, slider(reader)],
    [el('div', { class: 'fm-buttons' }, stepButtons(reader)), legend(reader), announcer(reader)]
  ]);
  const Control = L.Control.extend({
    onAdd: () => {
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    }
  });
  wearParty(reader, box);
  new Control({ position: 'bottomleft' }).addTo(map);
  reader.canvas.addTo(map);
  map.on('click', ({ latlng }) => {
    const zone = reader.zoneAt(latlng);
    reader.set({ zone });
    if (zone) L.popup(POPUP).setLatLng(latlng).setContent(zonePopup(reader, zone)).openOn(map);
  });
  reader.listen(changed => {
    if (changed.includes('index')) map.closePopup();
  });
  return reader;
}

/**
 * @param {Reader} reader
 * @param {Zone} zone
 */
function zonePopup(reader, zone) {
  const { say, words } = reader;
  const title = `${say(zone.status)}, ${words().tenth(zone.km2)} ${say('km2')}`;
  return el(
    'div',
    { class: 'fm-popup', dir: say('direction') },
    el('h2', {}, title),
    zoneDetails(reader, zone)
  );
}
