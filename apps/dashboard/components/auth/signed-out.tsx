'use client';
import { useLayoutEffect } from 'react';

import { useAuthStore } from '@/stores/user-store';

/** The server says that nobody is signed in: what this browser still remembers of someone goes, in every tab. */
export function SignedOut() {
  useLayoutEffect(() => {
    if (useAuthStore.getState().currentUser !== null) useAuthStore.getState().clearSession();
  }, []);
  return null;
}
