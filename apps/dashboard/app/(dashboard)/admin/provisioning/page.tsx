import { PlugZap } from 'lucide-react';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

import { ProvisioningForm } from '@/components/admin/provisioning-form';
import { Messages } from '@/components/i18n/messages';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Card } from '@/components/ui/card';
import type { AdminProvisioningAnswer } from '@/lib/admin-api';
import { readRoute, requireAdmin } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('admin-provisioning');
  return { title: t('title') };
}

export default async function ProvisioningPage() {
  await requireAdmin();
  const t = await getTranslations('admin-provisioning');
  const simulated = getRuntime().facts.provisioner === 'simulator';
  return (
    <div className="grid gap-8">
      <PageHeader title={t('title')}>{t('text')}</PageHeader>
      {simulated ? (
        <Messages areas={['admin-provisioning', 'admin-shared', 'errors']}>
          <ProvisioningForm settings={(await readRoute<AdminProvisioningAnswer>('/api/admin/provisioning')).data} />
        </Messages>
      ) : (
        <Card className="max-w-2xl">
          <EmptyState icon={PlugZap} title={t('real')}>
            {t('realText')}
          </EmptyState>
        </Card>
      )}
    </div>
  );
}
