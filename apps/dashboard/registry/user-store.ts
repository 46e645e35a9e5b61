import { create } from 'zustand';

/**
 * Who is signed in, for projects that have no user store yet: the part of one that the credits store reads.
 *
 * Asks `GET /api/user/me` when the page loads, or `GET /api/credits` where there is no such route, until it gets an answer.
 * Keeps nothing in the browser: the session is your cookie.
 * Call `setSession` after a sign-in without a page load, `clearSession` with a sign-out: the credits follow at once.
 */
export interface AuthUser {
  id: string | number;
  /** Copy of what is available, in whole credits: the credits store writes it. */
  coins: number;
  username?: string;
  email?: string;
}

export interface AuthState {
  isAuthenticated: boolean;
  currentUser: AuthUser | null;
  updateUserData(changes: Partial<AuthUser>): void;
  setSession(user: AuthUser): void;
  clearSession(): void;
  /** Asks the server. Resolves to whether someone is signed in; null where it does not say: what was known stays. */
  checkSession(): Promise<boolean | null>;
}

/** What the two routes answer. */
type Session = { user: AuthUser } | { account: string; balance: { available: number } };

const SIGNED_OUT = { isAuthenticated: false, currentUser: null };
const REQUEST_TIMEOUT_MS = 10_000;
const RETRY_MS = 2_000;
const RETRY_MS_MAX = 30_000;

export const useAuthStore = create<AuthState>()((set, get) => ({
  ...SIGNED_OUT,

  updateUserData: (changes) =>
    set(({ currentUser }) => (currentUser === null ? {} : { currentUser: { ...currentUser, ...changes } })),

  setSession: (user) => set({ isAuthenticated: true, currentUser: user }),

  clearSession: () => set(SIGNED_OUT),

  checkSession: async () => {
    const asked = get().currentUser;
    try {
      let { status, session } = await request('/api/user/me');
      // Servers of single-page apps answer a path that they do not know with their page.
      const isMissing = status === 404 || (status === 200 && session === null);
      if (isMissing) ({ status, session } = await request('/api/credits'));
      if (session === null && status !== 401) return null;
      const user = session === null ? null : readUser(session);
      // Unless someone signed in or out meanwhile: then this answer is about before.
      if (get().currentUser?.id === asked?.id)
        set(user === null ? SIGNED_OUT : { isAuthenticated: true, currentUser: user });
      return get().isAuthenticated;
    } catch {
      return null;
    }
  },
}));

/** The session is null where the response is none, or no JSON. */
async function request(url: string): Promise<{ status: number; session: Session | null }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  const body: unknown = response.ok ? await response.json().catch(() => null) : null;
  return { status: response.status, session: body as Session | null };
}

function readUser(session: Session): AuthUser {
  return 'user' in session ? session.user : { id: session.account, coins: session.balance.available };
}

/** The same store under the name that some hosts use. @public */
export const useUserStore = useAuthStore;

/** A server that is just starting answers later. */
async function ask(retryMs = RETRY_MS): Promise<void> {
  if ((await useAuthStore.getState().checkSession()) !== null) return;
  setTimeout(() => void ask(Math.min(2 * retryMs, RETRY_MS_MAX)), retryMs);
}

if (typeof window !== 'undefined') void ask();
