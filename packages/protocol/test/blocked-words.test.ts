// Owns: the proof of what a blocked word finds, and what it leaves alone.
import { describe, expect, test } from 'vitest'
import { BlockedWords, hasBlockedWord, limits } from '../src/index.ts'

describe('a blocked word', () => {
  test.each([
    ['as it is', 'what a scam', 'scam'],
    ['in another case', 'What a SCAM.', 'scam'],
    ['blocked in another case', 'what a scam', 'Scam'],
    ['with accents', 'quel crétin', 'cretin'],
    ['without its accents', 'quel cretin', 'crétin'],
    ['in full-width letters', 'ＳＣＡＭ here', 'scam'],
    ['with something unseen inside', 'sc\u200Bam', 'scam'],
    ['with a soft hyphen inside', 'sc\u00ADam', 'scam'],
    ['between punctuation', '(scam)', 'scam'],
    ['written with ß and with ss', 'GROSSER Mist', 'großer mist'],
    ['as a phrase, whatever parts it', 'buy  my,\nbook now', 'buy my book'],
    ['with an apostrophe', 'don’t', "don't"],
    ['as an emoji', 'oh🖕🏽', '🖕'],
    ['where a script has no spaces', 'これは詐欺です', '詐欺'],
    ['in Cyrillic', 'ДУРАК', 'дурак'],
  ])('%s is found', (_how, text, word) => {
    expect(hasBlockedWord(text, ['else', word])).toBe(true)
  })

  test.each([
    ['a longer word', 'Scampi for lunch', 'scam'],
    ['the end of a longer word', 'Essex', 'sex'],
    ['the words of a phrase in another order', 'book my buy', 'buy my book'],
    ['a beginning of a phrase', 'buy my', 'buy my book'],
    ['a pattern: it is plain text', 'scam', 's.am'],
    ['another vowel sign of a script in which it makes another word', 'कि', 'की'],
  ])('%s is not found', (_what, text, word) => {
    expect(hasBlockedWord(text, [word])).toBe(false)
  })

  test('is not found where none is blocked', () => {
    expect(hasBlockedWord('anything', [])).toBe(false)
  })

  test('is plain and short, and there are not too many of them', () => {
    expect(BlockedWords.parse(['  scam ', 'buy my book'])).toEqual(['scam', 'buy my book'])
    expect(BlockedWords.safeParse(['']).success).toBe(false)
    expect(BlockedWords.safeParse(['a'.repeat(limits.blockedWordUnits + 1)]).success).toBe(false)
    expect(BlockedWords.safeParse(Array(limits.blockedWords + 1).fill('a')).success).toBe(false)
  })
})
