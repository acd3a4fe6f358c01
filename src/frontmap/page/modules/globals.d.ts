// What the page's two scripts leave for each other and for tests.
import type { Map as LeafletMap } from 'leaflet';
import type { Payload } from './payload.js';
import type { Reader } from './reading/reader.js';

declare global {
  interface Window {
    frontmapMount?: (map: LeafletMap, data: Payload, whole: boolean) => Reader;
    frontmapStart: (makeMap: () => LeafletMap, id: string, whole: boolean) => Promise<void>;
  }
  interface Document {
    namespaces?: { add(): void };
  }
  interface HTMLElement {
    frontmap?: Reader;
  }
}
