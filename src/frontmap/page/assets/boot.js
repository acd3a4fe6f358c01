// The first script of the page: it inflates the parts, puts style and reader in place and starts.
// The content policy names the reader's hash, so nothing else can run in its stead.

var frontmapStart = (function () {
  const SIGNS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%,()*+-;.=/?@^_]:|[~';

  // Five signs of 85 are four bytes.
  function bytesOf(text) {
    const values = new Uint8Array(128);
    [...SIGNS].forEach((sign, value) => { values[sign.charCodeAt(0)] = value; });
    const bytes = new DataView(new ArrayBuffer(Math.ceil(text.length / 5) * 4));
    for (let i = 0, at = 0; i < text.length; i += 5, at += 4) {
      let number = 0;
      for (let k = i; k < i + 5; k += 1) number = number * 85 + (k < text.length ? values[text.charCodeAt(k)] : 84);
      bytes.setUint32(at, number);
    }
    return new Uint8Array(bytes.buffer, 0, bytes.byteLength - (5 - (text.length % 5 || 5)));
  }

  // The browser inflates; reading chunk by chunk waits for nothing else.
  async function inflated(bytes, length) {
    const inflater = new DecompressionStream('deflate-raw');
    const sink = inflater.writable.getWriter();
    sink.write(bytes);
    sink.close();
    const source = inflater.readable.getReader();
    const whole = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const { value } = await source.read();
      whole.set(value, at);
      at += value.length;
    }
    return whole;
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
    return { ...JSON.parse(textOf(found.text)), ...found };
  }

  function textOf(bytes) {
    return new TextDecoder().decode(bytes);
  }

  function place(tag, bytes) {
    const node = document.createElement(tag);
    node.textContent = textOf(bytes);
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
      // Leaflet asks every browser for what one had once; the error it catches costs half its start.
      document.namespaces = { add() {} };
      place('script', data.leaflet);
      delete document.namespaces;
    }
    if (!window.frontmapMount) {
      place('style', data.style);
      place('script', data.script);
    }
    const map = makeMap();
    map.getContainer().frontmap = window.frontmapMount(map, data, whole);
  };
})();
