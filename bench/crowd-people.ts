/** The people of a crowd: who they are, how they are signed in, and what the processes say to each other. */
import { createHash, createHmac } from 'node:crypto';

export const SECRET = 'only-for-benches-only-for-benches-only-for-benches';
export const FIRST_CREDITS = 1_000;

export const accountOf = (index: number): string => `person-${index}`;
export const usernameOf = (index: number): string => `person${index}`;
const tokenOf = (index: number): string => `token-of-${index}`;
export const tokenHashOf = (index: number): string =>
  `sha256:${createHash('sha256').update(tokenOf(index)).digest('hex')}`;

export function cookieOf(index: number): string {
  const signature = createHmac('sha256', SECRET).update(tokenOf(index)).digest('base64');
  return `dashboard.session_token=${encodeURIComponent(`${tokenOf(index)}.${signature}`)}`;
}

export type CrowdOrder = { do: 'grant'; index: number; key: string } | { do: 'measure' } | { do: 'balances' };

export interface CrowdFigures {
  is: 'measured';
  rss: number;
  /** In use after a collection, buffers included. */
  heap: number;
  descriptors: number;
  streams: number;
  /** Statements since the server listens: all of them, those that read snapshots, and those that look up sessions. */
  queries: { all: number; snapshots: number; sessions: number };
}

export type CrowdAnswer =
  | { is: 'listening'; port: number }
  | CrowdFigures
  | { is: 'balances'; ok: boolean; versions: number[]; available: number[] };
