import type { Translator } from '@/i18n/translator';
import { showError } from '@/lib/toast';
import { useAuthStore } from '@/stores/user-store';

/** Everything of the person is gone from every tab at once; the session bridge then leaves the page. */
export async function signOut(t: Translator<'shell'>): Promise<void> {
  const confirmed = await useAuthStore.getState().logout();
  if (!confirmed) {
    showError(t('signOutFailed.title'), t('signOutFailed.text'));
  }
}
