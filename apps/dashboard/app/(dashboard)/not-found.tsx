import { FullPage } from '@/components/states/full-page';
import { UNIT } from '@/lib/unit';

export default function NotFoundPage() {
  return (
    <FullPage sign="404" title="There is no such page">
      It may have moved, or it never was. Your {UNIT.many} are where they were.
    </FullPage>
  );
}
