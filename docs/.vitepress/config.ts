import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';
import llms from 'vitepress-plugin-llms';
import { BRANDING } from '../../apps/dashboard/branding.ts';
import { drawIcon } from '../../apps/dashboard/lib/mark.ts';
import { createOpenApiDocument } from '../../packages/server/src/http/openapi.ts';
import { renderMermaid } from './mermaid.ts';
import { PAGES, SECTIONS, toSiteName } from './pages.ts';
import { resolveRepositoryLinks } from './repository-links.ts';

/**
 * The documentation site, which the dashboard serves at `/docs`.
 *
 * Its pages are Markdown files of the repository, wherever they are; `docs/pages.json` names them and is the navigation.
 * Nothing here may put a function into `themeConfig`: VitePress would evaluate it in the browser from a string, which the
 * Content-Security-Policy of the dashboard forbids.
 */

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
/** Files that are generated and served as they are. */
const STATIC_FILES = fileURLToPath(new URL('cache/static', import.meta.url));

/** Libraries are copied as their packages ship them: bundling both again would take most of the build's time. */
function writeStaticFiles(): void {
  const { resolve } = createRequire(import.meta.url);
  const mermaid = dirname(resolve('mermaid'));
  rmSync(STATIC_FILES, { recursive: true, force: true });
  mkdirSync(STATIC_FILES, { recursive: true });
  writeFileSync(join(STATIC_FILES, 'openapi.json'), JSON.stringify(createOpenApiDocument('/api/credits')));
  writeFileSync(join(STATIC_FILES, 'icon.svg'), drawIcon(BRANDING));
  cpSync(join(dirname(resolve('@scalar/fastify-api-reference')), 'js/standalone.js'), join(STATIC_FILES, 'scalar.js'));
  cpSync(join(mermaid, 'mermaid.esm.min.mjs'), join(STATIC_FILES, 'mermaid/mermaid.esm.min.mjs'));
  cpSync(join(mermaid, 'chunks/mermaid.esm.min'), join(STATIC_FILES, 'mermaid/chunks/mermaid.esm.min'), {
    recursive: true,
    filter: (path) => !path.endsWith('.map'),
  });
}

/** Who changes this project knows where its decisions are; in the results of everybody else they are noise. */
function isForContributors(path: string): boolean {
  const section = SECTIONS.find(({ pages }) => pages.some(({ file }) => join(REPOSITORY, file) === path));
  return section?.text === 'Contribute';
}

const missing = PAGES.find(({ file }) => !existsSync(join(REPOSITORY, file)));
if (missing !== undefined) throw new Error(`docs/pages.json names ${missing.file}, which does not exist.`);
writeStaticFiles();

export default defineConfig({
  title: 'Real-Time Credits',
  description: 'A credits system for web dashboards: ledger, event stream, sync client, React components.',
  base: '/docs/',
  srcDir: REPOSITORY,
  srcExclude: [
    'README.md',
    '.changeset/**',
    'test/**',
    'test-results/**',
    'packages/*/api.md',
    'apps/dashboard/messages/**',
    '**/CHANGELOG.md',
  ],
  rewrites: (file) => `${toSiteName(file)}.md`,
  cleanUrls: true,
  ignoreDeadLinks: 'localhostLinks',
  // Otherwise each page carries an inline script of its own, and the policy would need a hash for each.
  metaChunk: true,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/docs/icon.svg' }]],
  markdown: {
    // Readable for everybody: the default ones have too little contrast on this ground.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    // The same anchors as on GitHub: a link works in both places.
    anchor: { slugify: (heading) => slug(heading) },
    languageAlias: { caddyfile: 'nginx' },
    config: (md) => {
      md.use(resolveRepositoryLinks, { repository: REPOSITORY });
      md.use(renderMermaid);
    },
  },
  themeConfig: {
    logo: { src: '/icon.svg', alt: '' },
    nav: [
      ...SECTIONS.filter(({ text }) => text !== 'Contribute').map(({ text, pages }) => ({
        text,
        link: `/${pages[0]?.name === 'index' ? 'install' : pages[0]?.name}`,
        activeMatch: `^/(${pages.map(({ name }) => name).join('|')})$`,
      })),
      // Every page is directly below /docs/, so this leads out of the site to the dashboard.
      { text: 'Dashboard', link: '../', target: '_self', noIcon: true },
    ],
    sidebar: SECTIONS.map(({ text, pages }) => ({
      text,
      items: pages.map((page) => ({ text: page.text, link: `/${page.name === 'index' ? '' : page.name}` })),
    })),
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        detailedView: true,
        _render: (text, env, md) => (isForContributors(env.path) ? '' : md.render(text, env)),
      },
    },
    docFooter: { prev: 'Previous', next: 'Next' },
  },
  vite: {
    publicDir: STATIC_FILES,
    // Typed for the newest Vite; VitePress 1 has Vite 5, in which it runs just as well.
    plugins: [llms() as never],
    server: { watch: { ignored: ['**/.next*/**', '**/.data/**', '**/.registry/**', '**/dist/**'] } },
  },
});
