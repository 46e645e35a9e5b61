import type { Translator } from '@/i18n/translator';

/** `Firefox on Windows`, as far as a browser says what it is; they all claim to be each other, so the order matters. */
export function describeBrowser(userAgent: string | null | undefined, t: Translator<'settings.browser'>): string {
  if (userAgent === null || userAgent === undefined || userAgent === '') return t('unknown');
  const browser = find(userAgent, [
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrom(e|ium)\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = find(userAgent, [
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'macOS'],
    [/Linux|X11/, 'Linux'],
  ]);
  if (browser === null) return userAgent.split(/[\s/]/)[0] ?? t('unknown');
  return system === null ? browser : t('onSystem', { browser, system });
}

function find(text: string, names: readonly (readonly [RegExp, string])[]): string | null {
  return names.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}
