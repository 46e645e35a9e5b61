import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

// Tests sign hundreds of people up: their passwords are hashed as everybody's, with the least work in place of the most.
// Dashboards that tests start in processes of their own do all of it, and so does that of the longer browser tests.
const { scrypt } = crypto;
/** @param {Parameters<typeof scrypt>} call */
const cheapScrypt = (...[password, salt, length, options, done]) =>
  scrypt(password, salt, length, { ...options, N: 2 }, done);
crypto.scrypt = /** @type {typeof scrypt} */ (cheapScrypt);
syncBuiltinESMExports();
