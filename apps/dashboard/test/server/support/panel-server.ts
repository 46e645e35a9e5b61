import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';

/**
 * A local stand-in that answers like the Application API of a Pterodactyl panel, with its failures. It uses real HTTP:
 * time-outs, lost responses and broken bodies are the real thing.
 */
export interface PanelServer {
  readonly url: string;
  readonly apiKey: string;
  /** What exists, by external id. */
  readonly servers: Map<string, { id: number; body: Record<string, unknown> }>;
  readonly users: Map<string, { id: number; email: string; external_id: string | null }>;
  /** Ids of servers that are suspended. */
  readonly suspended: Set<number>;
  /** `METHOD path` of every request, in order of arrival. */
  readonly requests: string[];
  /** What the next matching requests meet; afterwards the panel works. */
  fail(match: string, failure: PanelFailure): void;
  /** Resolves once a request that starts with the text has arrived. */
  arrived(match: string): Promise<void>;
  /** Lets requests through that `hang` holds back. */
  release(): void;
  close(): Promise<void>;
}

export type PanelFailure =
  | 'validation'
  | 'no_viable_node'
  | 'internal_error'
  | 'not_json'
  /** Never answers, and does nothing. */
  | 'hang'
  /** Does it, and cuts the connection instead of answering. */
  | 'cut_after'
  /** Does it, but only once released. */
  | 'hold_back';

const KEY = 'ptla_only_for_tests';
const LOCATIONS = [
  { id: 1, short: 'fsn' },
  { id: 2, short: 'hel' },
  { id: 3, short: 'ash' },
];
const PAPER = {
  id: 4,
  name: 'Paper',
  docker_image: 'ghcr.io/pterodactyl/yolks:java_21',
  startup: 'java -jar {{SERVER_JARFILE}}',
};

