import { create } from 'zustand';
import { persist } from 'zustand/middleware';

/**
 * Who is signed in, as far as the browser needs to know it to paint.
 *
 * Owns the profile. Does not own the balance: `currentUser.coins` is a copy that the credits store writes back, and a
 * change of it by anyone else is only a hint that the credits store verifies. The session itself is an HttpOnly cookie.
 */
export const Role = { admin: 0, user: 1 } as const;
export type Role = (typeof Role)[keyof typeof Role];

export interface AuthUser {
  id: string | number;
  username: string;
  email: string;
  role: Role;
  /** Copy of `available`, in whole credits. */
  coins: number;
  first_name?: string;
  last_name?: string;
  display_name?: string;
  verified?: boolean;
  avatar_url?: string | null;
  referral_code?: string;
  referral_earnings?: number;
  created_at?: string;
  updated_at?: string;
}

export interface AuthState {
  isAuthenticated: boolean;
  currentUser: AuthUser | null;
  /** Always null: a token that scripts can read is a token that scripts can steal. Kept because hosts read the member. */
  sessionToken: string | null;
  updateUserData(changes: Partial<AuthUser>): void;
  /** Adds to the copy of the balance: a hint, never the truth. */
  updateCoins(delta: number): void;
  /** Reads the profile again; calls within 5 s of the last answer are skipped unless forced. Resolves to whether someone is signed in. */
  refreshUserData(force?: boolean): Promise<boolean>;
  setSession(user: AuthUser, token?: string | null): void;
  clearSession(): void;
  /** Clears everything at once, in every tab, then ends the session. Resolves to whether the server confirmed it. */
  logout(): Promise<boolean>;
  checkSession(): Promise<boolean>;
}

const STORAGE_KEY = 'auth-store';
const REFRESH_INTERVAL_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const SIGNED_OUT = { isAuthenticated: false, currentUser: null, sessionToken: null };

let refreshing: Promise<boolean> | null = null;
let refreshedAt = Number.NEGATIVE_INFINITY;

export const useAuthStore = create<AuthState>()(
  persist(
    (set, get) => ({
      ...SIGNED_OUT,

      updateUserData: (changes) =>
        set(({ currentUser }) => (currentUser === null ? {} : { currentUser: { ...currentUser, ...changes } })),

      updateCoins: (delta) =>
        set(({ currentUser }) =>
          currentUser === null || !Number.isSafeInteger(delta)
            ? {}
            : { currentUser: { ...currentUser, coins: Math.max(0, currentUser.coins + delta) } },
        ),

      refreshUserData: (force = false) => {
        if (refreshing !== null) return refreshing;
        if (!force && performance.now() - refreshedAt < REFRESH_INTERVAL_MS) {
          return Promise.resolve(get().isAuthenticated);
        }
        refreshing = readProfile(get().currentUser)
          .then((user) => {
            refreshedAt = performance.now();
            if (user === 'unknown') return get().isAuthenticated;
            set(user === null ? SIGNED_OUT : { isAuthenticated: true, currentUser: user, sessionToken: null });
            return user !== null;
          })
          .finally(() => {
            refreshing = null;
          });
        return refreshing;
      },

      setSession: (user) => set({ isAuthenticated: true, currentUser: user, sessionToken: null }),

      clearSession: () => set(SIGNED_OUT),

      logout: async () => {
        // Cleared before the request: nothing of the old user may be seen while a slow server answers.
        set(SIGNED_OUT);
        try {
          const response = await fetch('/api/auth/sign-out', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: '{}',
            signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
          });
          return response.ok || response.status === 401;
        } catch {
          return false;
        }
      },

      checkSession: () => get().refreshUserData(true),
    }),
    {
      name: STORAGE_KEY,
      version: 0,
      partialize: ({ isAuthenticated, currentUser }) => ({ isAuthenticated, currentUser, sessionToken: null }),
    },
  ),
);

/** The same store under the host's other name. @public */
export const useUserStore = useAuthStore;

/** Null: nobody is signed in. `'unknown'`: the server could not say, so what was known stays. */
async function readProfile(asked: AuthUser | null): Promise<AuthUser | null | 'unknown'> {
  try {
    const response = await fetch('/api/user/me', { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    if (response.status !== 401 && !response.ok) return 'unknown';
    const user = response.ok ? ((await response.json()) as { user: AuthUser }).user : null;
    // Someone else signed in meanwhile: this answer is about the user before.
    return useAuthStore.getState().currentUser?.id === asked?.id ? user : 'unknown';
  } catch {
    return 'unknown';
  }
}

/**
 * Another tab signed in, out or over. Only the identity is taken: copies of the balance go round by the credits
 * client's own channel, and would come back here as hints, each answered by a request in every tab.
 */
function followOtherTabs(event: StorageEvent): void {
  if (event.key === STORAGE_KEY || event.key === null) followStored(event.newValue);
}

/** A page that comes back from the browser's memory missed every event meanwhile: what is stored says who is signed in. */
function followReturn({ persisted }: PageTransitionEvent): void {
  if (persisted) followStored(localStorage.getItem(STORAGE_KEY));
}

function followStored(value: string | null): void {
  const stored = parseStored(value);
  const { currentUser } = useAuthStore.getState();
  if (stored === null) {
    if (currentUser !== null) useAuthStore.getState().clearSession();
  } else if (String(stored.id) !== String(currentUser?.id)) {
    useAuthStore.getState().setSession(stored);
  }
}

function parseStored(value: string | null): AuthUser | null {
  try {
    const { state } = JSON.parse(value ?? '{}') as { state?: Partial<AuthState> };
    return state?.isAuthenticated === true ? (state.currentUser ?? null) : null;
  } catch {
    return null;
  }
}

if (typeof window !== 'undefined') {
  window.addEventListener('storage', followOtherTabs);
  window.addEventListener('pageshow', followReturn);
}
