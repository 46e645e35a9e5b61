import { PlugZap } from 'lucide-react';
import type { Metadata } from 'next';

import { ProvisioningForm } from '@/components/admin/provisioning-form';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Card } from '@/components/ui/card';
import type { AdminProvisioningAnswer } from '@/lib/admin-api';
import { readRoute, requireAdmin } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export const metadata: Metadata = { title: 'Provisioning' };

export default async function ProvisioningPage() {
  await requireAdmin();
  const simulated = getRuntime().facts.provisioner === 'simulator';
  return (
    <div className="grid gap-8">
      <PageHeader title="Provisioning">Who makes the servers that people pay for.</PageHeader>
      {simulated ? (
        <ProvisioningForm settings={(await readRoute<AdminProvisioningAnswer>('/api/admin/provisioning')).data} />
      ) : (
        <Card className="max-w-2xl">
          <EmptyState icon={PlugZap} title="A Pterodactyl panel is connected">
            It makes and deletes the servers. There is nothing to simulate.
          </EmptyState>
        </Card>
      )}
    </div>
  );
}
