'use client';
import { createAuthClient } from 'better-auth/client';

const client = createAuthClient();

/** Why signing in, up, or a change of password was refused: a sentence for the person, and for how long to wait. */
export interface AuthRefusal {
  message: string;
  /** The field that the sentence is about. */
  field?: 'email' | 'password' | 'name' | 'current' | 'code';
  /** Set when too many tries were made. */
  retryAfterMs?: number;
}

/** Null when it worked. */
export type AuthResult = AuthRefusal | null;

const OFFLINE: AuthRefusal = { message: 'The server could not be reached. Check your connection and try again.' };
const RETRY_AFTER_MS = 60_000;

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
  const refused = await attempt((onError) => client.signUp.email({ name, email, password }, { onError }));
  if (refused !== null) return refused;
  const signedIn = await signIn(email, password);
  if (signedIn !== 'code' && signedIn?.field !== 'password') return signedIn;
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

/** Sends to an endpoint of better-auth. Resolves to what it answered. */
export function ask<Data>(path: string, body: object): Promise<AuthOutcome<Data>> {
  return request((onError) => client.$fetch(path, { method: 'POST', body, onError }));
}

/** What a request brought, or why it was refused. */
export type AuthOutcome<Data> = { refused: AuthRefusal; data: null } | { refused: null; data: Data };

type OnError = (context: { response: Response }) => void;
type Answer = {
  data: unknown;
  error: {
    status: number;
    code?: string | undefined;
    message?: string | undefined;
    /** What our own checks say of each field. */
    errors?: { path: string; message: string }[] | undefined;
  } | null;
};

async function attempt(send: (onError: OnError) => Promise<Answer>): Promise<AuthResult> {
  return (await request(send)).refused;
}

async function request<Data>(send: (onError: OnError) => Promise<Answer>): Promise<AuthOutcome<Data>> {
  const refuse = (refused: AuthRefusal): AuthOutcome<Data> => ({ refused, data: null });
  let waitSeconds = Number.NaN;
  try {
    const { data, error } = await send(({ response }) => {
      waitSeconds = Number(response.headers.get('x-retry-after') ?? response.headers.get('retry-after') ?? Number.NaN);
    });
    if (error === null) return { refused: null, data: data as Data };
    if (error.status === 429 && error.code !== 'ACCOUNT_TEMPORARILY_LOCKED') {
      const retryAfterMs = Number.isFinite(waitSeconds) ? Math.max(1, waitSeconds) * 1_000 : RETRY_AFTER_MS;
      return refuse({ message: 'Too many tries.', retryAfterMs });
    }
    return refuse(toFieldRefusal(error.errors) ?? toRefusal(error.code, error.message, error.status));
  } catch {
    return refuse(OFFLINE);
  }
}

function toFieldRefusal(errors: { path: string; message: string }[] | undefined): AuthRefusal | null {
  const first = errors?.[0];
  if (first?.path === 'name') return { message: `A display name ${first.message}.`, field: 'name' };
  if (first?.path === 'email' || first?.path === 'newEmail')
    return { message: `This address ${first.message}.`, field: 'email' };
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
    case 'INVALID_TOKEN':
    case 'TOKEN_EXPIRED':
      return { message: 'This link was used already, or is too old. Ask for another one.' };
    case 'INVALID_USER':
      return { message: 'You are signed in to another account. Sign out, then open the link again.' };
    case 'INVALID_CODE':
    case 'INVALID_BACKUP_CODE':
      return { message: 'This code is not right.', field: 'code' };
    case 'INVALID_TWO_FACTOR_COOKIE':
    case 'TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE':
      return { message: 'That was too late, or too often. Sign in again.' };
    case 'ACCOUNT_TEMPORARILY_LOCKED':
      return { message: 'There were too many wrong codes for this account. Try again in a quarter of an hour.' };
    case 'INVALID_PASSWORD':
      return { message: 'The current password is not right.', field: 'current' };
    case 'PASSKEY_REFUSED':
      return { message: 'This passkey cannot be used here. Use another way to sign in.' };
    case 'BANNED_USER':
      return { message: 'This account is closed. Ask the people who run this dashboard.' };
    default:
      return { message: message ?? `The server answered ${status}. Try again.` };
  }
}
