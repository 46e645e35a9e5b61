import type { AuthRefusal } from './auth-refusal.ts';

/** What a form of the sign-in or sign-up page shows again after it was sent without a script. Never the password. */
export interface AuthForm {
  email: string;
  name: string;
  refusal: AuthRefusal;
}

export const AUTH_FORM_COOKIE = 'auth_form';

export function writeAuthForm(form: AuthForm): string {
  return encodeURIComponent(JSON.stringify(form));
}

/** Null where there is none, or it cannot be read. */
export function readAuthForm(value: string | undefined): AuthForm | null {
  if (value === undefined) return null;
  try {
    const { email, name, refusal } = JSON.parse(value) as Partial<AuthForm>;
    const isForm = typeof email === 'string' && typeof name === 'string' && typeof refusal?.reason === 'string';
    return isForm ? { email, name, refusal } : null;
  } catch {
    return null;
  }
}
