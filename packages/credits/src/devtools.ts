'use client';
/**
 * The panel for developers. In a production build it renders nothing, and bundlers leave its code out: they replace
 * `process.env.NODE_ENV`, and nothing else reaches the panel.
 */
import { DevtoolsPanel, type CreditsDevtoolsProps } from './devtools/panel.tsx';

export type { CreditsDevtoolsProps } from './devtools/panel.tsx';

/**
 * Looks into a client while you develop: the number's equation, transport, frames, and buttons that break the network.
 * Renders nothing in production; `realtime-credits/devtools/production` is the same panel for a page that wants it there.
 *
 * @example
 * <CreditsDevtools client={creditsClient} />
 */
export const CreditsDevtools: (props: CreditsDevtoolsProps) => ReturnType<typeof DevtoolsPanel> =
  process.env.NODE_ENV === 'production' ? () => null : DevtoolsPanel;
