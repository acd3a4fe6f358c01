// The second script: one name, `frontmapMount`, mounts the whole page or a control on somebody's map.

import { mountControl } from './control.js';
import { mountPage } from './page.js';

window.frontmapMount = (map, data, whole) => (whole ? mountPage(map, data) : mountControl(map, data));
