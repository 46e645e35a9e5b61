import type { CatalogueAnswer, MeAnswer } from '../../lib/api.ts';

/** People for scenarios: each signs up for one alone, from an address of their own. */
export interface People {
  signUp(credits: number): Promise<Person>;
  adjust(person: Person, amount: number): Promise<void>;
  readCredits(person: Person): Promise<number>;
  /** What the first plan costs together. */
  readCost(person: Person): Promise<number>;
  /** Event streams that the server has open. */
  countStreams(): Promise<number>;
}

export interface Person {
  id: string;
  email: string;
  password: string;
  credits: number;
}

const PASSWORD = 'a long enough password';

/**
 * @param readUrl - Where the server is by now: what is asked here does not pass the browser's network.
 * @param origin - What browsers call it.
 */
export function createPeople(readUrl: () => string, origin: string, adminPassword: string): People {
  let addresses = 0;

  async function send(path: string, { cookie = '', body }: { cookie?: string; body?: object } = {}): Promise<Response> {
    addresses += 1;
    const response = await fetch(`${readUrl()}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { cookie, origin, 'content-type': 'application/json', 'x-forwarded-for': `10.0.0.${addresses % 250}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return response;
  }

  /** A session that no browser has. */
  async function enter(email: string, password: string): Promise<string> {
    const response = await send('/api/auth/sign-in/email', { body: { email, password } });
    return response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
  }

  async function readMe({ email, password }: Pick<Person, 'email' | 'password'>): Promise<MeAnswer> {
    return (await (await send('/api/user/me', { cookie: await enter(email, password) })).json()) as MeAnswer;
  }

  async function adjust({ id }: Pick<Person, 'id'>, amount: number): Promise<void> {
    const cookie = await enter('admin@demo.test', adminPassword);
    await send(`/api/admin/users/${id}/coins`, { cookie, body: { amount, reason: 'For a scenario' } });
  }

  return {
    adjust,
    async signUp(credits) {
      const name = `b${Date.now().toString(36)}`;
      const person = { email: `${name}@example.test`, password: PASSWORD };
      await send('/api/auth/sign-up/email', { body: { ...person, name, username: name } });
      const { id } = (await readMe(person)).user;
      await adjust({ id }, credits);
      return { ...person, id, credits };
    },
    readCredits: async (person) => (await readMe(person)).user.coins,
    async readCost({ email, password }) {
      const response = await send('/api/servers/catalogue', { cookie: await enter(email, password) });
      const [plan] = ((await response.json()) as CatalogueAnswer).data.plans;
      if (plan === undefined) throw new Error('The catalogue has no plans.');
      return plan.plan_cost + plan.setup_fee;
    },
    async countStreams() {
      const text = await (await fetch(`${readUrl()}/api/metrics`)).text();
      return Number(/^credits_open_streams (\d+)/m.exec(text)?.[1]);
    },
  };
}
