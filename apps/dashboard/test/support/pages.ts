/** Every page of the dashboard, for those who are signed in, for everybody, and for administrators. */
export const PAGES = [
  '/',
  '/earn',
  '/servers',
  '/servers/new',
  '/create-server',
  '/referrals',
  '/activity',
  '/activity/1',
  '/transfers',
  '/settings',
  '/examples/credits',
];
export const PUBLIC_PAGES = [
  '/sign-in',
  '/sign-up',
  '/sign-up?ref=UNKNOWN',
  '/forgot-password',
  '/reset-password',
  '/verify-email',
];
export const ADMIN_PAGES = [
  '/admin',
  '/admin/activity',
  '/admin/users',
  '/admin/codes',
  '/admin/rewards',
  '/admin/messages',
  '/admin/health',
];
