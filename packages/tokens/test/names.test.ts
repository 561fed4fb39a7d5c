// Owns: the cleaning of names and the plausibility of addresses.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPlausibleEmail } from '../src/email.ts'
import { cleanName, isWellFormed } from '../src/names.ts'

const scotland = '\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}'

describe('[11] names are cleaned', () => {
  test.each<[what: string, name: string, clean: string]>([
    ['as it is', 'Ada', 'Ada'],
    ['two words', 'Ada Lovelace', 'Ada Lovelace'],
    ['trimmed', '  Ada \t', 'Ada'],
    ['collapsed', 'Ada   B.', 'Ada B.'],
    ['line breaks', 'Ada\r\nB.\u2028C.\u2029D.\u0085E.\vF.\fG.', 'Ada B. C. D. E. F. G.'],
    ['no-break, em, ideographic, ogham and narrow spaces', 'a\u00A0b\u2003c\u3000d\u1680e\u202Ff\u205Fg', 'a b c d e f g'],
    ['NFC', 'Zoe\u0308', 'Zoë'],
    ['NFC of what a removal brings together', 'Zoe\u200B\u0308', 'Zoë'],
    ['a compatibility character stays', 'ﬁ ①', 'ﬁ ①'],
    ['markup stays text', '<b>Ada</b> & "Co"', '<b>Ada</b> & "Co"'],
    ['control characters', 'A\u0000d\u0007a\u001B[31m\u007F\u009F', 'Ada[31m'],
    ['bidi', '\u202EadA\u202C \u2066x\u2069\u200E\u200F\u061C', 'adA x'],
    ['zero width', 'A\u200Bd\u2060a\uFEFF\u00AD\u034F\u180E', 'Ada'],
    ['blanks on both sides of what is removed', 'Ada \u200B B.', 'Ada B.'],
    ['invisible letters', 'A\u3164\u115F\u1160\uFFA0', 'A'],
    ['tag characters', 'Ada\u{E0001}\u{E0068}\u{E0069}', 'Ada'],
    ['tag characters after a black flag that is none', '\u{1F3F4}\u{E0068}\u{E0069}\u{E007F}', '\u{1F3F4}'],
    ['the flag of Scotland', `Ada ${scotland}`, `Ada ${scotland}`],
    ['half of the flag of Scotland', scotland.slice(0, -2), '\u{1F3F4}'],
    ['noncharacters and annotation marks', 'A\uFFFFd\uFDD0a\uFFF9\uFFFB', 'Ada'],
    ['a Persian name with a non-joiner', 'علی\u200Cرضا', 'علی\u200Cرضا'],
    ['a Sinhala name with a joiner', 'ශ්\u200Dරී', 'ශ්\u200Dරී'],
    ['a Malayalam name that ends with a joiner', 'മോഹന്\u200D', 'മോഹന്\u200D'],
    ['joiners at the edges and alone', '\u200DAda\u200C \u200D B.\u200C', 'Ada B.'],
    ['joiners in a row', 'A\u200D\u200Dda', 'Ada'],
    ['a family', '👨\u200D👩\u200D👧', '👨\u200D👩\u200D👧'],
    ['a rainbow flag', '🏳\uFE0F\u200D🌈', '🏳\uFE0F\u200D🌈'],
    ['skin tone and joiner', '👩🏽\u200D💻', '👩🏽\u200D💻'],
    ['a heart on fire and a plain heart', '❤\uFE0F\u200D🔥❤\uFE0F', '❤\uFE0F\u200D🔥❤\uFE0F'],
    ['an emoji and a joiner that joins nothing', '😀\u200D', '😀'],
    ['a flag of two letters', '🇫🇷', '🇫🇷'],
    ['a variation selector that varies nothing', 'A\uFE0Fda\uFE0E', 'Ada'],
    ['an ideograph with its variation', '葛\u{E0100}城', '葛\u{E0100}城'],
    ['Hangul', '김철수', '김철수'],
    ['Arabic', 'محمد', 'محمد'],
    ['Vietnamese, decomposed', 'Nguye\u0302\u0303n', 'Nguyễn'],
    ['an apostrophe and a hyphen', 'O’Neill-Müller', 'O’Neill-Müller'],
    ['nothing', '', ''],
    ['nothing but what is removed', ' \u200D\u200C\uFE0F\u180B\u2060 ', ''],
  ])('%s', (_, name, clean) => {
    expect(cleanName(name)).toBe(clean)
  })

  const odd = fc.constantFrom(
    ...('\u0000\t\n \u00A0\u00AD\u0301\u034F\u061C\u180B\u180E\u200B\u200C\u200D\u200E\u202E\u2060\u3164\uFE0F\uFEFF\u{E0001}\u{E0067}\u{E0100}aeé葛ᠠ്😀🏽❤🏴1'.match(
      /./gsu,
    ) ?? []),
  )
  const names = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string({ unit: odd, maxLength: 30 }))

  test('cleaning twice changes nothing more, and leaves nothing hidden at the edges', () => {
    fc.assert(
      fc.property(names, (name) => {
        const clean = cleanName(name)
        expect(cleanName(clean)).toBe(clean)
        expect(clean).toBe(clean.trim())
        expect(clean).not.toMatch(/[\p{Cc}\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\u2028\u2029]|\p{White_Space}{2}/u)
        expect(isWellFormed(clean)).toBe(true)
        expect(clean).toBe(clean.normalize('NFC'))
      }),
      { seed: 7, numRuns: 3000 },
    )
  })
  test('what is well-formed', () => {
    expect(['a😀', '\ud83d', '\ude00\ud83d', ''].map(isWellFormed)).toEqual([true, false, false, true])
  })
  test('the longest name takes no time to speak of', () => {
    for (const unit of ['\u200D', ' \u200D', 'a\u200D', '\u{1F3F4}\u{E0067}', ' '])
      expect(cleanName(unit.repeat(100)).length).toBeLessThanOrEqual(400)
  })
})

describe('[12] e-mail addresses', () => {
  test.each([
    'ada@example.com',
    'Ada.Lovelace+event@mail.example.co.uk',
    "o'brien@example.ie",
    'a@b.co',
    'zoë@münchen.example',
    '田中@例え.テスト',
    'a_b-c@x-y.example',
    'x@xn--mnchen-3ya.example',
    'first..last@example.jp',
    '1@2.example',
    `${'a'.repeat(242)}@example.com`,
  ])('%s is plausible', (address) => expect(isPlausibleEmail(address)).toBe(true))

  test.each([
    '',
    'ada',
    '@',
    'ada@',
    '@example.com',
    'ada@example',
    'ada@@example.com',
    'a@b@example.com',
    'ada @example.com',
    'ada@ example.com',
    ' ada@example.com',
    'ada@example.com ',
    'ada@example.com\n',
    'a\tb@example.com',
    'a\u0000@example.com',
    'a\u200B@example.com',
    'a\u202E@example.com',
    'a\u00A0b@example.com',
    'a\ud800@example.com',
    'Ada <ada@example.com>',
    '<ada@example.com>',
    '"ada"@example.com',
    'ada@example.com,bob@example.com',
    'ada@example.com;bob@example.com',
    'mailto:ada@example.com',
    'ada@.example.com',
    'ada@example..com',
    'ada@example.com.',
    'ada@-example.com',
    'ada@example-.com',
    'ada@[127.0.0.1]',
    'ada@127.0.0.1',
    '.ada@example.com',
    'ada@exam ple.com',
    'ada@example.com?x=1',
    `${'a'.repeat(243)}@example.com`,
  ])('%j is not', (address) => expect(isPlausibleEmail(address)).toBe(false))
})
