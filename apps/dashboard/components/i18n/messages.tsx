import { getMessages } from 'next-intl/server';
import type { ReactNode } from 'react';

import { AddedMessages } from '@/components/i18n/added-messages';
import type { Area } from '@/i18n/areas';

/**
 * Gives the client components inside of it the texts of these areas, beside those of the places around it. Only these
 * travel to the browser, in the language of the page. Server components need none: they read all areas.
 */
export async function Messages({ areas, children }: { areas: readonly Area[]; children: ReactNode }) {
  const all = await getMessages();
  return (
    <AddedMessages messages={Object.fromEntries(areas.map((area) => [area, all[area]]))}>{children}</AddedMessages>
  );
}
