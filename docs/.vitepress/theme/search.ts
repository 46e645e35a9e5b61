import type { EnhanceAppContext } from 'vitepress';

/** Words of a question that are in every section, so they say nothing about the right one. */
const STOP_WORDS = new Set(
  'a an and are at can do does for from how i in is it me my of on or should that the this to what when where which why with you your'.split(
    ' ',
  ),
);

const SEARCH_OPTIONS = {
  boost: { title: 6, titles: 3, text: 1 },
  fuzzy: (term: string) => (term.length > 4 ? 0.2 : false),
  prefix: (term: string) => term.length > 2,
  processTerm: (term: string) => (STOP_WORDS.has(term.toLowerCase()) ? null : term.toLowerCase()),
};

/**
 * Lets readers ask in sentences: "how do I add this to my dashboard".
 *
 * In the configuration these functions would reach the browser as text to evaluate, which the dashboard's
 * Content-Security-Policy forbids.
 */
export function improveSearch({ siteData }: EnhanceAppContext): void {
  const { themeConfig } = siteData.value;
  const options = { ...themeConfig.search?.options, miniSearch: { searchOptions: SEARCH_OPTIONS } };
  siteData.value = { ...siteData.value, themeConfig: { ...themeConfig, search: { provider: 'local', options } } };
}
