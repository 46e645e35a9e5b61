import { FullPage } from '@/components/states/full-page';

export default function NotFoundPage() {
  return (
    <FullPage sign="404" title="There is no such page">
      It may have moved, or it never was. Your credits are where they were.
    </FullPage>
  );
}
