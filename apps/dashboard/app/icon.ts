import { BRANDING } from '@/branding';
import { drawIcon } from '@/lib/mark';

export const contentType = 'image/svg+xml';
export const size = { width: 512, height: 512 };

export default function Icon(): Response {
  return new Response(drawIcon(BRANDING), { headers: { 'Content-Type': contentType } });
}
