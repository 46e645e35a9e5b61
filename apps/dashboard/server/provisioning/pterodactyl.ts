import { z } from 'zod';
import { createPanelClient, type PanelClientOptions } from './panel-client.ts';
import { ProvisioningError, type Provisioner, type ServerOrder } from './provisioner.ts';

/**
 * Makes servers on a Pterodactyl panel by its Application API.
 *
 * Nothing is cached: names of nests, eggs and locations are looked up for each order. A change at the panel
 * needs no restart here. What fails before the one request that makes the server is `refused`: nothing was made.
 */
export function createPterodactyl(options: PanelClientOptions): Provisioner {
  const panel = createPanelClient(options);

  async function create(order: ServerOrder): Promise<{ panelId: number }> {
    const [user, egg, location] = await beforeAnythingIsMade(() =>
      Promise.all([ensureUser(order.owner), findEgg(order.nest, order.egg), findLocation(order.location)]),
    );
    const answer = await panel.send('POST', '/servers', {
      external_id: order.externalId,
      name: order.name,
      user,
      egg: egg.id,
      docker_image: egg.dockerImage,
      startup: egg.startup,
      environment: egg.environment,
      limits: {
        memory: order.plan.memory_mb,
        swap: 0,
        disk: order.plan.disk_mb,
        io: 500,
        cpu: order.plan.cpu_percent,
      },
      feature_limits: { databases: 0, allocations: 1, backups: order.plan.backups },
      deploy: { locations: [location], dedicated_ip: false, port_range: [] },
      start_on_completion: true,
    });
    if (answer.status === 201) return { panelId: panel.parse(serverSchema, answer.body).attributes.id };
    // Taken: an earlier request of ours did make it, and its answer was lost.
    if (answer.status === 422 && answer.sources.has('external_id')) {
      const found = await find(order.externalId);
      if (found !== null) return found;
    }
    throw new ProvisioningError('refused', answer.sentence);
  }

  async function find(externalId: string): Promise<{ panelId: number } | null> {
    const answer = await panel.send('GET', `/servers/external/${encodeURIComponent(externalId)}`);
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw new ProvisioningError('unknown', answer.sentence);
    return { panelId: panel.parse(serverSchema, answer.body).attributes.id };
  }

  async function remove(panelId: number): Promise<void> {
    const answer = await panel.send('DELETE', `/servers/${panelId}`);
    if (answer.status !== 204 && answer.status !== 404) throw new ProvisioningError('unknown', answer.sentence);
  }

  /** The Application API has no power controls: a suspended server is stopped, and stays so. */
  async function setSuspended(panelId: number, action: 'suspend' | 'unsuspend'): Promise<void> {
    const answer = await panel.send('POST', `/servers/${panelId}/${action}`);
    // One that the panel does not have runs nowhere.
    if (answer.status !== 204 && answer.status !== 404) throw new ProvisioningError('unknown', answer.sentence);
  }

  async function describe(panelId: number): Promise<{ address: string | null; panelUrl: string | null }> {
    const answer = await panel.send('GET', `/servers/${panelId}?include=allocations`);
    if (answer.status === 404) return { address: null, panelUrl: null };
    if (answer.status !== 200) throw new ProvisioningError('unknown', answer.sentence);
    const { identifier, allocation, relationships } = panel.parse(describedSchema, answer.body).attributes;
    const own = relationships.allocations.data.find(({ attributes }) => attributes.id === allocation)?.attributes;
    return {
      address: own === undefined ? null : `${own.alias ?? own.ip}:${own.port}`,
      panelUrl: `${options.url}/server/${encodeURIComponent(identifier)}`,
    };
  }

  /** The panel's user of ours: found by our id or by the mailbox, otherwise a new one. */
  async function ensureUser(owner: ServerOrder['owner']): Promise<number> {
    const known = await panel.send('GET', `/users/external/${encodeURIComponent(owner.id)}`);
    if (known.status === 200) return panel.parse(userSchema, known.body).attributes.id;
    const byEmail = await panel.send('GET', `/users?filter[email]=${encodeURIComponent(owner.email)}`);
    if (byEmail.status === 200) {
      const users = panel.parse(listSchema(userSchema), byEmail.body).data;
      const same = users.find((user) => user.attributes.email.toLowerCase() === owner.email.toLowerCase());
      if (same !== undefined) return same.attributes.id;
    }
    const made = await panel.send('POST', '/users', {
      external_id: owner.id,
      email: owner.email,
      username: toPanelUsername(owner),
      first_name: owner.displayName,
      last_name: owner.username,
    });
    if (made.status === 201) return panel.parse(userSchema, made.body).attributes.id;
    // Two first orders at once: the other one made the user between our look and our request.
    const again = await panel.send('GET', `/users/external/${encodeURIComponent(owner.id)}`);
    if (again.status === 200) return panel.parse(userSchema, again.body).attributes.id;
    throw new ProvisioningError('refused', made.sentence);
  }

  async function findEgg(nest: string, egg: string) {
    const nests = await panel.send('GET', '/nests?include=eggs&per_page=100');
    if (nests.status !== 200) throw new ProvisioningError('refused', nests.sentence);
    const found = panel
      .parse(listSchema(nestSchema), nests.body)
      .data.find(({ attributes }) => attributes.name === nest);
    const eggId = found?.attributes.relationships.eggs.data.find(({ attributes }) => attributes.name === egg)
      ?.attributes.id;
    if (found === undefined || eggId === undefined) {
      throw new ProvisioningError('refused', `The panel does not offer ${egg}.`);
    }
    const answer = await panel.send('GET', `/nests/${found.attributes.id}/eggs/${eggId}?include=variables`);
    if (answer.status !== 200) throw new ProvisioningError('refused', answer.sentence);
    const { attributes } = panel.parse(eggSchema, answer.body);
    return {
      id: attributes.id,
      dockerImage: attributes.docker_image,
      startup: attributes.startup,
      environment: Object.fromEntries(
        attributes.relationships.variables.data.map((variable) => [
          variable.attributes.env_variable,
          variable.attributes.default_value,
        ]),
      ),
    };
  }

  async function findLocation(short: string): Promise<number> {
    const answer = await panel.send('GET', '/locations?per_page=100');
    if (answer.status !== 200) throw new ProvisioningError('refused', answer.sentence);
    const found = panel.parse(listSchema(locationSchema), answer.body).data.find((l) => l.attributes.short === short);
    if (found === undefined) throw new ProvisioningError('refused', 'The panel does not know this location.');
    return found.attributes.id;
  }

  const suspend = (panelId: number) => setSuspended(panelId, 'suspend');
  const unsuspend = (panelId: number) => setSuspended(panelId, 'unsuspend');
  return Object.freeze({ kind: 'pterodactyl' as const, create, find, remove, suspend, unsuspend, describe });
}

