// Longitude and latitude in degrees on the Mercator square of the whole world, 0 to 1 each way.

/** @param {number} lon */
export function worldX(lon) {
  return lon / 360 + 0.5;
}

/** @param {number} lat */
export function worldY(lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}
