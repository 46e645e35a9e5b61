import type { ReactNode } from 'react';

/** Puts an element where a text has an empty tag: `t.rich('joined', { at: put(<LocalTime … />) })` for `joined <at></at>`. */
export function put(element: ReactNode): () => ReactNode {
  return () => element;
}