/** Names are unique at the panel too, and may be taken there by somebody else; they begin and end with a letter or digit. */
function toPanelUsername({ id, username }: ServerOrder['owner']): string {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return `${plain(username) || 'player'}_${plain(id).slice(0, 8)}`;
}

/** The request that makes the server was not sent yet, so even a lost answer leaves nothing behind. */
async function beforeAnythingIsMade<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const message = cause instanceof ProvisioningError ? cause.message : 'The panel could not be asked.';
    throw new ProvisioningError('refused', message, { cause });
  }
}

const listSchema = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item) });
const serverSchema = z.object({ attributes: z.object({ id: z.int() }) });
const allocationSchema = z.object({
  attributes: z.object({ id: z.int(), ip: z.string(), alias: z.string().nullable(), port: z.int() }),
});
const describedSchema = z.object({
  attributes: z.object({
    identifier: z.string(),
    allocation: z.int(),
    relationships: z.object({ allocations: listSchema(allocationSchema) }),
  }),
});
const userSchema = z.object({ attributes: z.object({ id: z.int(), email: z.string() }) });
const locationSchema = z.object({ attributes: z.object({ id: z.int(), short: z.string() }) });
const nestSchema = z.object({
  attributes: z.object({
    id: z.int(),
    name: z.string(),
    relationships: z.object({
      eggs: listSchema(z.object({ attributes: z.object({ id: z.int(), name: z.string() }) })),
    }),
  }),
});
const eggSchema = z.object({
  attributes: z.object({
    id: z.int(),
    docker_image: z.string(),
    startup: z.string(),
    relationships: z.object({
      variables: listSchema(
        z.object({ attributes: z.object({ env_variable: z.string(), default_value: z.string().nullable() }) }),
      ),
    }),
  }),
});
