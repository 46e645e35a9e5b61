import { useTranslations } from 'next-intl';

import { FullPage } from '@/components/states/full-page';
import { UNIT } from '@/lib/unit';

export default function NotFoundPage() {
  const t = useTranslations('shell.missing');
  return (
    <FullPage sign="404" title={t('heading')}>
      {t('text', { unit: UNIT.many })}
    </FullPage>
  );
}
