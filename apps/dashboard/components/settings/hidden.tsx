import type { ReactNode } from 'react';

/** The part of a button's text that tells it from its neighbours, where nobody sees them: the tag `hidden`. */
export const hidden = (chunks: ReactNode) => <span className="sr-only">{chunks}</span>;
