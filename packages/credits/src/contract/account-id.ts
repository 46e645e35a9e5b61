/**
 * What an account id, and the name of an actor, look like: 1 to 128 of `A-Z a-z 0-9 _ . : - | @ + ~ =`. That covers UUIDs,
 * numbers, e-mail addresses, and ids such as `auth0|5f7c`. Ids that begin with `system:` are the ledger's own accounts.
 */
export const ACCOUNT_ID_PATTERN = /^[\w.:|@+~=-]{1,128}$/;
