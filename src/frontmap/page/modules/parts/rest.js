// What runs once it hasn't been asked for so long. One timer serves all that waits, since waking
// the page costs more than most of what it then does.

/** @type {Map<() => void, number>} */
const waiting = new Map();
let alarm = 0;
let alarmAt = Infinity;

/**
 * @param {() => void} run
 * @param {number} ms
 */
export function atRest(run, ms) {
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
  const due = [...waiting].filter(([, at]) => at <= now).map(([run]) => run);
  due.forEach(run => {
    waiting.delete(run);
  });
  alarmAt = Infinity;
  if (waiting.size) setAlarm();
  due.forEach(run => {
    run();
  });
}

/**
 * When the browser has time, or has had none for so many milliseconds.
 * @param {IdleRequestCallback} run
 * @param {IdleRequestOptions} options
 */
export function whenIdle(run, options = {}) {
  if (window.requestIdleCallback) window.requestIdleCallback(run, options);
  else setTimeout(run, 50);
}