export async function startPanelServer(): Promise<PanelServer> {
  const servers: PanelServer['servers'] = new Map();
  const users: PanelServer['users'] = new Map();
  const suspended = new Set<number>();
  const requests: string[] = [];
  const failures: { match: string; failure: PanelFailure }[] = [];
  const waiters: { match: string; resolve: () => void }[] = [];
  let releaseAll: (() => void)[] = [];
  let lastId = 0;

  const server: Server = createServer((request, response) => {
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://panel.test');
    const path = url.pathname.replace('/api/application', '');
    const line = `${request.method} ${path}`;
    const body = await readBody(request);
    requests.push(line);
    for (const waiter of waiters) if (line.startsWith(waiter.match)) waiter.resolve();
    const index = failures.findIndex(({ match }) => line.startsWith(match));
    const failure = index === -1 ? null : (failures.splice(index, 1)[0]?.failure ?? null);
    if (request.headers.authorization !== `Bearer ${KEY}`)
      return respond(response, 401, errors('AuthenticationException'));
    if (failure === 'hang') return;
    if (failure === 'validation') return respond(response, 422, errors('ValidationException', 'limits.memory'));
    if (failure === 'no_viable_node') return respond(response, 400, errors('NoViableNodeException'));
    if (failure === 'internal_error') return respond(response, 500, errors('HttpException'));
    if (failure === 'not_json') {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>maintenance</html>');
      return;
    }
    if (failure === 'hold_back') await new Promise<void>((resolve) => releaseAll.push(resolve));
    const [status, answered] = route(request.method ?? 'GET', path, url, body);
    if (failure === 'cut_after') request.socket.destroy();
    else respond(response, status, answered);
  }

  function route(method: string, path: string, url: URL, body: Record<string, unknown>): [number, unknown] {
    const byExternal = /^\/servers\/external\/(.+)$/.exec(path)?.[1];
    if (byExternal !== undefined) {
      const found = servers.get(decodeURIComponent(byExternal));
      return found === undefined ? [404, errors('NotFoundHttpException')] : [200, toServer(found.id)];
    }
    if (method === 'POST' && path === '/servers') {
      const externalId = String(body['external_id']);
      if (servers.has(externalId)) return [422, errors('ValidationException', 'external_id')];
      const id = (lastId += 1);
      servers.set(externalId, { id, body });
      return [201, toServer(id)];
    }
    const power = /^\/servers\/(\d+)\/(suspend|unsuspend)$/.exec(path);
    if (method === 'POST' && power !== null) {
      const id = Number(power[1]);
      if (![...servers.values()].some((made) => made.id === id)) return [404, errors('NotFoundHttpException')];
      if (power[2] === 'suspend') suspended.add(id);
      else suspended.delete(id);
      return [204, null];
    }
    const described = /^\/servers\/(\d+)$/.exec(path)?.[1];
    if (method === 'GET' && described !== undefined) {
      const id = Number(described);
      if (![...servers.values()].some((made) => made.id === id)) return [404, errors('NotFoundHttpException')];
      const other = { id: 1, ip: '192.0.2.1', alias: null, port: 1, assigned: true };
      const own = { id: 2, ip: '192.0.2.1', alias: 'play.example.test', port: 25_565 + id, assigned: true };
      const relationships = { allocations: { object: 'list', data: [toItem(other), toItem(own)] } };
      return [200, toItem({ id, identifier: `id${id}`, allocation: 2, relationships })];
    }
    const removed = /^\/servers\/(\d+)$/.exec(path)?.[1];
    if (method === 'DELETE' && removed !== undefined) {
      for (const [externalId, { id }] of servers) {
        if (id === Number(removed)) return (servers.delete(externalId), [204, null]);
      }
      return [404, errors('NotFoundHttpException')];
    }
    const userByExternal = /^\/users\/external\/(.+)$/.exec(path)?.[1];
    if (userByExternal !== undefined) {
      for (const user of users.values()) {
        if (user.external_id === decodeURIComponent(userByExternal)) return [200, toItem(user)];
      }
      return [404, errors('NotFoundHttpException')];
    }
    if (method === 'GET' && path === '/users') {
      const email = url.searchParams.get('filter[email]') ?? '';
      return [
        200,
        { object: 'list', data: [...users.values()].filter((user) => user.email.includes(email)).map(toItem) },
      ];
    }
    if (method === 'POST' && path === '/users') {
      const email = String(body['email']);
      if (users.has(email)) return [422, errors('ValidationException', 'email')];
      if (!/^[a-z0-9]([\w.-]+)[a-z0-9]$/.test(String(body['username']))) {
        return [422, errors('ValidationException', 'username')];
      }
      const user = { id: (lastId += 1), email, external_id: String(body['external_id']) };
      users.set(email, user);
      return [201, toItem(user)];
    }
    if (path === '/locations') return [200, { object: 'list', data: LOCATIONS.map(toItem) }];
    if (path === '/nests') {
      const eggs = { object: 'list', data: [toItem({ id: PAPER.id, name: PAPER.name })] };
      return [200, { object: 'list', data: [toItem({ id: 1, name: 'Minecraft', relationships: { eggs } })] }];
    }
    if (path === `/nests/1/eggs/${PAPER.id}`) {
      const variables = {
        object: 'list',
        data: [toItem({ env_variable: 'SERVER_JARFILE', default_value: 'server.jar' })],
      };
      return [200, toItem({ ...PAPER, relationships: { variables } })];
    }
    return [404, errors('NotFoundHttpException')];
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a numbered port.');
  const release = () => {
    for (const resolve of releaseAll) resolve();
    releaseAll = [];
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    apiKey: KEY,
    servers,
    users,
    suspended,
    requests,
    fail: (match, failure) => {
      failures.push({ match, failure });
    },
    arrived: (match) =>
      requests.some((line) => line.startsWith(match))
        ? Promise.resolve()
        : new Promise((resolve) => waiters.push({ match, resolve })),
    release,
    async close() {
      release();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function toItem(attributes: object): object {
  return { object: 'item', attributes };
}

function toServer(id: number): object {
  return { object: 'server', attributes: { id, uuid: `uuid-${id}` } };
}

function errors(code: string, field?: string): object {
  const detail = 'Internal words of the panel that nobody else should read.';
  return {
    errors: [{ code, status: '4xx', detail, ...(field === undefined ? {} : { meta: { source_field: field } }) }],
  };
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === null ? '' : JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
