/** Everything that runs on the server: the ledger and the door. */
export type { CreditsHandler, CreditsHandlerOptions, Identity } from './http/handler.ts';
export type { Circulation, Ledger, VerifyReport } from './ledger/ledger.ts';
