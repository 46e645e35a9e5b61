import Link from 'next/link';
import type { ReactNode } from 'react';

/** What the tag `link` of a text is: a link to another page. */
export const linkTo = (href: string) => (chunks: ReactNode) => (
  <Link href={href} className="font-medium text-foreground underline underline-offset-4">
    {chunks}
  </Link>
);
