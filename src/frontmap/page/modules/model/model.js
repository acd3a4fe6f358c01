// What the page knows, asked by snapshot: plain values, nothing drawn here.

import { worldX, worldY } from '../map/mercator.js';
import { rowsOf } from '../packed/columns.js';
import { unpackShapes } from '../packed/shapes.js';
import { unpackZones } from '../packed/zones.js';
import { makeChanges } from './changes.js';
import { insideShape } from './ground.js';
import { groupBy } from './groups.js';
import { once } from './lazy.js';
import { DAY_MS, dateAt, gapAfter, indexOf, nearestIndex, snapshotsOf, timeOf } from './snapshots.js';

/** @import { AreaRow, ClaimantRow, EventRow, FigureRow } from '../payload.js' */
/** @import { Payload, PlaceRow, RegionRow, RevisionRow } from '../payload.js' */
/** @import { Zone } from '../packed/zones.js' */

/** @typedef {ReturnType<typeof makeModel>} Model */
/** @typedef {{ event: string, parties: string[], claimant: ClaimantRow }} Said */
/** @typedef {Said & { date: string, sources: number[] }} PlaceEvent */
/** @typedef {Omit<PlaceRow, 'events'> & { x: number, y: number, events: PlaceEvent[] }} Place */
/** @typedef {Omit<RegionRow, 'spots'> & { spots: { x: number, y: number, about: number }[] }} Region */
/** @typedef {Pick<Zone, 'status' | 'party' | 'shape'>[]} Ground */
/** @typedef {Omit<FigureRow, 'claimant'> & { claimant: ClaimantRow, time: number }} Figure */
/** @typedef {Omit<EventRow, 'claimant'> & { claimant: ClaimantRow }} DayEvent */

/** @type {Record<string, number>} */
const DRAWN = { controlled: 0, contested: 1, claimed: 2 };
/** @type {Zone[]} */
const NO_ZONES = [];

/** @param {Payload} data */
export function makeModel(data) {
  const snapshots = snapshotsOf(data);
  const parties = Object.keys(data.areas);
  const shapes = unpackShapes(data.geo, data.vertices);
  const zones = unpackZones(data.zones, rowsOf(data.attributes), data.zone_ids);
  zones.sort((a, b) => DRAWN[a.status] - DRAWN[b.status]);
  const zonesAt = snapshots.map(() => /** @type {Zone[]} */ ([]));
  zones.forEach(zone => {
    zone.spans.forEach(({ from, to }) => {
      for (let i = from; i < to; i += 1) zonesAt[i].push(zone);
    });
  });
  const grounds = zonesAt.map(own => once(() => groupBy(own, ({ status, party }) => `${status} ${party}`)));
  const shared = snapshots.map(() => /** @type {Ground[]} */ ([]));
  rowsOf(data.shared).forEach(({ parties: party, shape, begin, end }) => {
    const ground = [{ status: 'contested', party, shape }];
    for (let i = begin; i < end; i += 1) shared[i].push(ground);
  });
  const claimants = rowsOf(data.claimants);
  const places = placesOf(data, claimants);
  // Towns first, then the settlements of which most is reported.
  const byRank = once(() => {
    const town = (/** @type {Place} */ place) => Number(place.kind === 'town');
    return [...places].sort((a, b) => town(b) - town(a) || b.events.length - a.events.length);
  });
  /** @type {Map<Zone, Place | null>} */
  const found = new Map();
  const revisions = snapshots.map(() => /** @type {RevisionRow[]} */ ([]));
  rowsOf(data.revisions).forEach(row => {
    revisions[row.snapshot].push(row);
  });
  const reported = rowsOf(data.reported).map(row => ({
    ...row,
    claimant: claimants[row.claimant],
    time: timeOf(row.date)
  }));

  return {
    snapshots,
    parties,
    languages: Object.keys(data.words.texts),
    shapes,
    zones,
    places,
    reported,
    events: rowsOf(data.events).map(row => ({ ...row, claimant: claimants[row.claimant] })),
    sources: rowsOf(data.sources),
    lines: rowsOf(data.lines),
    makersBeside: (data.beside ?? []).map((_, i) => `${i + 1}`),
    regions: rowsOf(data.regions).map(row => ({ ...row, spots: nameSpots(row.spots) })),
    zonesAt: (/** @type {number} */ index) => zonesAt[index],
    // The zones of a snapshot by status and party: all such lists, or the one of a status and party. Over
    // them lies what several parties hold at once.
    groundsAt: (/** @type {number} */ index) =>
      /** @type {Ground[]} */ ([...grounds[index]().values(), ...shared[index]]),
    groundAt: (/** @type {number} */ index, /** @type {string} */ status, /** @type {string} */ party) =>
      grounds[index]().get(`${status} ${party}`) || NO_ZONES,
    // The town, or the settlement most spoken of, that a zone holds.
    placeIn: (/** @type {Zone} */ zone) => {
      const inside = (/** @type {Place} */ place) => insideShape(shapes, zone.shape, place.x, place.y);
      if (!found.has(zone)) found.set(zone, byRank().find(inside) || null);
      return found.get(zone);
    },
    // The revision in force first, then the earlier ones, newest first.
    revisionsAt: (/** @type {number} */ index) => revisions[index],
    areaAt: (/** @type {string} */ party, /** @type {number} */ index) =>
      /** @type {AreaRow} */ (
        Object.fromEntries(Object.entries(data.areas[party]).map(([name, column]) => [name, column[index]]))
      ),
    change: makeChanges(data, parties, snapshots.length),
    gapAfter: (/** @type {number} */ index) => gapAfter(snapshots, index),
    find: (/** @type {string} */ key) => indexOf(snapshots, key),
    nearest: (/** @type {number} */ time) => nearestIndex(snapshots, time)
  };
}

/** @param {number[]} numbers */
function nameSpots(numbers) {
  return Array.from({ length: numbers.length / 3 }, (_, i) => {
    const [lon, lat, about] = numbers.slice(3 * i, 3 * i + 3);
    return { x: worldX(lon), y: worldY(lat), about: about / 360 };
  });
}

/**
 * @param {Payload} data
 * @param {ClaimantRow[]} claimants
 * @returns {Place[]}
 */
function placesOf(data, claimants) {
  const events = rowsOf(data.settlement_events);
  const first = timeOf(data.first);
  let end = 0;
  return rowsOf(data.places).map(place => {
    let time = first;
    end += place.events;
    const own = events.slice(end - place.events, end).map(row => {
      time += row.days * DAY_MS;
      const [event, ...parties] = data.event_kinds[row.event];
      return { date: dateAt(time), event, parties, claimant: claimants[row.claimant], sources: row.sources };
    });
    return { ...place, x: worldX(place.lon), y: worldY(place.lat), events: own };
  });
}

/**
 * A place's status in a snapshot, blank: not held; and which parties', the strongest first.
 * @param {Pick<PlaceRow, 'since' | 'statuses'>} place
 * @param {number} index
 */
export function statusOfPlace(place, index) {
  const found = place.statuses[place.since.findLastIndex(from => from <= index)] || '';
  const [status, ...parties] = found.split(' ');
  return { status, parties };
}
