import type { Mermaid } from 'mermaid';
import { useData, withBase } from 'vitepress';
import { defineComponent, h, onMounted, ref, useId, watch } from 'vue';

/** Loads Mermaid as its package ships it; it loads what it needs for each kind of diagram. */
async function loadMermaid(): Promise<Mermaid> {
  const address = withBase('/mermaid/mermaid.esm.min.mjs');
  const { default: mermaid } = (await import(/* @vite-ignore */ address)) as { default: Mermaid };
  return mermaid;
}

/** A Mermaid diagram in the colours of the theme. Until it is drawn, and where it cannot be, readers see its source. */
export const MermaidDiagram = defineComponent({
  props: { source: { type: String, required: true } },
  setup(props) {
    const { isDark } = useData();
    const source = decodeURIComponent(props.source);
    const id = `mermaid-${useId()}`.replaceAll(':', '');
    const svg = ref('');

    async function draw(): Promise<void> {
      const mermaid = await loadMermaid();
      mermaid.initialize({
        startOnLoad: false,
        securityLevel: 'strict',
        theme: isDark.value ? 'dark' : 'neutral',
        // By name: Mermaid measures its labels outside of the page, where there is nothing to inherit.
        fontFamily: getComputedStyle(document.body).fontFamily,
      });
      svg.value = (await mermaid.render(id, source)).svg;
    }

    onMounted(draw);
    watch(isDark, draw);
    return () =>
      svg.value === ''
        ? h('pre', { class: 'mermaid-source' }, source)
        : h('div', { class: 'mermaid', innerHTML: svg.value });
  },
});
