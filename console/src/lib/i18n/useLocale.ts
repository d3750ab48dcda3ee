import { useTranslation } from 'react-i18next';

/** Locale for `Intl`: the console's language with the viewer's region where they fit together. */
export function useLocale(): string {
  const { i18n } = useTranslation();
  const language = i18n.language;
  return navigator.language.startsWith(language) ? navigator.language : language;
}
