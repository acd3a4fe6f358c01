// Interface text, dates and numbers in the reader's language.

const LOCALES = { en: 'en-GB', uk: 'uk-UA', ru: 'ru-RU' };
const LANGUAGES = { en: 'English', uk: 'Українська', ru: 'Русский' };

// The browser's own words for dates and numbers take longer to load than the whole map takes to
// draw; so months and separators are words of ours, and what else it knows waits until it is needed.
function makeWords(all, language) {
  const own = Object.fromEntries(all.map((row) => [row.name, row[language] || row.en]));
  const text = (key) => own[key];
  const locale = LOCALES[language];
  const plural = once(() => new Intl.PluralRules(locale));
  const short = once(() => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...(language === 'en' ? { day: 'numeric', month: 'short' } : { day: '2-digit', month: '2-digit' }), year: 'numeric' }));
  const ofYear = once(() => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' }));
  const given = once(() => new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }));
  // "2024 р." stays on one line.
  const unbroken = (date) => date.replace(/ (р|г)\./, '\u00a0$1.');
  const months = text('months').split(' ');
  const shortMonths = text('months_short').split(' ');
  const fixed = (value, digits) => {
    const [whole, part] = (Math.round(Math.abs(value) * 10 ** digits) / 10 ** digits).toFixed(digits).split('.');
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, text('thousands'));
    return `${value < 0 ? '-' : ''}${grouped}${part ? text('decimals') + part : ''}`;
  };
  const say = (key, values = {}) => {
    const found = text(key);
    if (found === undefined) return key;
    const form = typeof found === 'string' ? found : found[plural().select(values.n)] || found.other;
    return form.includes('{') ? form.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === 'number' ? fixed(values[name], 0) : String(values[name]))) : form;
  };
  const day = (iso) => {
    const [year, month, number] = iso.split('-').map(Number);
    return unbroken(say('day_date', { day: String(number), month: months[month - 1], year: String(year) }));
  };
  return {
    language,
    say,
    has: (key) => key in own,
    day,
    instant: (text) => `${day(text.slice(0, 10))}, ${text.slice(11, 19).replace(/:00$/, '')} UTC`,
    monthOf: (iso) => unbroken(ofYear().format(Date.parse(`${iso}T00:00:00Z`))),
    stop: (stop) => (stop.clock ? `${day(stop.iso)}, ${stop.clock}` : day(stop.iso)),
    shortStop: (stop) => [short().format(stop.time), stop.clock].filter(Boolean).join(', '),
    month: (time) => shortMonths[new Date(time).getUTCMonth()],
    number: (value) => fixed(value, Math.abs(value) < 10 && value !== Math.round(value) ? 1 : 0),
    given: (value) => given().format(value),
    // What decides the grammatical number of a word after a number that is shown rounded.
    counted: (value) => (Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value)),
    tenth: (value) => fixed(value, 1),
    // As given, where there is no name in this language.
    claimant: ([given, ...names]) => names[Object.keys(LANGUAGES).indexOf(language)] || given,
    name: (names) => names[Object.keys(LANGUAGES).indexOf(language)] || names[0],
  };
}

// Make something when it is first asked for.
function once(make) {
  let made;
  return () => {
    if (made === undefined) made = make();
    return made;
  };
}

function chooseLanguage(wanted) {
  const asked = [wanted, ...(navigator.languages || [])].filter(Boolean);
  const found = asked.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => LANGUAGES[tag]);
  return found || 'en';
}
