import assert from 'node:assert/strict';
import test from 'node:test';
import { makeModel } from '../../src/frontmap/page/modules/model/model.js';
import { reasonOf, whoseText } from '../../src/frontmap/page/modules/text/figures.js';
import { eventText, found, whichOne } from '../../src/frontmap/page/modules/text/settlements.js';
import { chooseLanguage, makeWords } from '../../src/frontmap/page/modules/text/words.js';
import { payload, texts } from './making.js';

/** @import { Figure, Place } from '../../src/frontmap/page/modules/model/model.js' */

const ALL = texts();
const SPOKEN = ['en', 'uk', 'ru'];
const [en, uk, ru] = [makeWords(ALL, 'en'), makeWords(ALL, 'uk'), makeWords(ALL, 'ru')];

test('numbers are written as the language does, with a digit more where they are small', () => {
  assert.equal(en.number(1243.4), '1,243');
  assert.equal(uk.number(1243.4), '1\u00a0243');
  assert.equal(en.number(5.25), '5.3');
  assert.equal(ru.number(5.25), '5,3');
  assert.equal(en.number(-1234567), '-1,234,567');
  assert.equal(en.tenth(12), '12.0');
});

test('dates are written out, with the clock where the day has several', () => {
  const stage = /** @type {const} */ ('');
  const day = { date: '2024-08-31', time: 0, index: 0, clock: '', key: '', stage };
  assert.equal(en.date(day), '31 August 2024');
  assert.equal(uk.date(day), '31 серпня 2024 р.'.replace(' р', '\u00a0р'));
  assert.equal(en.date({ ...day, clock: '20:15' }), '31 August 2024, 20:15');
  assert.equal(en.instant('2026-09-03T00:00:00Z'), '3 September 2026, 00:00 UTC');
});

test('words after a number take its form', () => {
  const days = [1, 2, 5, 21].map(n => uk.say('days', { n }));
  assert.deepEqual(days, ['1 день', '2 дні', '5 днів', '21 день']);
  assert.equal(en.say('days', { n: 1 }), '1 day');
});

test('a text that is not there is its own name, also where objects have such a property', () => {
  assert.equal(en.say('toString'), 'toString');
  assert.equal(en.has('constructor'), false);
});

test('the first language that the page speaks is chosen', () => {
  assert.equal(chooseLanguage(['xx', 'uk-UA', 'en'], SPOKEN), 'uk');
  assert.equal(chooseLanguage([undefined, 'de'], SPOKEN), 'en');
  assert.equal(chooseLanguage(['constructor'], SPOKEN), 'en');
  assert.equal(chooseLanguage(['pt', 'uk'], [...SPOKEN, 'pt-BR']), 'pt-BR');
  assert.equal(chooseLanguage(['sr-Latn'], ['sr', 'sr-Latn']), 'sr-Latn');
});

test('who said it is named in the language, else as given', () => {
  const names = { given: 'Syrskyi', names: { en: '', uk: 'Сирський', ru: '' } };
  assert.deepEqual(
    [en.claimant(names), uk.claimant(names), ru.claimant(names)],
    ['Syrskyi', 'Сирський', 'Syrskyi']
  );
});

const { places, reported } = makeModel(payload());

test('a settlement is found in any language, with ё or е, whatever the case and apostrophe', () => {
  const named = (/** @type {string} */ ru) =>
    /** @type {Place} */ ({ ...places[0], names: { en: 'X', uk: "Лук'янівка", ru } });
  const list = [named('Зелёный'), ...places];
  assert.equal(found(list, ' зеленый ', en).length, 1);
  assert.equal(found(list, 'ЛУК’ЯН', en).length, 1);
  assert.deepEqual(
    found(list, '', en).map(place => place.names.en),
    ['Guevo', 'Sudzha', 'X']
  );
});

test('namesakes are told apart by raion, and kind where that is the same', () => {
  const raion = { en: 'Korenevsky', uk: '', ru: '' };
  assert.equal(whichOne(places[0], en), '');
  assert.equal(whichOne({ ...places[0], raion }, en), 'Korenevsky raion');
  assert.match(whichOne({ ...places[0], raion, sort: 'village (selo)' }, en), /, village \(selo\)$/);
  assert.match(whichOne({ ...places[0], raion, sort: 'farm' }, en), /, farm$/);
});

/** @param {Partial<Figure>} figure */
function why(figure) {
  const say = (/** @type {string} */ key, /** @type {any} */ values) => en.say(key, values);
  const reader = { say, words: () => en, state: { language: 'en' }, data: payload() };
  return reasonOf(/** @type {any} */ (reader), { ...reported[0], ...figure });
}

/** @type {[string, Partial<Figure>, string][]} */
const REASONS = [
  [
    'the day itself',
    {},
    "The snapshot of 12 August 2024; the two are the same within the figure's rounding."
  ],
  [
    'a day beside it',
    { time: Date.parse('2024-08-14'), qualifier: 'over', reason: 'exceeds_both' },
    'The snapshot of 12 August 2024, 2 days away; the figure is a lower limit ("over"), and even that exceeds ' +
      'controlled and contested ground together.'
  ],
  [
    'a month',
    { basis: 'month', reason: 'less_than_controlled' },
    'Known to the month: the range over August 2024; it is less than controlled ground alone.'
  ],
  [
    'a snapshot too far away',
    { basis: null, first_snapshot: null, nearest: '2024-08-20', reason: 'none_near' },
    'No snapshot within 3 days; the nearest is 20 August 2024, 8 days away.'
  ],
  ['no date', { basis: null, first_snapshot: null, reason: 'no_date' }, 'It names no date.'],
  [
    'another quantity',
    { basis: null, first_snapshot: null, reason: 'counts_retaken' },
    'It counts ground retaken, not ground held on a day.'
  ]
];

