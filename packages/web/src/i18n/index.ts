// Owns: which language the page speaks, and how times and numbers are written in it.
import i18next, { type BackendModule, type ResourceKey } from 'i18next'
import LanguageDetector from 'i18next-browser-languagedetector'
import { initReactI18next } from 'react-i18next'
import type { Words } from './en.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'words'
    resources: { words: Words }
  }
}

export const languages = ['en', 'fr'] as const
export type Language = (typeof languages)[number]

const words: Record<Language, () => Promise<Words>> = {
  en: async () => (await import('./en.ts')).en,
  fr: async () => (await import('./fr.ts')).fr,
}

// One language is loaded, not two: the test of the words sees to it that none lacks anything.
const chunks: BackendModule = {
  type: 'backend',
  init: () => {},
  read: (language, _namespace, done) => {
    const load = words[language as Language] ?? words.en
    load().then(
      (loaded) => done(null, loaded as ResourceKey),
      (error: Error) => done(error, null),
    )
  },
}

/** Loads the language of this browser (`?lang=` overrides it) and sets the document's. */
export async function startLanguage(): Promise<void> {
  await speak()
  document.documentElement.lang = spokenLanguage()
}

/** Loads a language, by default that of this browser; called again with another one, it is changed to that. */
export async function speak(language?: Language): Promise<void> {
  if (i18next.isInitialized) {
    await i18next.changeLanguage(language)
    return
  }
  await i18next
    .use(LanguageDetector)
    .use(chunks)
    .use(initReactI18next)
    .init({
      supportedLngs: languages,
      load: 'languageOnly',
      fallbackLng: { fr: [], default: ['en'] },
      ns: 'words',
      defaultNS: 'words',
      detection: { order: ['querystring', 'navigator'], lookupQuerystring: 'lang', caches: [] },
      interpolation: { escapeValue: false },
      react: { useSuspense: false },
      showSupportNotice: false,
      ...(language === undefined ? {} : { lng: language }),
    })
}

/** The language that the page speaks. */
export function spokenLanguage(): Language {
  return i18next.resolvedLanguage === 'fr' ? 'fr' : 'en'
}

/** The reader's own regional form of that language where the browser names one: dates differ between en-GB and en-US. */
export function readerLocale(): string {
  const spoken = spokenLanguage()
  return navigator.languages.find((language) => language.split('-')[0] === spoken) ?? spoken
}
