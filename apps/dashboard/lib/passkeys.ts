import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { ask, post, type AuthResult } from '@/lib/auth-client';

/** What speaks to the authenticator is loaded when somebody uses one. */
const load = () => import('@simplewebauthn/browser');

/** Signs in with a passkey, which the browser asks the person to choose. */
export async function signInWithPasskey(): Promise<AuthResult> {
  const { refused, data } = await ask<PublicKeyCredentialRequestOptionsJSON>(
    '/passkey/generate-authenticate-options',
    {},
  );
  if (refused !== null) return refused;
  const answer = await runAuthenticator(async () => (await load()).startAuthentication({ optionsJSON: data }));
  return 'refused' in answer ? answer.refused : post('/passkey/verify-authentication', { response: answer.response });
}

/** Has the browser make a passkey for the person, after the password was given once more. */
export async function addPasskey(password: string, name: string): Promise<AuthResult> {
  const { refused, data } = await ask<PublicKeyCredentialCreationOptionsJSON>('/passkey/generate-register-options', {
    password,
  });
  if (refused !== null) return refused;
  const answer = await runAuthenticator(async () => (await load()).startRegistration({ optionsJSON: data }));
  return 'refused' in answer
    ? answer.refused
    : post('/passkey/verify-registration', { name, response: answer.response });
}

/** Whether this browser, at this address, has passkeys. */
export function hasPasskeys(): boolean {
  return typeof window.PublicKeyCredential === 'function';
}

async function runAuthenticator<Response>(
  work: () => Promise<Response>,
): Promise<{ response: Response } | { refused: { message: string } }> {
  try {
    return { response: await work() };
  } catch (error) {
    return { refused: { message: describe(error) } };
  }
}

/** Browsers do not tell a person who cancelled from one who waited too long, or has no passkey here. */
function describe(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'AbortError':
      return 'No passkey was used. Try again, or use another way.';
    case 'InvalidStateError':
      return 'This device has a passkey for your account already.';
    case 'ConstraintError':
      return 'This device cannot check that it is you. Set up a PIN, a fingerprint or your face there first.';
    case 'SecurityError':
      return 'Passkeys do not work at this address.';
    default:
      return 'This browser could not use a passkey.';
  }
}