REASONS.forEach(([name, figure, text]) => {
  test(`the reason of a verdict is told from its codes: ${name}`, () => {
    assert.equal(why(figure), text);
  });
});

test('an event is said in words of its own for its parties, else of any party by its name', () => {
  const data = { parties: { PL: { en: 'Poland', uk: 'Польща', ru: 'Польша' } } };
  const say = (/** @type {any} */ words, /** @type {string} */ event, /** @type {string[]} */ ...parties) =>
    eventText(/** @type {any} */ ({ data, words: () => words, say: words.say }), event, parties);
  assert.equal(say(en, 'enters', 'UA'), 'Ukrainian troops enter');
  assert.equal(say(en, 'contested', 'RU', 'UA'), 'fighting for it');
  assert.equal(say(ru, 'enters', 'PL'), 'Польша: войска входят');
  assert.equal(say(uk, 'contested', 'PL', 'XX'), 'бої за населений пункт: Польща, XX');
  const de = lacking('de', { event_enters: '{party}: Truppen rücken ein' });
  assert.equal(say(de, 'enters', 'UA'), 'UA: Truppen rücken ein');
});

/** A language of which a page has some words. @param {string} code @param {Record<string, any>} own */
function lacking(code, own) {
  return makeWords(
    ALL.map(({ name, texts }) => ({ name, texts: { ...texts, [code]: own[name] || null } })),
    code
  );
}
const ar = lacking('ar-EG', {
  map: 'خريطة',
  days: { one: 'يوم واحد', two: 'يومان', few: '{n} أيام', other: '{n} يوم' },
  direction: 'rtl'
});

test('a word that a language lacks is in English, and runs as that does', () => {
  assert.equal(ar.say('map'), 'خريطة');
  assert.equal(ar.say('panel'), '\u2066Details\u2069');
  assert.equal(en.say('panel'), 'Details');
  assert.equal(ar.name({ en: 'Azaz', 'ar-EG': '' }), 'Azaz');
  assert.equal(ar.name({ en: 'Azaz', 'ar-EG': 'أعزاز' }), 'أعزاز');
});

test('a way out is in one language', () => {
  const own = lacking('ar-EG', { km: 'كم' });
  assert.equal(own.wayTo({ en: 'Homs', 'ar-EG': 'حمص' }, 186), '\u2068حمص ١٨٦ كم\u2069');
  assert.equal(own.wayTo({ en: 'Homs', 'ar-EG': '' }, 1186), '\u2066Homs 1186 km\u2069');
});

test('each number takes its form of the language', () => {
  const days = [1, 2, 3, 11].map(n => ar.say('days', { n }));
  assert.deepEqual(days, ['يوم واحد', 'يومان', '٣ أيام', '١١ يوم']);
});

test('dates and numbers that a language does not spell are as the browser knows them', () => {
  const stage = /** @type {const} */ ('');
  const day = {
    date: '2024-08-31',
    time: Date.parse('2024-08-31'),
    index: 0,
    clock: '20:15',
    key: '',
    stage
  };
  assert.equal(ar.date(day), '٣١ أغسطس ٢٠٢٤, ٢٠:١٥');
  assert.equal(ar.number(1243.4), '١٬٢٤٣');
  assert.equal(ar.tenth(5.25), '٥٫٣');
  assert.equal(ar.month(day.time), 'أغسطس');
  assert.equal(ar.inDigits('2024'), '٢٠٢٤');
  assert.equal(en.inDigits('2024'), '2024');
  assert.match(lacking('fa', {}).day('2024-08-31'), /۲۰۲۴/);
});

test('a sign stays before its number where lines run from right to left', () => {
  assert.equal(ar.sign('+'), '\u200e+');
  assert.equal(uk.sign('+'), '+');
});

test('a figure names its party where that is not evident', () => {
  const named = (/** @type {string[]} */ codes) =>
    Object.fromEntries(codes.map(code => [code, { en: code }]));
  const whose = (
    /** @type {string[]} */ all,
    /** @type {string[]} */ mapped,
    party = 'A',
    measure = 'controlled'
  ) => {
    const data = { ...payload({}), parties: named(all), areas: /** @type {any} */ (named(mapped)) };
    return whoseText({ data, words: () => en }, { party, measure });
  };
  assert.equal(whose(['A', 'B'], ['A']), '');
  assert.equal(whose(['A', 'B'], ['A', 'B']), 'A');
  assert.equal(whose(['A', 'B'], ['B']), 'A');
  assert.equal(whose(['A', 'B'], ['A'], 'B', 'retaken'), '');
  assert.equal(whose(['A', 'B', 'C'], ['A'], 'B', 'retaken'), 'B');
  assert.equal(whose(['A', 'B', 'C'], ['A'], ''), '');
});
