import { create } from 'zustand';
import { persist } from 'zustand/middleware';

/** 0: admin, 1: player. */
export type Role = 0 | 1;

export interface AuthUser {
  id: number;
  pterodactyl_uuid: string;
  username: string;
  email: string;
  first_name: string;
  last_name: string;
  display_name?: string;
  role: Role;
  verified: boolean;
  coins: number;
  avatar_url?: string | null;
  created_at: string;
}

export interface LoginCredentials {
  identifier: string;
  password: string;
}

interface AuthState {
  isAuthenticated: boolean;
  currentUser: AuthUser | null;
  sessionToken: string | null;
  updateUserData(changes: Partial<AuthUser>): void;
  updateCoins(delta: number): void;
  /** Asks who is signed in, and keeps of the user only what the answer has. */
  refreshUserData(force?: boolean): Promise<boolean>;
  setSession(user: AuthUser, token: string | null): void;
  clearSession(): void;
  login(credentials: LoginCredentials): Promise<{ success: boolean; message: string }>;
  logout(): Promise<void>;
  checkSession(): Promise<boolean>;
}

/**
 * Who is signed in, with a copy of the coins that any part of the host may change. Kept in the browser's storage, where
 * only the next page looks: other tabs are not told.
 */
export const useAuthStore = create<AuthState>()(
  persist(
    (set, get) => ({
      isAuthenticated: false,
      currentUser: null,
      sessionToken: null,

      updateUserData: (changes) =>
        set(({ currentUser }) => (currentUser === null ? {} : { currentUser: { ...currentUser, ...changes } })),

      updateCoins: (delta) =>
        set(({ currentUser }) =>
          currentUser === null ? {} : { currentUser: { ...currentUser, coins: currentUser.coins + delta } },
        ),

      refreshUserData: async () => {
        const { currentUser } = get();
        const response = await fetch('/api/user/me', { headers: describeUser(currentUser), credentials: 'include' });
        if (!response.ok) return false;
        const { user } = (await response.json()) as { user: AuthUser };
        set({ isAuthenticated: true, currentUser: user });
        return true;
      },

      setSession: (user, token) => set({ isAuthenticated: true, currentUser: user, sessionToken: token }),

      clearSession: () => set({ isAuthenticated: false, currentUser: null, sessionToken: null }),

      login: async (credentials) => {
        const response = await fetch('/api/auth/login', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(credentials),
        });
        const answer = (await response.json()) as {
          success: boolean;
          message: string;
          user?: AuthUser;
          sessionToken?: string;
        };
        if (answer.user !== undefined) get().setSession(answer.user, answer.sessionToken ?? null);
        return answer;
      },

      logout: async () => {
        const left = get().currentUser;
        get().clearSession();
        await fetch('/api/auth/logout', { method: 'POST', headers: describeUser(left) }).catch(() => undefined);
      },

      checkSession: () => get().refreshUserData(true),
    }),
    {
      name: 'auth-store',
      version: 0,
      partialize: ({ isAuthenticated, currentUser, sessionToken }) => ({ isAuthenticated, currentUser, sessionToken }),
    },
  ),
);

/** The same store under the name that other parts of the host know. @public */
export const useUserStore = useAuthStore;

/** The header by which the host's pages say who asks. */
export function describeUser(user: AuthUser | null): Record<string, string> {
  if (user === null) return {};
  const { id, username, email, role } = user;
  return { 'x-user-data': encodeURIComponent(JSON.stringify({ id, username, email, role })) };
}
