// Whole numbers as few bytes: see docs/page.md.

/**
 * Numbers of seven bits a byte, low bits first: read all at once, then given in order.
 * @param {Uint8Array} bytes
 */
export function numbersOf(bytes) {
  const numbers = new Uint32Array(bytes.length);
  for (let at = 0, count = 0; at < bytes.length; at += 1, count += 1) {
    let number = bytes[at] & 127;
    for (let shift = 7; bytes[at] > 127; shift += 7) {
      at += 1;
      number |= (bytes[at] & 127) << shift;
    }
    numbers[count] = number;
  }
  let given = 0;
  const take = (/** @type {number} */ count) => {
    given += count;
    return numbers.subarray(given - count, given);
  };
  const next = () => take(1)[0];
  return { next, take, column: () => take(next()) };
}

/**
 * Numbers that can be negative are folded: 0, -1, 1, -2 … are 0, 1, 2, 3 ….
 * @param {number} number
 */
export function unfold(number) {
  return (number >>> 1) ^ -(number & 1);
}

/**
 * Each number with all before it.
 * @param {Uint32Array} numbers
 */
export function sums(numbers) {
  let sum = 0;
  return numbers.map(number => {
    sum += number;
    return sum;
  });
}
