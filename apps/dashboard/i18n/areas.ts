import type activity from '../messages/en/activity.json';
import type admin from '../messages/en/admin.json';
import type adminCodes from '../messages/en/admin-codes.json';
import type adminHealth from '../messages/en/admin-health.json';
import type adminMessages from '../messages/en/admin-messages.json';
import type adminProvisioning from '../messages/en/admin-provisioning.json';
import type adminRewards from '../messages/en/admin-rewards.json';
import type adminShared from '../messages/en/admin-shared.json';
import type adminTransactions from '../messages/en/admin-transactions.json';
import type adminUsers from '../messages/en/admin-users.json';
import type auth from '../messages/en/auth.json';
import type earn from '../messages/en/earn.json';
import type errors from '../messages/en/errors.json';
import type failed from '../messages/en/failed.json';
import type overview from '../messages/en/overview.json';
import type referrals from '../messages/en/referrals.json';
import type servers from '../messages/en/servers.json';
import type settings from '../messages/en/settings.json';
import type shell from '../messages/en/shell.json';
import type transfers from '../messages/en/transfers.json';

/** The texts of the pages: an area is a file `messages/<language>/<area>.json`, and a namespace of next-intl. */
export interface PageMessages {
  activity: typeof activity;
  admin: typeof admin;
  'admin-codes': typeof adminCodes;
  'admin-health': typeof adminHealth;
  'admin-messages': typeof adminMessages;
  'admin-provisioning': typeof adminProvisioning;
  'admin-rewards': typeof adminRewards;
  'admin-shared': typeof adminShared;
  'admin-transactions': typeof adminTransactions;
  'admin-users': typeof adminUsers;
  auth: typeof auth;
  earn: typeof earn;
  errors: typeof errors;
  failed: typeof failed;
  overview: typeof overview;
  referrals: typeof referrals;
  servers: typeof servers;
  settings: typeof settings;
  shell: typeof shell;
  transfers: typeof transfers;
}

export type Area = keyof PageMessages;

const EVERY_AREA: Record<Area, true> = {
  activity: true,
  admin: true,
  'admin-codes': true,
  'admin-health': true,
  'admin-messages': true,
  'admin-provisioning': true,
  'admin-rewards': true,
  'admin-shared': true,
  'admin-transactions': true,
  'admin-users': true,
  auth: true,
  earn: true,
  errors: true,
  failed: true,
  overview: true,
  referrals: true,
  servers: true,
  settings: true,
  shell: true,
  transfers: true,
};

export const AREAS = Object.keys(EVERY_AREA) as Area[];

declare module 'next-intl' {
  interface AppConfig {
    Messages: PageMessages;
  }
}
