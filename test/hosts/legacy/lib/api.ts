import { describeUser, useAuthStore } from '@/stores/user-store';

/** The host's own requests: its header, and whatever JSON comes back. */
export async function post<Answer>(
  path: string,
  body: unknown,
): Promise<Answer & { success: boolean; message?: string }> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...describeUser(useAuthStore.getState().currentUser) },
    credentials: 'include',
    body: JSON.stringify(body),
  });
  return response.json();
}

export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : 'Something went wrong.';
}
