import type { Snapshot } from 'realtime-credits';
import type { SocialProvider } from './auth/social.ts';
import type { DemoUser } from './demo/users.ts';
import type { CatalogueAnswer, DailyCheckAnswer, Me, ReferralsAnswer, ServersAnswer } from '../lib/api.ts';

/**
 * The bridge from pages to the one server process.
 *
 * Next bundles pages apart from the server, so a module of the server imported there would be a second copy with a
 * second database. Pages import this file alone; it imports types only, and finds what the server put on `globalThis`.
 */
export interface DashboardRuntime {
  /** The signed-in user of a request and their balance: what `GET /api/user/me` answers; null when signed out. */
  readMe(headers: Headers): Promise<{ user: Me; snapshot: Snapshot } | null>;
  /** What `POST /api/user/daily-login {action: 'check'}` answers. */
  readDaily(userId: string): Promise<DailyCheckAnswer['data']>;
  /** What `GET /api/servers` answers. */
  readServers(userId: string): Promise<ServersAnswer['data']>;
  /** What `GET /api/servers/catalogue` answers. */
  readCatalogue(): CatalogueAnswer['data'];
  /** What `GET /api/referrals` answers. */
  readReferrals(userId: string): Promise<ReferralsAnswer['data']>;
  /**
   * Answers a request as the HTTP server answers it, without the way through a socket: pages read with it whatever has a
   * route and no method above (history, administration), with the cookies of the request that they answer.
   */
  fetch(request: Request): Promise<Response>;
  /** Facts of this instance that anyone may see. */
  readonly facts: {
    /** Demo users exist; the sign-in page names them. Their password is the terminal's to say. */
    demo: { users: Pick<DemoUser, 'email' | 'label'>[] } | null;
    provisioner: 'pterodactyl' | 'simulator';
    timeZone: string;
    /** With whose accounts people can sign in. */
    socialProviders: readonly SocialProvider[];
  };
}

const KEY = Symbol.for('realtime-credits.dashboard.runtime');

type Registry = { [KEY]?: DashboardRuntime };

/** Called once by the server, before it listens. */
export function setRuntime(runtime: DashboardRuntime): void {
  (globalThis as Registry)[KEY] = runtime;
}

/**
 * What pages read from. Pages that call it must be dynamic: at build time there is no server, and no database.
 *
 * @throws {Error} when the page runs outside of the dashboard's server, such as under `next build` or `next dev`.
 */
export function getRuntime(): DashboardRuntime {
  const runtime = (globalThis as Registry)[KEY];
  if (runtime === undefined) {
    throw new Error(
      'This page needs the dashboard server: start it with "npm run dev" or "npm start", not with "next".',
    );
  }
  return runtime;
}
