import type activity from '../messages/en/activity.json';
import type admin from '../messages/en/admin.json';
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
