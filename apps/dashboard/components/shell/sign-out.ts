import { showError } from '@/lib/toast';
import { useAuthStore } from '@/stores/user-store';

/** Everything of the person is gone from every tab at once; the session bridge then leaves the page. */
export async function signOut(): Promise<void> {
  const confirmed = await useAuthStore.getState().logout();
  if (!confirmed) {
    showError('You are signed out here, but the server was not reached', 'Sign in and out again when you are online.');
  }
}
