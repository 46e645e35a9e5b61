'use client';
import { useTranslations } from 'next-intl';
import type { Snapshot } from 'realtime-credits';
import { useState, type FormEvent } from 'react';

import { Amount } from '@/components/credits/activity/amount';
import { Choice, Step } from '@/components/form/choice';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { catalogueText } from '@/components/servers/catalogue-text';
import { CreationPanel } from '@/components/servers/creation-panel';
import { GameArt } from '@/components/servers/game-art';
import { checkName, toFirstOrder, toSoftware, toTotal, type Order } from '@/components/servers/order';
import { OrderBar, OrderSummary } from '@/components/servers/order-summary';
import { useCreateServer } from '@/components/servers/use-create-server';
import { Input } from '@/components/ui/input';
import type { Burn, CatalogueAnswer, Plan } from '@/lib/api';
import { formatCredits, formatMegabytes, formatProcessors } from '@/lib/format';
import { MONTH_DAYS, toMonthly } from '@/lib/runway';

interface CreateServerProps {
  catalogue: CatalogueAnswer['data'];
  snapshot: Snapshot;
  burn: Burn;
  renderedAt: number;
}

/** The whole order on one page: nothing is hidden behind a "next", and the cost is always beside it. */
export function CreateServer({ catalogue, snapshot, burn, renderedAt }: CreateServerProps) {
  const t = useTranslations('servers.create');
  const tCatalogue = useTranslations('servers.catalogue');
  const [order, setOrder] = useState<Order>(() => toFirstOrder(catalogue));
  const [nameError, setNameError] = useState<ReturnType<typeof checkName>>(null);
  const { creation, create, restart } = useCreateServer();
  const plan = catalogue.plans.find(({ id }) => id === order.planId);
  const change = (changes: Partial<Order>) => setOrder((before) => ({ ...before, ...changes }));

  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const wrong = checkName(order.name);
    setNameError(wrong);
    if (wrong !== null) {
      event.currentTarget.querySelector<HTMLInputElement>('input[name=name]')?.focus();
      return;
    }
    if (plan !== undefined) void create({ order, cost: toTotal(plan) });
  }

  if (creation.state !== 'choosing') {
    return <CreationPanel creation={creation} name={order.name.trim()} snapshot={snapshot} onRestart={restart} />;
  }
  return (
    <form onSubmit={handleSubmit} noValidate className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid gap-10">
        <Step number={1} title={t('game')}>
          <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            {catalogue.types.map((type) => (
              <Choice
                key={type.id}
                name="type"
                value={type.id}
                checked={order.typeId === type.id}
                onSelect={(typeId) => change({ typeId, softwareId: toSoftware(catalogue, typeId)[0]?.id ?? '' })}
              >
                <span className="flex gap-3.5">
                  <GameArt type={type.id} />
                  <span className="grid content-start gap-0.5">
                    <span className="font-medium">{type.name}</span>
                    <span className="text-[0.8125rem] leading-snug text-muted-foreground">
                      {catalogueText(tCatalogue, type.id, type.description)}
                    </span>
                  </span>
                </span>
              </Choice>
            ))}
          </div>
        </Step>
        <Step number={2} title={t('software')}>
          <div className="grid gap-3 grid-cols-2 xl:grid-cols-3">
            {toSoftware(catalogue, order.typeId).map((software) => (
              <Choice
                key={software.id}
                name="software"
                value={software.id}
                checked={order.softwareId === software.id}
                onSelect={(softwareId) => change({ softwareId })}
              >
                <span className="font-medium">{software.name}</span>
                <span className="text-[0.8125rem] text-muted-foreground tabular-nums">{software.version}</span>
              </Choice>
            ))}
          </div>
        </Step>
        <Step number={3} title={t('location')} hint={t('closer')}>
          <div className="grid gap-3 grid-cols-2 xl:grid-cols-4">
            {catalogue.locations.map((location) => (
              <Choice
                key={location.id}
                name="location"
                value={location.id}
                checked={order.locationId === location.id}
                disabled={!location.available}
                onSelect={(locationId) => change({ locationId })}
              >
                <span className="font-medium">{location.name}</span>
                <span className="text-[0.8125rem] text-muted-foreground">
                  {location.available ? catalogueText(tCatalogue, location.id, location.country) : t('full')}
                </span>
              </Choice>
            ))}
          </div>
        </Step>
        <Step number={4} title={t('plan')}>
          <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            {catalogue.plans.map((candidate) => (
              <Choice
                key={candidate.id}
                name="plan"
                value={candidate.id}
                checked={order.planId === candidate.id}
                onSelect={(planId) => change({ planId })}
              >
                <PlanFacts plan={candidate} />
              </Choice>
            ))}
          </div>
        </Step>
        <Step number={5} title={t('name')}>
          <Field
            label={t('nameLabel')}
            hint={t('nameHint')}
            error={nameError === null ? undefined : t(nameError)}
            className="max-w-sm"
          >
            {(control) => (
              <Input
                {...control}
                name="name"
                maxLength={40}
                autoComplete="off"
                placeholder={t('placeholder')}
                value={order.name}
                onChange={(event) => {
                  change({ name: event.target.value });
                  setNameError(null);
                }}
              />
            )}
          </Field>
        </Step>
      </div>
      <div className="lg:sticky lg:top-24">
        <OrderSummary plan={plan} snapshot={snapshot} burn={burn} renderedAt={renderedAt}>
          {(missing) => (
            <SubmitButton pending={false} disabled={missing > 0} size="lg" className="hidden lg:flex">
              {t('submit')}
            </SubmitButton>
          )}
        </OrderSummary>
      </div>
      <OrderBar plan={plan} snapshot={snapshot} />
    </form>
  );
}

function PlanFacts({ plan }: { plan: Plan }) {
  const t = useTranslations('servers.create');
  const tCatalogue = useTranslations('servers.catalogue');
  return (
    <>
      <span className="flex items-baseline justify-between gap-3">
        <span className="font-medium">{plan.name}</span>
        <span>
          <Amount amount={plan.per_hour ?? toTotal(plan)} className="text-base" />
          <span className="text-[0.8125rem] text-muted-foreground">
            {' '}
            {t(plan.per_hour === null ? 'once' : 'perHour')}
          </span>
        </span>
      </span>
      <span className="flex-1 text-[0.8125rem] text-muted-foreground">
        {catalogueText(tCatalogue, plan.id, plan.description)}
        {plan.per_hour === null ? null : (
          <span className="block pt-1">
            {t('inDays', { amount: formatCredits(toMonthly(plan.per_hour)), days: MONTH_DAYS })}
          </span>
        )}
      </span>
      <span className="mt-3 grid gap-1 border-t pt-3 text-[0.8125rem] text-muted-foreground tabular-nums">
        <span>{t('memory', { size: formatMegabytes(plan.memory_mb) })}</span>
        <span>{t('disk', { size: formatMegabytes(plan.disk_mb) })}</span>
        <span>
          <bdi>{formatProcessors(plan.cpu_percent)}</bdi>
        </span>
        <span>{t('backups', { count: plan.backups })}</span>
      </span>
    </>
  );
}
