'use client';
import { createAuthClient } from 'better-auth/client';

const client = createAuthClient();

/** Why signing in, up, or a change of password was refused: a sentence for the person, and for how long to wait. */
export interface AuthRefusal {
  message: string;
  /** The field that the sentence is about. */
  field?: 'email' | 'password' | 'name' | 'current';
  /** Set when too many tries were made. */
  retryAfterMs?: number;
}

/** Null when it worked. */
export type AuthResult = AuthRefusal | null;

const OFFLINE: AuthRefusal = { message: 'The server could not be reached. Check your connection and try again.' };
const RETRY_AFTER_MS = 60_000;

/** Signs in; the session is a cookie that scripts cannot read. */
export function signIn(email: string, password: string): Promise<AuthResult> {
  return attempt((onError) => client.signIn.email({ email, password }, { onError }));
}

/**
 * Creates an account and signs in. Who invited is known to the server by its own cookie, set when the link was opened.
 *
 * The server does not say whether the address had an account: only its owner can sign in to it.
 */
export async function signUp(name: string, email: string, password: string): Promise<AuthResult> {
  const refused = await attempt((onError) => client.signUp.email({ name, email, password }, { onError }));
  if (refused !== null) return refused;
  const signedIn = await signIn(email, password);
  if (signedIn?.field !== 'password') return signedIn;
  return { message: 'You may have an account with this address already. Sign in with its password.', field: 'email' };
}

/** Changes the password and ends every other session. */
export function changePassword(currentPassword: string, newPassword: string): Promise<AuthResult> {
  return attempt((onError) =>
    client.changePassword({ currentPassword, newPassword, revokeOtherSessions: true }, { onError }),
  );
}

/** Ends every session but this one. */
export function revokeOtherSessions(): Promise<AuthResult> {
  return attempt((onError) => client.revokeOtherSessions({}, { onError }));
}

type OnError = (context: { response: Response }) => void;
type Answer = {
  error: {
    status: number;
    code?: string | undefined;
    message?: string | undefined;
    /** What our own checks say of each field. */
    errors?: { path: string; message: string }[] | undefined;
  } | null;
};

async function attempt(send: (onError: OnError) => Promise<Answer>): Promise<AuthResult> {
  let waitSeconds = Number.NaN;
  try {
    const { error } = await send(({ response }) => {
      waitSeconds = Number(response.headers.get('x-retry-after') ?? response.headers.get('retry-after') ?? Number.NaN);
    });
    if (error === null) return null;
    if (error.status === 429) {
      const retryAfterMs = Number.isFinite(waitSeconds) ? Math.max(1, waitSeconds) * 1_000 : RETRY_AFTER_MS;
      return { message: 'Too many tries.', retryAfterMs };
    }
    return toFieldRefusal(error.errors) ?? toRefusal(error.code, error.message, error.status);
  } catch {
    return OFFLINE;
  }
}

function toFieldRefusal(errors: { path: string; message: string }[] | undefined): AuthRefusal | null {
  const first = errors?.[0];
  if (first?.path === 'name') return { message: `A display name ${first.message}.`, field: 'name' };
  if (first?.path === 'email') return { message: `This address ${first.message}.`, field: 'email' };
  return null;
}

function toRefusal(code: string | undefined, message: string | undefined, status: number): AuthRefusal {
  if (status === 0) return OFFLINE;
  switch (code) {
    case 'INVALID_EMAIL_OR_PASSWORD':
      return { message: 'E-mail or password is not right.', field: 'password' };
    case 'INVALID_EMAIL':
      return { message: 'This is not an e-mail address.', field: 'email' };
    case 'PASSWORD_TOO_SHORT':
      return { message: 'The password needs at least 8 characters.', field: 'password' };
    case 'PASSWORD_TOO_LONG':
      return { message: 'The password may have at most 128 characters.', field: 'password' };
    case 'INVALID_PASSWORD':
      return { message: 'The current password is not right.', field: 'current' };
    case 'BANNED_USER':
      return { message: 'This account is closed. Ask the people who run this dashboard.' };
    default:
      return { message: message ?? `The server answered ${status}. Try again.` };
  }
}
