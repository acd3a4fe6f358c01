// The first script of the page: it inflates the parts, puts style and reader in place and starts.
// The content policy names the reader's hash, so nothing else can run in its stead.

var frontmapStart = (function () {
  const SIGNS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%,()*+-;.=/?@^_]:|[~';

  // Five signs of 85 are four bytes; the last few signs may be missing.
  function bytesOf(text) {
    const values = new Uint8Array(128);
    [...SIGNS].forEach((sign, value) => { values[sign.charCodeAt(0)] = value; });
    const missing = (5 - (text.length % 5)) % 5;
    const signs = new TextEncoder().encode(text + SIGNS[84].repeat(missing));
    const bytes = new Uint8Array((signs.length / 5) * 4);
    for (let i = 0, at = 0; i < signs.length; i += 5, at += 4) {
      const high = (values[signs[i]] * 85 + values[signs[i + 1]]) * 85 + values[signs[i + 2]];
      const number = high * 7225 + values[signs[i + 3]] * 85 + values[signs[i + 4]];
      bytes[at] = number >>> 24;
      bytes[at + 1] = number >>> 16;
      bytes[at + 2] = number >>> 8;
      bytes[at + 3] = number;
    }
    return bytes.subarray(0, bytes.length - missing);
  }

  // The browser inflates; read chunk by chunk, which waits for nothing else.
  async function inflated(bytes, length) {
    const { readable, writable } = new DecompressionStream('deflate-raw');
    const sink = writable.getWriter();
    sink.write(bytes);
    sink.close();
    const whole = new Uint8Array(length);
    const source = readable.getReader();
    for (let at = 0; ;) {
      const { done, value } = await source.read();
      if (done) return whole;
      whole.set(value, at);
      at += value.length;
    }
  }

  // Take the parts out of the deflated whole.
  async function openParts({ parts, data }) {
    const whole = await inflated(bytesOf(data), parts.reduce((sum, [, length]) => sum + length, 0));
    const found = {};
    let at = 0;
    parts.forEach(([name, length]) => {
      found[name] = whole.subarray(at, at + length);
      at += length;
    });
    const text = JSON.parse(new TextDecoder().decode(found.text));
    delete found.text;
    return { ...text, ...found };
  }

  function place(tag, text) {
    const node = document.createElement(tag);
    node.textContent = text;
    document.head.append(node);
  }

  return async function start(makeMap, id, whole) {
    const head = JSON.parse(document.getElementById(id).textContent);
    if (typeof DecompressionStream === 'undefined') {
      const note = document.createElement('p');
      note.textContent = 'This map needs a browser of 2023 or later. · Для цієї карти потрібен браузер 2023 року або новіший. · Для этой карты нужен браузер 2023 года или новее.';
      document.body.prepend(note);
      return;
    }
    const data = await openParts(head);
    if (data.leaflet) {
      place('style', data.leaflet_style);
      place('script', data.leaflet);
    }
    if (!window.frontmapMount) {
      place('style', data.style);
      place('script', data.script);
    }
    const map = makeMap();
    map.getContainer().frontmap = window.frontmapMount(map, data, whole);
  };
})();
