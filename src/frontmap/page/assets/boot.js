// The first script of the page: it inflates the parts, puts style and reader in place and starts.
// The content policy names the reader's hash, so nothing else can run in its stead.

var frontmapStart = (function () {
  function bytesOf(text) {
    const raw = atob(text);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
    return bytes;
  }

  // Take the parts out of the deflated whole; the browser inflates.
  async function openParts({ parts, data }) {
    const stream = new Blob([bytesOf(data)]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const whole = new Uint8Array(await new Response(stream).arrayBuffer());
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

  return async function start(map, id, whole) {
    const head = JSON.parse(document.getElementById(id).textContent);
    if (typeof DecompressionStream === 'undefined') {
      const note = document.createElement('p');
      note.textContent = 'This map needs a browser of 2023 or later.';
      document.body.prepend(note);
      return;
    }
    const data = await openParts(head);
    if (!window.frontmapMount) {
      place('style', data.style);
      place('script', data.script);
    }
    map.getContainer().frontmap = window.frontmapMount(map, data, whole);
  };
})();
