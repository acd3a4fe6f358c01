// The same reading as one control on anybody's folium map.

function mountControl(map, data) {
  const reader = makeReader(map, data, true);
  const { state, say } = reader;
  const { date, figure, versus } = headline(reader);
  const box = el('div', { class: 'fm-control' }, titleHeading(reader, 'p'), el('p', { class: 'fm-when' }, date), figure, versus, slider(reader), el('div', { class: 'fm-buttons' }, stepButtons(reader)), legend(reader), announcer(reader));
  const Control = L.Control.extend({
    onAdd: () => {
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    },
  });
  new Control({ position: 'bottomleft' }).addTo(map);
  const [west, south, east, north] = data.view;
  if (data.fit) map.fitBounds([[south, west], [north, east]], { animate: false });
  reader.canvas.addTo(map);
  map.on('click', (event) => {
    const zone = reader.zoneAt(event.latlng);
    reader.set({ zone });
    if (!zone) return;
    const content = el('div', { class: 'fm-popup' }, el('h2', {}, `${say(zone.status)}, ${reader.words().tenth(zone.km2)} ${say('km2')}`), zoneDetails(reader, zone));
    L.popup({ maxWidth: 320, maxHeight: 320 }).setLatLng(event.latlng).setContent(content).openOn(map);
  });
  reader.listen((what) => {
    if (what.includes('index')) map.closePopup();
  });
  box.setAttribute('lang', state.language);
  return reader;
}
