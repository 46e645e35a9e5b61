import { cloneElement, type ReactElement, type ReactNode } from 'react';

/** Puts an element where a text has an empty tag: `t.rich('joined', { at: put(<LocalTime … />) })` for `joined <at></at>`. */
export function put(element: ReactNode): () => ReactNode {
  return () => element;
}

/** Puts an element around what a text has between tags: `t.rich('see', { link: wrap(<Link … />) })` for `see <link>this</link>`. */
export function wrap(element: ReactElement): (chunks: ReactNode) => ReactNode {
  return (chunks) => cloneElement(element, undefined, chunks);
}
