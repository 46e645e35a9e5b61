import type { ReactNode } from 'react';

import type { InstantStyle } from '@/components/credits/activity/instant';
import { LocalTime } from '@/components/credits/activity/local-time';

/** The part of a button's text that tells it from its neighbours, where nobody sees them: the tag `hidden`. */
export const hidden = (chunks: ReactNode) => <span className="sr-only">{chunks}</span>;

/** The tag `time`. */
export const timeOf = (iso: string, style: InstantStyle) => () => <LocalTime iso={iso} style={style} />;
