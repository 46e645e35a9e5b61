import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openDatabase } from '../../../src/ledger/postgres/database.ts';
import { refusal } from '../../support/ledger.ts';

// A server with a certificate that only its provider knows, as many hosted databases have it. It encrypts, then hangs up.

/** Made for this test: a key that protects nothing. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyiz0vjWxoWVmsNgz
B26KPsmYGmqLRoFzui4StbFTuX+hRANCAATHHCWFc6aXd/DZ/s7Yjunl8XK9oEyS
b2DAeVenHbpK2x/jzbu3mpMuRfr1wmugALIe5ByvF9IHd66reWMMvJmj
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUDJIiv0HOpAPIjAg8mbwqwlgkrIYwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzAwMDgxMVoYDzIxMjYxMTAz
MDAwODExWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATHHCWFc6aXd/DZ/s7Yjunl8XK9oEySb2DAeVenHbpK2x/jzbu3mpMu
Rfr1wmugALIe5ByvF9IHd66reWMMvJmjo28wbTAdBgNVHQ4EFgQUGbPH8DoXN7h8
5xUBtKyWgY5H69wwHwYDVR0jBBgwFoAUGbPH8DoXN7h85xUBtKyWgY5H69wwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgdVuyFV09ki1F1FwmSVrbNbCf0BmUGnCD08xv4kgs7bICIEJG
xauEHZndfYmyb+N4yTHXKdQSJlpi/tnMKrFywXm6
-----END CERTIFICATE-----`;

let server: Server;
let folder: string;
let base: string;
let handshakes = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'credits-tls-'));
  writeFileSync(join(folder, 'ca.pem'), CERTIFICATE);
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    // SSLRequest: eight bytes, answered by one.
    socket.once('data', () => {
      socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, key: KEY, cert: CERTIFICATE });
      secure.on('error', () => undefined);
      secure.once('data', () => {
        handshakes += 1;
        secure.destroy();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `postgres://me@localhost:${(server.address() as AddressInfo).port}/credits?host=127.0.0.1`;
});
beforeEach(() => {
  handshakes = 0;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

test.each(['require', 'prefer', 'verify-ca', 'verify-full'])(
  'A6: with sslmode=%s a certificate that is not trusted ends in one sentence, which says what to write instead',
  async (mode) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const error = await refusal(openDatabase({ url: `${base}&sslmode=${mode}` }), 'unavailable');
    expect(error.message).toContain('sslrootcert=/path/to/ca.pem&sslmode=verify-full');
    expect(error.message).toContain('uselibpqcompat=true&sslmode=require');
    expect(error.message).not.toContain('\n');
    expect(warn).not.toHaveBeenCalled();
    expect(handshakes).toBe(0);
    warn.mockRestore();
  },
);

test('A6: both ways that the sentence names get through', async () => {
  const ways = [`sslrootcert=${folder}/ca.pem&sslmode=verify-full`, 'uselibpqcompat=true&sslmode=require'];
  for (const way of ways) {
    const error = await refusal(openDatabase({ url: `${base}&${way}` }), 'unavailable');
    expect(error.message).not.toContain('certificate');
  }
  expect(handshakes).toBe(2);
});
