/**
 * How a referral travels from a link to a sign-up: the server sees `?ref=CODE` on a page, and keeps it in a cookie that
 * no script reads, until the visitor signs up.
 */
const COOKIE = 'dashboard.referral';
const COOKIE_SECONDS = 30 * 24 * 3600;
const CODE = /^[A-Za-z0-9]{4,16}$/;

/** The code that a page's URL names; null when it names none that could be one. */
export function findReferralCode(url: string): string | null {
  const query = url.indexOf('?');
  const code = query === -1 ? null : new URLSearchParams(url.slice(query)).get('ref');
  return code !== null && CODE.test(code) ? code : null;
}

/** The code that a visitor came with. */
export function readReferralCode(headers: Headers): string | null {
  for (const part of (headers.get('cookie') ?? '').split(';')) {
    const [name, value = ''] = part.trim().split('=');
    if (name === COOKIE) return CODE.test(value) ? value : null;
  }
  return null;
}

/** Remembers the code. */
export function referralCookie(code: string, https: boolean): string {
  return `${COOKIE}=${code}; Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`;
}
