// The only way text gets into the page: as text.

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => {
    if (value === undefined || value === null || value === false) return;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'class') node.className = value;
    else if (value === true) node.setAttribute(name, '');
    else node.setAttribute(name, value);
  });
  fill(node, children);
  return node;
}

// Give a node these children; those that it has already stay where they are.
function fill(node, children) {
  const wanted = children.flat(3).filter((child) => child !== null && child !== undefined && child !== false && child !== '');
  const kept = new Set(wanted);
  let here = node.firstChild;
  const drop = () => {
    while (here && !kept.has(here)) {
      const gone = here;
      here = here.nextSibling;
      gone.remove();
    }
  };
  drop();
  wanted.forEach((child) => {
    if (child !== here) {
      node.insertBefore(child instanceof Node ? child : document.createTextNode(child), here);
      return;
    }
    here = here.nextSibling;
    drop();
  });
  return node;
}

// Set a node's one text where it differs: a step changes little of what a page says, and a text
// that changes costs the browser less than one that is replaced.
function write(node, text) {
  const own = node instanceof Text ? node : node.firstChild;
  if (!own) node.append(text);
  else if (own.data !== text) own.data = text;
}

// A button that lets a list grow by the rest, then goes; who pressed it is led to what is new.
function growButton(list, text, grow) {
  const button = el('button', { type: 'button', class: 'fm-button fm-wide fm-rest', onclick: (event) => {
    const { length } = list.children;
    grow();
    button.remove();
    const fresh = list.children[length] && list.children[length].querySelector('a, button');
    if (event.isTrusted && fresh) fresh.focus();
  } }, text);
  return button;
}

const idle = window.requestIdleCallback || ((run) => setTimeout(run, 50));

// What was made for a key last, until the key changes.
function keptFor(make) {
  let last;
  let made;
  return (key, ...given) => {
    if (key !== last) made = make(...given);
    last = key;
    return made;
  };
}

// What runs once it hasn't been asked for so long. One timer serves all that waits, since waking
// the page costs more than most of what it then does.
const waiting = new Map();
let alarm = 0;
let alarmAt = Infinity;

function atRest(run, ms) {
  return () => {
    waiting.set(run, performance.now() + ms);
    setAlarm();
  };
}

function setAlarm() {
  const next = Math.min(...waiting.values());
  if (next >= alarmAt) return;
  window.clearTimeout(alarm);
  alarmAt = next;
  alarm = window.setTimeout(wake, next - performance.now());
}

function wake() {
  const now = performance.now() + 1;
  const due = [...waiting.keys()].filter((run) => waiting.get(run) <= now);
  due.forEach((run) => waiting.delete(run));
  alarmAt = Infinity;
  if (waiting.size) setAlarm();
  due.forEach((run) => run());
}

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  Object.entries(attributes).forEach(([name, value]) => {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  });
  node.append(...children.flat(2).filter((child) => child || child === 0));
  return node;
}

function link(text, url, attributes = {}) {
  if (!/^https?:\/\//i.test(url || '')) return el('span', attributes, text);
  return el('a', { ...attributes, href: url, target: '_blank', rel: 'noopener noreferrer' }, text);
}

function offer(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const anchor = el('a', { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
