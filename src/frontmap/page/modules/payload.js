// What a page carries, as `frontmap.page.payload.fields` states it in Python; a test holds the two
// against each other. Nothing here runs.

/**
 * A table as its columns, each by its name, what rows have by language as a column for each; of
 * `packed/columns.js` `rowsOf` makes rows.
 * @template Row
 * @typedef {{ [Name in keyof Row]: Name extends 'names' | 'texts' ? ByLanguage : Row[Name][] }} Columns
 */
/** @typedef {Record<string, unknown[]>} ByLanguage */

/**
 * A name by language of the page, the English one always; or blank.
 * @typedef {Record<string, string>} Names
 */

/**
 * One party's ground in one snapshot, in km²: `error_km2` is a standard error, `bound_km2` the worst case.
 * @typedef {object} AreaRow
 * @property {number} controlled_km2
 * @property {number} contested_km2
 * @property {number} claimed_km2
 * @property {number} error_km2
 * @property {number} bound_km2
 */

/**
 * What zones have in common; `sources` are numbers of rows of `sources`.
 * @typedef {object} ZoneAttributesRow
 * @property {string} party
 * @property {string} status
 * @property {string} confidence
 * @property {number} accuracy_m
 * @property {number[]} sources
 * @property {string} note
 */

/**
 * A line of the reference, of its kind: the number of the ring that it is. A state border that is
 * disputed is of kind `disputed`; outlines of a `country` are coarse.
 * @typedef {object} LineRow
 * @property {string} kind
 * @property {number} ring
 */

/**
 * Ground that these parties (with spaces between) hold at once, which counts as contested: its shape's
 * number, and its snapshots, from `begin` up to, but not with, `end`.
 * @typedef {object} SharedRow
 * @property {string} parties
 * @property {number} shape
 * @property {number} begin
 * @property {number} end
 */

/**
 * A unit or country of the reference: its name, and where that may stand, the best first; of each of its
 * `spots`: longitude, latitude, and the degrees about it that are its own.
 * @typedef {object} RegionRow
 * @property {number[]} spots
 * @property {Names} names
 * @property {string} kind
 */

/**
 * A revision of the snapshot of that index; its reason in pieces, a number for each source that it names.
 * @typedef {object} RevisionRow
 * @property {number} snapshot
 * @property {string} digest
 * @property {string} recorded
 * @property {string} kind
 * @property {(string | number)[]} reason
 * @property {number[]} sources
 */

/**
 * Who said something, as the archive's makers give the name, and by language; blank: no name there.
 * @typedef {object} ClaimantRow
 * @property {string} given
 * @property {Names} names
 */

/**
 * A place of the reference (of kind `town`, beyond the theatre `city`), or a settlement of which
 * something is reported. Its status is `statuses[i]` (`held GOV`: whose, the strongest first) from the
 * snapshot of index `since[i]` on; it starts as not held. So many `events` of `settlement_events`, which
 * come in order of the places, are its own.
 * @typedef {object} PlaceRow
 * @property {number} lon
 * @property {number} lat
 * @property {Names} names
 * @property {string} kind
 * @property {number} population
 * @property {number[]} since
 * @property {string[]} statuses
 * @property {number} events
 * @property {Names | null} raion
 * @property {string | null} sort
 */

/**
 * What was reported of a place: `days` since the event before it of that place, of its first since
 * the first snapshot; numbers of the kind of event (an event and its parties), of the claimant and of
 * the sources.
 * @typedef {object} SettlementEventRow
 * @property {number} days
 * @property {number} event
 * @property {number} claimant
 * @property {number[]} sources
 */

/**
 * A source; all three are blank where nothing on the page cites it.
 * @typedef {object} SourceRow
 * @property {string} publisher
 * @property {string} url
 * @property {string} published
 */

