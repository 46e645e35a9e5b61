import type { MarkdownRenderer } from 'vitepress';

/**
 * Turns blocks of the language `mermaid` into diagrams, which the browser draws (`theme/mermaid-diagram.ts`).
 *
 * vitepress-plugin-mermaid is not used: it loads the whole library on every page, also on those without a diagram.
 */
export function renderMermaid(md: MarkdownRenderer): void {
  const renderFence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token?.info.trim() !== 'mermaid') return renderFence?.(tokens, index, options, env, self) ?? '';
    return `<MermaidDiagram source="${encodeURIComponent(token.content)}" />`;
  };
}
