import { expect, test } from 'vitest';
import { checkName, toFirstOrder, toSoftware, toTotal } from '@/components/servers/order';
import type { CatalogueAnswer } from '@/lib/api';

const catalogue: CatalogueAnswer['data'] = {
  types: [
    { id: 'blocks', name: 'Blocks', description: '' },
    { id: 'voice', name: 'Voice', description: '' },
  ],
  software: [
    { id: 'talk', type_id: 'voice', name: 'Talk', version: '1' },
    { id: 'plain', type_id: 'blocks', name: 'Plain', version: '1' },
  ],
  locations: [
    { id: 'full', name: 'Full', country: 'Germany', available: false },
    { id: 'free', name: 'Free', country: 'Finland', available: true },
  ],
  plans: [
    {
      id: 'small',
      name: 'Small',
      description: '',
      plan_cost: 60,
      setup_fee: 15,
      per_hour: null,
      memory_mb: 1_024,
      disk_mb: 5_120,
      cpu_percent: 50,
      backups: 0,
    },
  ],
  provisioner: 'simulator',
};

test('the first order is complete but for its name, and never names a place that is full', () => {
  expect(toFirstOrder(catalogue)).toEqual({
    typeId: 'blocks',
    softwareId: 'plain',
    locationId: 'free',
    planId: 'small',
    name: '',
  });
});

test('only software that runs the game is offered', () => {
  expect(toSoftware(catalogue, 'voice').map(({ id }) => id)).toEqual(['talk']);
});

test('the cost is the price and the setup together', () => {
  expect(catalogue.plans.map(toTotal)).toEqual([75]);
});

test('a name is refused with what would make it right', () => {
  expect(checkName(' a ')).toBe('nameShort');
  expect(checkName('x'.repeat(41))).toBe('nameLong');
  expect(checkName('<b>bold</b>')).toBe('nameLetters');
  expect(checkName("Friday's")).toBeNull();
  expect(checkName('Überwelt 2')).toBeNull();
});
