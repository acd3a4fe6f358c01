// The only way text gets into the page: as text.

import { AS_BEFORE, IN_ENGLISH } from '../text/words.js';

// Nothing is drawn of a leaf that isn't there.
/** @typedef {Node | string | number | boolean | null | undefined} Leaf */
/** @typedef {Leaf | Child[]} Child */

/**
 * Attributes by name: true without a value, left out where false or nothing; `on…` are listeners.
 * @typedef {{ [name: string]: unknown, onclick?: (event: MouseEvent) => void,
 *   onchange?: (event: Event) => void, oninput?: (event: Event) => void,
 *   onfocus?: (event: FocusEvent) => void }} Attributes
 */

/**
 * @param {Element} node
 * @param {Attributes} attributes
 */
function dress(node, attributes) {
  Object.entries(attributes).forEach(([name, value]) => {
    if (value === undefined || value === null || value === false) return;
    if (typeof value === 'function')
      node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else node.setAttribute(name, value === true ? '' : `${value}`);
  });
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  dress(node, attributes);
  fill(node, children);
  return node;
}

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  dress(node, attributes);
  fill(node, children);
  return node;
}

/**
 * @param {Child[]} children
 * @returns {Leaf[]}
 */
function leaves(children) {
  return children.flatMap(child => (Array.isArray(child) ? leaves(child) : pieces(child)));
}

/**
 * A text with what of it is in English set apart: a screen reader reads it so.
 * @param {Leaf} leaf
 */
function pieces(leaf) {
  if (typeof leaf !== 'string' || !leaf.includes(IN_ENGLISH)) return [leaf];
  return leaf
    .split(new RegExp(`${IN_ENGLISH}([^${AS_BEFORE}]*)${AS_BEFORE}`))
    .map((text, i) => (i % 2 ? el('span', { lang: 'en', dir: 'ltr' }, text) : text));
}

/**
 * Give a node these children; those that it has already stay where they are.
 * @param {Element} node
 * @param {Child[]} children
 */
export function fill(node, children) {
  const wanted = leaves(children).filter(child => child || child === 0);
  const staying = new Set(wanted);
  let here = node.firstChild;
  const drop = () => {
    while (here && !staying.has(here)) {
      const gone = here;
      here = here.nextSibling;
      gone.remove();
    }
  };
  drop();
  wanted.forEach(child => {
    if (child !== here) {
      node.insertBefore(child instanceof Node ? child : new Text(`${child}`), here);
      return;
    }
    here = /** @type {ChildNode} */ (child).nextSibling;
    drop();
  });
}

/**
 * Set a node's one text where it differs: a step changes little of what a page says, and a text
 * that changes costs the browser less than one that is replaced.
 * @param {Text | Element} node
 * @param {string} text
 */
export function write(node, text) {
  if (node instanceof Element && (node.firstElementChild || text.includes(IN_ENGLISH))) {
    fill(node, [text]);
    return;
  }
  const own = /** @type {Text | null} */ (node instanceof Text ? node : node.firstChild);
  if (!own) node.appendChild(new Text(text));
  else if (own.data !== text) own.data = text;
}

/**
 * What a button of few signs does, for those who hear it and those who point at it.
 * @param {HTMLElement} node
 * @param {string} text
 */
export function label(node, text) {
  node.setAttribute('aria-label', text);
  node.title = text;
}

/**
 * @param {string} text
 * @param {string} url
 * @param {Attributes} attributes
 */
export function link(text, url, attributes = {}) {
  if (!/^https?:\/\//i.test(url)) return el('span', attributes, text);
  return el('a', { ...attributes, href: url, target: '_blank', rel: 'noopener noreferrer' }, text);
}

/**
 * A button that lets a list grow by the rest, then goes; who pressed it is led to what is new.
 * @param {Element} list
 * @param {string} text
 * @param {() => void} grow
 */
export function growButton(list, text, grow) {
  const onclick = (/** @type {MouseEvent} */ event) => {
    const { length } = list.children;
    grow();
    button.remove();
    const fresh = /** @type {HTMLElement | null | undefined} */ (
      list.children[length]?.querySelector('a, button')
    );
    if (event.isTrusted) fresh?.focus();
  };
  const button = el('button', { type: 'button', class: 'fm-button fm-wide fm-rest', onclick }, text);
  return button;
}

/**
 * Let the browser save a file.
 * @param {string} name
 * @param {string} type
 * @param {BlobPart} content
 */
export function offer(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const anchor = el('a', { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
