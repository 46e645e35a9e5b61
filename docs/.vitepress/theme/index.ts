import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { ApiReference } from './api-reference.ts';
import { MermaidDiagram } from './mermaid-diagram.ts';
import { improveSearch } from './search.ts';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp(context) {
    const { app } = context;
    improveSearch(context);
    app.component('ApiReference', ApiReference);
    app.component('MermaidDiagram', MermaidDiagram);
  },
} satisfies Theme;
