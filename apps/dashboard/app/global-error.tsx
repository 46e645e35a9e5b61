'use client';
import { useEffect, useState, type CSSProperties } from 'react';

import './globals.css';

import { BRANDING } from '@/branding';
import { readLocale } from '@/components/credits/locale';
import { FailedPage } from '@/components/states/failed-page';
import { LANGUAGES, languageOf } from '@/lib/languages';
import english from '@/messages/en/failed.json';

/** What the mark is drawn in: the layout, which brings the rest, has failed. */
const MARK = { '--credits': BRANDING.accent.dark } as CSSProperties;

/** The last resort: the root layout itself failed, so this page brings its own, and its own texts. */
export default function GlobalErrorPage({ error }: { error: Error & { digest?: string } }) {
  // Before this page replaces what is left of the other, which may say its language.
  const [language] = useState(() => languageOf(typeof document === 'undefined' ? 'en' : findLocale()));
  const [texts, setTexts] = useState(english);
  useEffect(() => {
    if (language === 'en') return;
    import(`@/messages/${language}/failed.json`).then(
      ({ default: translated }: { default: typeof english }) => setTexts(translated),
      () => undefined,
    );
  }, [language]);
  return (
    <html lang={LANGUAGES[language].tag} dir={LANGUAGES[language].dir} className="dark" style={MARK}>
      <body className="min-h-dvh bg-background text-foreground">
        <title>{`${texts.title} · ${BRANDING.name}`}</title>
        <FailedPage error={error} onRetry={() => window.location.reload()} texts={texts} />
      </body>
    </html>
  );
}

/** Of the page, or of the browser where no page came. */
function findLocale(): string {
  return document.documentElement.dataset['locale'] === undefined ? navigator.language : readLocale();
}
