/** The look of the page at `/docs`: neutral ground, one amber, the reader's own light or dark. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --ground: #fafaf9; --raised: #fff; --line: #e7e5e4; --text: #1c1917; --quiet: #57534e; --amber: #b45309; --wash: #fef3c7 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0c0a09; --raised: #161412; --line: #292524; --text: #f5f5f4; --quiet: #a8a29e; --amber: #fbbf24; --wash: #2a1f08 }
}
* { box-sizing: border-box }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.6 system-ui, sans-serif }
code, .path { font: .875em/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .2em }
a:hover { text-decoration-color: var(--amber) }
:focus-visible { outline: 2px solid var(--amber); outline-offset: 2px; border-radius: 4px }
.page { display: grid; grid-template-columns: 15rem minmax(0, 46rem); gap: 4rem; max-width: 72rem; margin: 0 auto; padding: 3.5rem 1.5rem 6rem }
nav { position: sticky; top: 3.5rem; align-self: start; font-size: .875rem }
nav h2 { margin: 1.75rem 0 .5rem; font-size: .75rem; font-weight: 600; letter-spacing: .06em; text-transform: uppercase; color: var(--quiet) }
nav div:first-child h2 { margin-top: 0 }
nav ul { list-style: none; margin: 0; padding: 0 }
nav a { display: block; padding: .2rem 0; color: var(--quiet); text-decoration: none }
nav a:hover { color: var(--text) }
h1 { margin: 0 0 .75rem; font-size: 2rem; line-height: 1.2; letter-spacing: -.02em }
h1::after { content: ''; display: block; width: 2.5rem; height: 3px; margin-top: 1rem; background: var(--amber); border-radius: 2px }
.lead { max-width: 38rem; margin: 0; color: var(--quiet) }
main > h2 { margin: 3.5rem 0 1rem; font-size: 1.25rem; letter-spacing: -.01em }
article { margin: 0 0 1.25rem; padding: 1.25rem 1.5rem 1.5rem; background: var(--raised); border: 1px solid var(--line); border-radius: 12px }
article h3 { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .75rem; margin: 0; font-size: 1rem; font-weight: 600 }
article h4 { margin: 1.25rem 0 .25rem; font-size: .8125rem; font-weight: 600; color: var(--quiet) }
article p { margin: .5rem 0 0 }
.method { padding: .05rem .5rem; border-radius: 999px; background: var(--wash); color: var(--amber); font-size: .75rem; font-weight: 600; letter-spacing: .04em }
.open { margin-left: auto; font-size: .75rem; font-weight: 400; color: var(--quiet) }
.scroll { overflow-x: auto }
table { width: 100%; border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums }
td { padding: .5rem 1rem .5rem 0; border-top: 1px solid var(--line); vertical-align: top }
tr:first-child td { border-top: 0 }
td:last-child { padding-right: 0 }
td:first-child { white-space: nowrap; width: 1% }
td.kind { color: var(--quiet); white-space: nowrap; width: 1% }
td .need { color: var(--amber) }
@media (max-width: 60rem) {
  .page { grid-template-columns: minmax(0, 1fr); gap: 2.5rem; padding-top: 2rem }
  nav { position: static; display: grid; grid-template-columns: 1fr 1fr; gap: 0 1.5rem }
  nav div h2:first-child { margin-top: 0 }
}
@media (max-width: 36rem) {
  article { padding: 1rem; border-radius: 10px }
  td, td:first-child, td.kind { display: block; width: auto; padding: 0; border: 0; white-space: normal }
  tr { display: block; padding: .6rem 0; border-top: 1px solid var(--line) }
  tr:first-child { border-top: 0 }
}
`;
