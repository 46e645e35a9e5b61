'use client';
import { useTranslations } from 'next-intl';
import { ArrowLeftRight, LoaderCircle, Lock, Wallet } from 'lucide-react';
import Link from 'next/link';
import type { Snapshot } from 'realtime-credits';
import type { ReactNode } from 'react';

import { useBalance } from '@/components/balance/use-balance';
import { Button } from '@/components/ui/button';
import { Card, CardFooter } from '@/components/ui/card';
import { formatChange, formatCredits, readComma } from '@/lib/format';
import { UNIT } from '@/lib/unit';

/**
 * The balance, explained: what may be spent, what is reserved and why, and how the three numbers belong together. While
 * an own command is under way its effect is in the big number, and named below it.
 */
export function BalanceCard({ initial, children }: { initial: Snapshot; children?: ReactNode }) {
  const { shown, confirmed, pending, accrued } = useBalance(initial);
  const { posted, held } = confirmed;
  const t = useTranslations('overview.balance');
  return (
    <Card className="overflow-hidden">
      <div className="flex flex-1 flex-col px-5 pt-5 pb-6 sm:px-6 sm:pt-6">
        <h2 className="text-sm font-medium text-muted-foreground">{t('available', { unit: UNIT.many })}</h2>
        <p className="mt-2 text-5xl leading-none font-semibold tracking-tight text-credits-large tabular-nums">
          {formatCredits(shown)}
        </p>
        <p className="mt-3 flex min-h-5 items-center gap-2 text-sm text-muted-foreground">
          {pending.length > 0 ? (
            <>
              <LoaderCircle className="size-3.5 animate-spin" aria-hidden />
              {t('pending', {
                changes: pending
                  .map(({ delta, reason }) => t('change', { amount: formatChange(delta), reason }))
                  .join(readComma()),
              })}
            </>
          ) : accrued > 0 ? (
            t('accrued', { amount: formatChange(-accrued) })
          ) : (
            t('ready')
          )}
        </p>
        {children}
        <div className="mt-auto pt-8">
          {held > 0 ? <HeldBar posted={posted} held={held} /> : null}
          <dl className="grid gap-4 sm:grid-cols-2">
            <Part icon={<Wallet />} term={t('inAccount')} value={posted}>
              {t('inAccountText')}
            </Part>
            <Part icon={<Lock />} term={t('reserved')} value={held}>
              {t(held === 0 ? 'reservedNothing' : 'reservedText')}
            </Part>
          </dl>
        </div>
      </div>
      <CardFooter className="flex-wrap">
        <Button asChild variant="secondary" size="sm">
          <Link href="/transfers">
            <ArrowLeftRight /> {t('send', { unit: UNIT.many })}
          </Link>
        </Button>
        <Button asChild variant="ghost" size="sm">
          <Link href="/activity">{t('explain')}</Link>
        </Button>
      </CardFooter>
    </Card>
  );
}

/** How much of the account is reserved. With nothing reserved there is nothing to compare. */
function HeldBar({ posted, held }: { posted: number; held: number }) {
  return (
    <div aria-hidden className="mb-5 flex h-2 gap-1 overflow-hidden rounded-full">
      <div className="flex-1 rounded-full bg-linear-to-r from-credits-to to-credits-from rtl:bg-linear-to-l" />
      <div
        className="min-w-2 rounded-full border border-credits-border bg-credits-soft transition-[width]"
        style={{ width: `${Math.min(100, (held / posted) * 100)}%` }}
      />
    </div>
  );
}

function Part({ icon, term, value, children }: { icon: ReactNode; term: string; value: number; children: string }) {
  return (
    <div>
      <dt className="flex items-center gap-2 text-sm text-muted-foreground [&_svg]:size-3.5">
        {icon}
        {term}
      </dt>
      <dd>
        <span className="mt-1 block text-lg font-semibold tabular-nums">{formatCredits(value)}</span>
        <span className="mt-0.5 block text-[0.8125rem] leading-snug text-muted-foreground">{children}</span>
      </dd>
    </div>
  );
}
