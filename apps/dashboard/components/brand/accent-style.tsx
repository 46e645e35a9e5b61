import { BRANDING } from '@/branding';
import { accentStyle, assertReadable } from '@/lib/accent';

// Here, because a build runs every module once.
assertReadable(BRANDING.accent);
const CSS = accentStyle(BRANDING.accent);

/** The colours of credits, which `globals.css` names and the branding decides. */
export function AccentStyle() {
  return <style dangerouslySetInnerHTML={{ __html: CSS }} />;
}
