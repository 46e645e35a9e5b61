import { create } from 'zustand';

/**
 * Who is signed in, for projects that have no user store yet: the part of one that the credits store reads.
 *
 * Asks `GET /api/user/me` when the page loads, until it gets an answer, and keeps nothing in the browser: the session is
 * your cookie.
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
      const response = await fetch('/api/user/me', { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
      if (response.status !== 401 && !response.ok) return null;
      const user = response.ok ? ((await response.json()) as { user: AuthUser }).user : null;
      // Unless someone signed in or out meanwhile: then this answer is about before.
      if (get().currentUser?.id === asked?.id)
        set(user === null ? SIGNED_OUT : { isAuthenticated: true, currentUser: user });
      return get().isAuthenticated;
    } catch {
      return null;
    }
  },
}));

/** The same store under the name that some hosts use. @public */
export const useUserStore = useAuthStore;

/** A server that is just starting answers later. */
async function ask(retryMs = RETRY_MS): Promise<void> {
  if ((await useAuthStore.getState().checkSession()) !== null) return;
  setTimeout(() => void ask(Math.min(2 * retryMs, RETRY_MS_MAX)), retryMs);
}

if (typeof window !== 'undefined') void ask();
