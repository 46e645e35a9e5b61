import type { MetadataRoute } from 'next';

import { BRANDING } from '@/branding';
import { PAGE_COLOURS } from '@/lib/page-colours';

/** For who puts the dashboard on a home screen. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    name: BRANDING.name,
    short_name: BRANDING.name,
    description: BRANDING.description,
    start_url: '/',
    display: 'standalone',
    background_color: PAGE_COLOURS.light.page,
    theme_color: PAGE_COLOURS.light.page,
    icons: [{ src: '/icon', type: 'image/svg+xml', sizes: 'any' }],
  };
}
