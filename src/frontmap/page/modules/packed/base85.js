// Bytes as text: see docs/page.md.

const SIGNS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%,()*+-;.=/?@^_]:|[~';

/**
 * Five signs of 85 are four bytes.
 * @param {string} text
 */
export function bytesOf(text) {
  const values = new Map(Array.from(SIGNS, (sign, value) => [sign, value]));
  const bytes = new DataView(new ArrayBuffer(Math.ceil(text.length / 5) * 4));
  for (let i = 0, at = 0; i < text.length; i += 5, at += 4) {
    let number = 0;
    for (let k = i; k < i + 5; k += 1) number = number * 85 + (values.get(text[k]) ?? 84);
    bytes.setUint32(at, number);
  }
  return new Uint8Array(bytes.buffer, 0, bytes.byteLength - (5 - (text.length % 5 || 5)));
}
