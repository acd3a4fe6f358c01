// Things made when they are first asked for.

/**
 * @template Made
 * @param {() => Made} make
 */
export function once(make) {
  /** @type {{ made: Made } | undefined} */
  let box;
  return () => {
    box ||= { made: make() };
    return box.made;
  };
}

/**
 * What was made for a key last, until the key changes.
 * @template Made
 * @template {unknown[]} Given
 * @param {(...given: Given) => Made} make
 */
export function lastFor(make) {
  /** @type {{ key: string, made: Made } | undefined} */
  let last;
  return (/** @type {string} */ key, /** @type {Given} */ ...given) => {
    if (key !== last?.key) last = { key, made: make(...given) };
    return last.made;
  };
}
