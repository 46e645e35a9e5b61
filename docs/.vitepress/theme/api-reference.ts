import { useData, withBase } from 'vitepress';
import { defineComponent, h, onBeforeUnmount, onMounted, ref, watch } from 'vue';

interface ScalarReference {
  destroy(): void;
  updateConfiguration(configuration: Record<string, unknown>): void;
}

interface Scalar {
  createApiReference(element: Element, configuration: Record<string, unknown>): ScalarReference;
}

/** Loads Scalar once: 3.5 MB, which only this page needs. */
async function loadScalar(): Promise<Scalar> {
  const page = window as unknown as { Scalar?: Scalar };
  if (page.Scalar === undefined) {
    const script = document.createElement('script');
    script.src = withBase('/scalar.js');
    await new Promise((resolve, reject) => {
      script.addEventListener('load', resolve);
      script.addEventListener('error', () => reject(new Error('The API reference could not be loaded.')));
      document.head.append(script);
    });
  }
  if (page.Scalar === undefined) throw new Error('The API reference could not be started.');
  return page.Scalar;
}

/** The OpenAPI document as a reference, in which signed-in readers can try each request. */
export const ApiReference = defineComponent({
  setup() {
    const { isDark } = useData();
    const host = ref<HTMLElement | null>(null);
    const failed = ref(false);
    let reference: ScalarReference | null = null;
    let isGone = false;

    const configure = (): Record<string, unknown> => ({
      url: withBase('/openapi.json'),
      layout: 'modern',
      theme: 'none',
      forceDarkModeState: isDark.value ? 'dark' : 'light',
      hideDarkModeToggle: true,
      // Everything comes from this origin: no fonts, no proxy, no hosted client, no statistics.
      withDefaultFonts: false,
      hideClientButton: true,
      // Ctrl+K opens the search of the whole documentation.
      hideSearch: true,
      telemetry: false,
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
      defaultOpenAllTags: true,
    });

    onMounted(async () => {
      try {
        const scalar = await loadScalar();
        if (host.value !== null && !isGone) reference = scalar.createApiReference(host.value, configure());
      } catch {
        failed.value = true;
      }
    });
    watch(isDark, () => reference?.updateConfiguration(configure()));
    onBeforeUnmount(() => {
      isGone = true;
      reference?.destroy();
    });
    return () =>
      failed.value
        ? h('p', 'The API reference could not be loaded. Reload the page to try again.')
        : h('div', { ref: host, class: 'api-reference' });
  },
});
