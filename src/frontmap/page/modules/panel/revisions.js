// The revisions of a date: rows that are written over, since most dates have one.

import { el, fill, write } from '../parts/dom.js';
import { given, sourceLink } from '../parts/quotes.js';

/** @import { RevisionRow } from '../payload.js' */
/** @import { Reader } from '../reading/reader.js' */

/** @param {Reader} reader */
export function makeRevisions(reader) {
  const { model, state, say, words } = reader;
  const title = el('h3');
  const list = el('ul', { class: 'fm-revisions' });
  const makeRow = () => {
    const [when, digest] = [new Text(), el('code')];
    const reason = given(reader, '');
    const node = el('li', {}, when, reason, ' ', digest);
    return (/** @type {RevisionRow} */ row) => {
      const kind = say(`kind_${row.kind}`);
      write(when, `${words().instant(row.recorded)}: ${kind}${row.reason.length ? ', ' : ''}`);
      fill(reason, [row.reason.map(part => (typeof part === 'number' ? sourceLink(reader, part) : part))]);
      write(digest, row.digest);
      return node;
    };
  };
  /** @type {ReturnType<typeof makeRow>[]} */
  const rows = [];
  return () => {
    const revisions = model.revisionsAt(state.index);
    while (rows.length < revisions.length) rows.push(makeRow());
    write(title, say('revisions'));
    fill(list, [revisions.map((one, i) => rows[i](one))]);
    return [title, list];
  };
}
