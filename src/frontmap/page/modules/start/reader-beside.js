// The second script of a page that draws other makers' lines over its map.

import { layBeside } from '../map/beside.js';
import { mountControl } from './control.js';
import { mountPage } from './page.js';

window.frontmapMount = (map, data, whole) =>
  whole ? layBeside(mountPage(map, data)) : mountControl(map, data);
