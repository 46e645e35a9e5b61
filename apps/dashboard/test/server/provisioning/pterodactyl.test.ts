import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Plan } from '../../../lib/api.ts';
import type { Provisioner, ServerOrder } from '../../../server/provisioning/provisioner.ts';
import { createPterodactyl } from '../../../server/provisioning/pterodactyl.ts';
import { startPanelServer, type PanelServer } from '../support/panel-server.ts';

const PLAN: Plan = {
  id: 'spark',
  name: 'Spark',
  description: '',
  plan_cost: 60,
  setup_fee: 0,
  per_hour: null,
  memory_mb: 1_024,
  disk_mb: 5_120,
  cpu_percent: 50,
  backups: 1,
};
const ORDER: ServerOrder = {
  externalId: 'credits-1',
  name: 'Harbour Town',
  owner: { id: 'user-1', email: 'mara@example.test', username: 'Mara.Q', displayName: 'Mara Quill' },
  nest: 'Minecraft',
  egg: 'Paper',
  location: 'fsn',
  plan: PLAN,
};

let panel: PanelServer;
let provisioner: Provisioner;

beforeEach(async () => {
  panel = await startPanelServer();
  provisioner = createPterodactyl({ url: panel.url, apiKey: panel.apiKey, timeoutMs: 5_000 });
});
afterEach(() => panel.close());

test('an order becomes a server of the panel’s own user, with the egg’s image, start and variables', async () => {
  const { panelId } = await provisioner.create(ORDER);
  expect(panel.servers.get('credits-1')).toEqual({
    id: panelId,
    body: {
      external_id: 'credits-1',
      name: 'Harbour Town',
      user: panel.users.get('mara@example.test')?.id,
      egg: 4,
      docker_image: 'ghcr.io/pterodactyl/yolks:java_21',
      startup: 'java -jar {{SERVER_JARFILE}}',
      environment: { SERVER_JARFILE: 'server.jar' },
      limits: { memory: 1_024, swap: 0, disk: 5_120, io: 500, cpu: 50 },
      feature_limits: { databases: 0, allocations: 1, backups: 1 },
      deploy: { locations: [1], dedicated_ip: false, port_range: [] },
      start_on_completion: true,
    },
  });
  expect(await provisioner.find('credits-1')).toEqual({ panelId });
  expect(await provisioner.find('credits-2')).toBeNull();
});

test('a second order of the same person finds their user; one with the same mailbox is taken over', async () => {
  await provisioner.create(ORDER);
  await provisioner.create({ ...ORDER, externalId: 'credits-2' });
  expect(panel.users.size).toBe(1);

  panel.users.set('old@example.test', { id: 900, email: 'old@example.test', external_id: null });
  const owner = { ...ORDER.owner, id: 'user-2', email: 'Old@example.test' };
  panel.users.set('Old@example.test', { id: 901, email: 'Old@example.test', external_id: null });
  await provisioner.create({ ...ORDER, externalId: 'credits-3', owner });
  expect(panel.servers.get('credits-3')?.body['user']).toBe(901);
});

test.each(['_mara_', 'M.A.R.A', '...'])('a user named %s gets a name that the panel accepts', async (username) => {
  await provisioner.create({ ...ORDER, owner: { ...ORDER.owner, username } });
  expect(panel.users.size).toBe(1);
});

test('an external id that the panel knows is the server that was made before', async () => {
  const first = await provisioner.create(ORDER);
  const again = await provisioner.create(ORDER);
  expect(again).toEqual(first);
  expect(panel.servers.size).toBe(1);
});

test('a validation error is a refusal that repeats none of the panel’s own words', async () => {
  panel.fail('POST /servers', 'validation');
  const failed = provisioner.create(ORDER);
  await expect(failed).rejects.toMatchObject({ outcome: 'refused', message: 'The panel did not accept the order.' });
  expect(panel.servers.size).toBe(0);
});

