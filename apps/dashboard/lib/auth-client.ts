'use client';
import { toAuthRefusal, type AuthRefusal } from '@/lib/auth-refusal';

export type { AuthRefusal };

/** Null when it worked. */
export type AuthResult = AuthRefusal | null;

const OFFLINE: AuthRefusal = { reason: 'network' };

/** Signs in; the session is a cookie that scripts cannot read. `code`: the password is right, and a code is owed. */
export async function signIn(email: string, password: string): Promise<AuthResult | 'code'> {
  const { refused, data } = await ask<{ twoFactorRedirect?: boolean }>('/sign-in/email', { email, password });
  return refused === null && data.twoFactorRedirect === true ? 'code' : refused;
}

/** Signs in with the code that is owed: of the authenticator app, or one of the backup codes. */
export function signInWithCode(code: string, kind: 'totp' | 'backup'): Promise<AuthResult> {
  return kind === 'totp' ? confirmSecondFactor(code) : post('/two-factor/verify-backup-code', { code });
}

/**
 * Creates an account and signs in. Who invited is known to the server by its own cookie, set when the link was opened.
 *
 * The server does not say whether the address had an account: only its owner can sign in to it.
 */
export async function signUp(name: string, email: string, password: string): Promise<AuthResult> {
  const refused = await post('/sign-up/email', { name, email, password });
  if (refused !== null) return refused;
  const signedIn = await signIn(email, password);
  if (signedIn !== 'code' && signedIn?.field !== 'password') return signedIn;
  return { reason: 'mayHaveAccount', field: 'email' };
}

/** Changes the password and ends every other session. */
export function changePassword(currentPassword: string, newPassword: string): Promise<AuthResult> {
  return post('/change-password', { currentPassword, newPassword, revokeOtherSessions: true });
}

/** Ends every session but this one. */
export function revokeOtherSessions(): Promise<AuthResult> {
  return post('/revoke-other-sessions', {});
}

/** Asks for a link to set a new password. It works the same whether or not the address has an account. */
export function requestPasswordReset(email: string): Promise<AuthResult> {
  return post('/request-password-reset', { email });
}

/** Sets a new password by the token of a link, and ends every session. */
export function resetPassword(token: string, newPassword: string): Promise<AuthResult> {
  return post('/reset-password', { token, newPassword });
}

/** Has the link that confirms the address sent again. */
export function sendVerificationEmail(): Promise<AuthResult> {
  return post('/send-verification-email', {});
}

/** Confirms an address by the token of a link. */
export function verifyEmail(token: string): Promise<AuthResult> {
  return post('/verify-email', { token });
}

/** Asks for another address, which has to be confirmed. */
export function changeEmail(newEmail: string, password: string): Promise<AuthResult> {
  return post('/change-email', { newEmail, password });
}

/** Goes to where the person has an account. They come back signed in, at this path of ours. */
export async function signInElsewhere(provider: string, next: string): Promise<AuthResult> {
  return leave(await ask<{ url: string }>('/sign-in/social', { provider, next }));
}

/** Goes to where the person has an account. They come back to the settings, and it signs them in from then on. */
export async function linkElsewhere(provider: string, password: string): Promise<AuthResult> {
  return leave(await ask<{ url: string }>('/link-social', { provider, password }));
}

function leave({ refused, data }: AuthOutcome<{ url: string }>): AuthResult {
  if (refused === null) window.location.assign(data.url);
  return refused;
}

/** What an authenticator app is set up with, and the codes for when it is lost. */
export interface SecondFactor {
  totpURI: string;
  backupCodes: string[];
}

/** Begins to set up a second factor. It is on once {@link confirmSecondFactor} was given a code of it. */
export function beginSecondFactor(password: string): Promise<AuthOutcome<SecondFactor>> {
  return ask('/two-factor/enable', { password });
}

export function confirmSecondFactor(code: string): Promise<AuthResult> {
  return post('/two-factor/verify-totp', { code: code.replaceAll(/\s/g, '') });
}

export function endSecondFactor(password: string): Promise<AuthResult> {
  return post('/two-factor/disable', { password });
}

/** Makes new backup codes. The ones before work no more. */
export function renewBackupCodes(password: string): Promise<AuthOutcome<Pick<SecondFactor, 'backupCodes'>>> {
  return ask('/two-factor/generate-backup-codes', { password });
}

/** Sends to an endpoint of better-auth. Null when it worked. */
export async function post(path: string, body: object): Promise<AuthResult> {
  return (await ask(path, body)).refused;
}

/** What a request brought, or why it was refused. */
export type AuthOutcome<Data> = { refused: AuthRefusal; data: null } | { refused: null; data: Data };

/** Sends to an endpoint of better-auth. Resolves to what it answered. */
export async function ask<Data>(path: string, body: object): Promise<AuthOutcome<Data>> {
  try {
    const response = await fetch(`/api/auth${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) return { refused: null, data: answer as Data };
    return { refused: toAuthRefusal(response, answer ?? {}), data: null };
  } catch {
    return { refused: OFFLINE, data: null };
  }
}
