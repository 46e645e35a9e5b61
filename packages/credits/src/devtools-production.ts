'use client';
/** The panel for developers, in production too: for demonstrations. Load it lazily; no player needs it. */
export { DevtoolsPanel as CreditsDevtools, type CreditsDevtoolsProps } from './devtools/panel.tsx';
