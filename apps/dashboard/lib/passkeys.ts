import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { ask, post, type AuthRefusal, type AuthResult } from '@/lib/auth-client';

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
): Promise<{ response: Response } | { refused: AuthRefusal }> {
  try {
    return { response: await work() };
  } catch (error) {
    return { refused: { reason: toReason(error) } };
  }
}

/** Browsers do not tell a person who cancelled from one who waited too long, or has no passkey here. */
function toReason(error: unknown): AuthRefusal['reason'] {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'AbortError':
      return 'passkeyUnused';
    case 'InvalidStateError':
      return 'passkeyExists';
    case 'ConstraintError':
      return 'passkeyUnchecked';
    case 'SecurityError':
      return 'passkeyAddress';
    default:
      return 'passkeyFailed';
  }
}
