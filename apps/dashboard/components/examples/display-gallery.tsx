import CreditsDisplay from '@/components/CreditsDisplay';
import type { DisplaySize, DisplayVariant } from '@/components/credits/styles';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/credits/ui/card';

const VARIANTS: DisplayVariant[] = ['prominent', 'default', 'compact'];
const SIZES: DisplaySize[] = ['sm', 'md', 'lg'];

/** Every look of the display, all of them live: they share one client, and none of them adds a request. */
export function DisplayGallery() {
  return (
    <Card>
      <CardHeader>
        <CardTitle>One display, nine looks</CardTitle>
        <CardDescription>
          Hover, tap or focus one for what is behind its number. All of them share one connection.
        </CardDescription>
      </CardHeader>
      <CardContent className="grid gap-6 sm:grid-cols-3">
        {VARIANTS.map((variant) => (
          <div key={variant} className="grid content-start gap-4">
            <code className="text-xs text-muted-foreground">variant=&quot;{variant}&quot;</code>
            {SIZES.map((size) => (
              <div key={size} className="flex h-12 items-center gap-3">
                <code className="w-7 text-xs text-muted-foreground">{size}</code>
                <CreditsDisplay variant={variant} size={size} showLabel={size === 'lg'} />
              </div>
            ))}
          </div>
        ))}
      </CardContent>
    </Card>
  );
}
