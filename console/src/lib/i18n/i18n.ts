/** Languages: English in the first load, Korean as a lazy file, switched without a reload. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from '@/lib/i18n/en';
import type { enBilling } from '@/lib/i18n/enBilling';

export const LANGUAGES = { en: 'English', ko: '한국어' } as const;

export type Language = keyof typeof LANGUAGES;

const STORAGE_KEY = 'r1-language';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    keySeparator: false;
    nsSeparator: false;
    resources: { translation: typeof en & typeof enBilling };
  }
}

export function isLanguage(text: string | null | undefined): text is Language {
  return text === 'en' || text === 'ko';
}

/** Switches to the language, loads it first where needed, and remembers the choice. */
export async function speak(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  localStorage.setItem(STORAGE_KEY, language);
}

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, 'translation')) return;
  const { ko } = await import('@/lib/i18n/ko');
  i18next.addResourceBundle(language, 'translation', ko);
}

/** What billing's pages say, which the first load leaves out; Korean is one file. */
export async function loadBillingMessages(): Promise<void> {
  const { enBilling } = await import('@/lib/i18n/enBilling');
  i18next.addResourceBundle('en', 'translation', enBilling, true);
}

/** Starts in English, or in the language chosen earlier. */
export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
  const chosen = localStorage.getItem(STORAGE_KEY);
  if (isLanguage(chosen) && chosen !== 'en') await speak(chosen);
}