/**
 * A reported figure with its verdict; `basis`, `reason` and `nearest` tell why. Set against `snapshots`
 * snapshots, from `first_snapshot` to `last_snapshot`; `day_…` is the reading as of the one day under
 * which a figure of a month is filed.
 * @typedef {object} FigureRow
 * @property {string} party
 * @property {string} date
 * @property {string} precision
 * @property {number} value_km2
 * @property {string} qualifier
 * @property {string} measure
 * @property {number} claimant
 * @property {number[]} sources
 * @property {string} note
 * @property {Verdict} verdict
 * @property {'day' | 'month' | 'peak' | null} basis
 * @property {string} reason
 * @property {string | null} nearest
 * @property {number} snapshots
 * @property {string | null} first_snapshot
 * @property {string | null} last_snapshot
 * @property {number | null} age_days
 * @property {number | null} low_km2
 * @property {number | null} high_km2
 * @property {number | null} error_km2
 * @property {number | null} difference_km2
 * @property {boolean | null} within_error
 * @property {boolean | null} within_bound
 * @property {number | null} bound_km2
 * @property {string | null} from_date
 * @property {Verdict | null} day_verdict
 * @property {number | null} day_low_km2
 * @property {number | null} day_high_km2
 * @property {number | null} day_error_km2
 */

/** @typedef {'agrees' | 'contested' | 'above' | 'below' | 'unchecked'} Verdict */

/**
 * Another number that was reported for a day.
 * @typedef {object} EventRow
 * @property {string} date
 * @property {string} what
 * @property {number | null} figure
 * @property {string} unit
 * @property {number} claimant
 * @property {number[]} sources
 */

/**
 * One text of the interface by language, English always; null where a language has none. A text with
 * a number has a form for each plural.
 * @typedef {object} TextRow
 * @property {string} name
 * @property {Record<string, string | Record<string, string> | null>} texts
 */

/**
 * The map's colours, light or dark; `several` of the parties have ground.
 * @typedef {object} Palette
 * @property {string} ground
 * @property {string} ink
 * @property {string} soft
 * @property {string} halo
 * @property {string} border
 * @property {string} water
 * @property {string} road
 * @property {string} sea
 * @property {Record<string, string>} parties
 * @property {boolean} several
 * @property {string} contested
 * @property {string} gained
 * @property {string} lost
 */

/**
 * Another maker's line of held ground: for each snapshot of the page the place in `dates` of the
 * maker's own (-1: none yet), and for each party and each of `dates` the numbers of rings.
 * @typedef {object} MakerBeside
 * @property {string} maker
 * @property {number[]} of_date
 * @property {string[]} dates
 * @property {Record<string, number[][]>} lines
 */

/**
 * @typedef {object} Payload
 * @property {number} form
 * @property {string} app
 * @property {Record<string, Columns<AreaRow>>} areas
 * @property {string} slug
 * @property {string} title
 * @property {Record<string, string>} titles
 * @property {string} language
 * @property {string} maker
 * @property {string} license
 * @property {boolean} withheld
 * @property {string[]} credits
 * @property {Record<string, Names>} parties
 * @property {Record<string, Record<string, string>>} stands_for
 * @property {[number, number, number, number]} view
 * @property {string} digest
 * @property {string} known
 * @property {Columns<RegionRow>} regions
 * @property {string} opening
 * @property {string} recorded
 * @property {string} first
 * @property {number[]} steps
 * @property {number[] | null} minutes
 * @property {number | null} proposed
 * @property {Uint8Array} geo
 * @property {Uint8Array} vertices
 * @property {Uint8Array} zones
 * @property {Columns<ZoneAttributesRow>} attributes
 * @property {string[]} zone_ids
 * @property {Columns<SharedRow>} shared
 * @property {Columns<LineRow>} lines
 * @property {number} lines_m
 * @property {Columns<RevisionRow>} revisions
 * @property {boolean} any_pair
 * @property {number[]} maker_changes
 * @property {Uint8Array} changed_ground
 * @property {Columns<ClaimantRow>} claimants
 * @property {Columns<PlaceRow>} places
 * @property {Columns<SettlementEventRow>} settlement_events
 * @property {string[][]} event_kinds
 * @property {Columns<SourceRow>} sources
 * @property {Columns<FigureRow>} reported
 * @property {Record<string, number>} days_around
 * @property {Columns<EventRow>} events
 * @property {Record<'light' | 'dark', Palette>} palette
 * @property {Columns<TextRow>} words
 * @property {Uint8Array} style
 * @property {Uint8Array} script
 * @property {MakerBeside[]} [beside]
 * @property {Uint8Array} [leaflet]
 * @property {Uint8Array} [leaflet_style]
 */

export {};
