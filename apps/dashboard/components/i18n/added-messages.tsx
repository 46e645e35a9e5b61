'use client';
import { NextIntlClientProvider, useLocale, useMessages } from 'next-intl';
import type { ReactNode } from 'react';

import type { PageMessages } from '@/i18n/areas';

/** Its parent gives the texts of the other areas. */
export function AddedMessages({ messages, children }: { messages: Partial<PageMessages>; children: ReactNode }) {
  const outer = useMessages();
  return (
    <NextIntlClientProvider locale={useLocale()} messages={{ ...outer, ...messages }}>
      {children}
    </NextIntlClientProvider>
  );
}
