// Interface text, dates and numbers in the reader's language.

const LOCALES = { en: 'en-GB', uk: 'uk-UA', ru: 'ru-RU' };
const LANGUAGES = { en: 'English', uk: 'Українська', ru: 'Русский' };

function makeWords(all, language) {
  const own = all[language];
  const locale = LOCALES[language];
  const plural = new Intl.PluralRules(locale);
  const zone = { timeZone: 'UTC' };
  const long = new Intl.DateTimeFormat(locale, { ...zone, day: 'numeric', month: 'long', year: 'numeric' });
  const short = new Intl.DateTimeFormat(locale, { ...zone, day: 'numeric', month: language === 'en' ? 'short' : '2-digit', year: 'numeric' });
  const month = new Intl.DateTimeFormat(locale, { ...zone, month: 'short' });
  const ofYear = new Intl.DateTimeFormat(locale, { ...zone, month: 'long', year: 'numeric' });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  const given = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const say = (key, values = {}) => {
    const text = own[key] === undefined ? all.en[key] : own[key];
    if (text === undefined) return key;
    const form = typeof text === 'string' ? text : text[plural.select(values.n)] || text.other;
    return form.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === 'number' ? whole.format(values[name]) : String(values[name])));
  };
  const shown = (value) => (Math.abs(value) < 10 && value !== Math.round(value) ? tenth : whole).format(value);
  // "2024 р." stays on one line.
  const unbroken = (date) => date.replace(/ (р|г)\./, '\u00a0$1.');
  const days = new Map();
  const day = (iso) => {
    if (!days.has(iso)) days.set(iso, unbroken(long.format(Date.parse(`${iso}T00:00:00Z`))));
    return days.get(iso);
  };
  return {
    language,
    say,
    has: (key) => key in own,
    day,
    instant: (text) => `${day(text.slice(0, 10))}, ${text.slice(11, 19).replace(/:00$/, '')} UTC`,
    monthOf: (iso) => unbroken(ofYear.format(Date.parse(`${iso}T00:00:00Z`))),
    stop: (stop) => (stop.clock ? `${day(stop.iso)}, ${stop.clock}` : day(stop.iso)),
    shortStop: (stop) => [short.format(stop.time), stop.clock].filter(Boolean).join(', '),
    month: (time) => month.format(time),
    number: shown,
    given: (value) => given.format(value),
    // What decides the grammatical number of a word after a number that is shown rounded.
    counted: (value) => (Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value)),
    tenth: (value) => tenth.format(value),
    name: (names) => names[Object.keys(LANGUAGES).indexOf(language)] || names[0],
  };
}

function chooseLanguage(wanted) {
  const asked = [wanted, ...(navigator.languages || [])].filter(Boolean);
  const found = asked.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => LANGUAGES[tag]);
  return found || 'en';
}