test('no viable node is a refusal that says so', async () => {
  panel.fail('POST /servers', 'no_viable_node');
  await expect(provisioner.create(ORDER)).rejects.toMatchObject({
    outcome: 'refused',
    message: 'There is no room for this plan right now.',
  });
});

test('an internal error says nothing about what happened', async () => {
  panel.fail('POST /servers', 'internal_error');
  await expect(provisioner.create(ORDER)).rejects.toMatchObject({ outcome: 'unknown' });
});

test('a panel that never answers is given up after the time-out', async () => {
  const impatient = createPterodactyl({ url: panel.url, apiKey: panel.apiKey, timeoutMs: 1_000 });
  panel.fail('POST /servers', 'hang');
  await expect(impatient.create(ORDER)).rejects.toMatchObject({ outcome: 'unknown' });
});

test('a lost answer is unknown, and the server is found by its external id', async () => {
  panel.fail('POST /servers', 'cut_after');
  await expect(provisioner.create(ORDER)).rejects.toMatchObject({ outcome: 'unknown' });
  expect(await provisioner.find('credits-1')).toEqual({ panelId: panel.servers.get('credits-1')?.id });
});

test.each(['GET /users', 'GET /nests', 'GET /locations'])(
  'a panel that fails at %s, before anything was made, has refused',
  async (line) => {
    panel.fail(line, 'internal_error');
    await expect(provisioner.create(ORDER)).rejects.toMatchObject({ outcome: 'refused' });
    expect(panel.requests).not.toContain('POST /servers');
  },
);

test('an answer that is not the panel’s is unknown, not a missing server', async () => {
  panel.fail('GET /servers/external', 'not_json');
  await expect(provisioner.find('credits-1')).rejects.toMatchObject({ outcome: 'unknown' });
});

test('a wrong key is a refusal that points at the operator', async () => {
  const wrong = createPterodactyl({ url: panel.url, apiKey: 'ptla_wrong' });
  await expect(wrong.create(ORDER)).rejects.toMatchObject({ outcome: 'refused' });
});

test('an egg or a location that the panel does not have is a refusal', async () => {
  await expect(provisioner.create({ ...ORDER, egg: 'Forge' })).rejects.toMatchObject({
    outcome: 'refused',
    message: 'The panel does not offer Forge.',
  });
  await expect(provisioner.create({ ...ORDER, location: 'xyz' })).rejects.toMatchObject({ outcome: 'refused' });
});

test('removing a server that is gone already is removing it', async () => {
  const { panelId } = await provisioner.create(ORDER);
  await provisioner.remove(panelId);
  expect(panel.servers.size).toBe(0);
  await provisioner.remove(panelId);
  panel.fail('DELETE', 'internal_error');
  await expect(provisioner.remove(panelId)).rejects.toMatchObject({ outcome: 'unknown' });
});

test('a server is suspended and resumed, also twice; one that the panel does not have is as good as suspended', async () => {
  const { panelId } = await provisioner.create(ORDER);
  await provisioner.suspend(panelId);
  await provisioner.suspend(panelId);
  expect(panel.suspended).toEqual(new Set([panelId]));
  await provisioner.unsuspend(panelId);
  expect(panel.suspended).toEqual(new Set());
  await provisioner.suspend(999);
  panel.fail(`POST /servers/${panelId}/suspend`, 'internal_error');
  await expect(provisioner.suspend(panelId)).rejects.toMatchObject({ outcome: 'unknown' });
});

test('a server is described by the address of its own allocation and its page at the panel', async () => {
  const { panelId } = await provisioner.create(ORDER);
  expect(await provisioner.describe(panelId)).toEqual({
    address: `play.example.test:${25_565 + panelId}`,
    panelUrl: `${panel.url}/server/id${panelId}`,
  });
  expect(await provisioner.describe(999)).toEqual({ address: null, panelUrl: null });
});
