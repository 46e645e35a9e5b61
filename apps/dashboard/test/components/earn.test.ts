import { expect, test } from 'vitest';
import { toRewardStates } from '@/components/earn/streak-track';

const rewards = [25, 30, 35, 40, 50, 60, 100];

test('the day that can be claimed is open, those before are paid, those after still to come', () => {
  const states = toRewardStates({ rewards, rewardIndex: 2, canClaim: true, alreadyClaimed: false });
  expect(states.slice(0, 4)).toEqual(['claimed', 'claimed', 'today', 'ahead']);
});

test('after a claim no day is open', () => {
  const states = toRewardStates({ rewards, rewardIndex: 3, canClaim: false, alreadyClaimed: true });
  expect(states).not.toContain('today');
  expect(states.filter((state) => state === 'claimed')).toHaveLength(3);
});

test('the seventh claim shows a full track, not an empty one', () => {
  const states = toRewardStates({ rewards, rewardIndex: 0, canClaim: false, alreadyClaimed: true });
  expect(new Set(states)).toEqual(new Set(['claimed']));
});

test('the day after the seventh begins again', () => {
  const states = toRewardStates({ rewards, rewardIndex: 0, canClaim: true, alreadyClaimed: false });
  expect(states).toEqual(['today', ...Array.from({ length: 6 }, () => 'ahead')]);
});
