import Link from 'next/link';
import { Page } from '@/components/Page';
import { PurchaseButton } from '@/components/PurchaseButton';
import { Card } from '@/components/ui/card';
import { PLANS } from '@/lib/plans';

export default function Home() {
  return (
    <Page title="Dashboard" subtitle="Your servers">
      <Card title="Add a server">
        <ul className="flex flex-col divide-y">
          {PLANS.map((plan) => (
            <li key={plan.id} className="flex items-start justify-between gap-4 py-3">
              <div>
                <p className="font-medium">{plan.name}</p>
                <p className="text-sm text-muted-foreground">{plan.memory}</p>
              </div>
              <PurchaseButton plan={plan}>Buy for {plan.cost}</PurchaseButton>
            </li>
          ))}
        </ul>
      </Card>
      <Card title="Elsewhere">
        <ul className="flex flex-col gap-2 text-sm">
          <li>
            <Link href="/create-server" className="underline underline-offset-4">
              Create a server, step by step
            </Link>
          </li>
          <li>
            <Link href="/earn" className="underline underline-offset-4">
              Earn coins
            </Link>
          </li>
          <li>
            <Link href="/admin" className="underline underline-offset-4">
              Administration
            </Link>
          </li>
        </ul>
      </Card>
    </Page>
  );
}
