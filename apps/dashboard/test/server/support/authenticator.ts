import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** What an authenticator does wrong, or another way than usual. */
export interface Ceremony {
  origin: string;
  rpId: string;
  /** Whether it checked who the person is. @default true */
  verifiesUser?: boolean;
}

/** A passkey in memory, as a browser would hand it to a page. */
export interface TestPasskey {
  id: string;
  /** Answers the options of signing in. */
  assert(challenge: string, ceremony: Ceremony): object;
  /** Answers the options of making one, with this key: of an authenticator that anybody may write. */
  attest(challenge: string, ceremony: Ceremony): object;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HAS_KEY = 0x40;

/** @param id - Base64url. @default random */
export function createPasskey(id = randomBytes(16).toString('base64url')): TestPasskey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let counter = 0;

  function authenticatorData({ rpId, verifiesUser = true }: Ceremony, key: Buffer | null): Buffer {
    counter += 1;
    const flags = USER_PRESENT | (verifiesUser ? USER_VERIFIED : 0) | (key === null ? 0 : HAS_KEY);
    const head = Buffer.alloc(5);
    head.writeUInt8(flags, 0);
    head.writeUInt32BE(counter, 1);
    const rawId = Buffer.from(id, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(rawId.length);
    const attested = key === null ? [] : [Buffer.alloc(16), length, rawId, key];
    return Buffer.concat([createHash('sha256').update(rpId).digest(), head, ...attested]);
  }

  const clientData = (type: 'webauthn.create' | 'webauthn.get', challenge: string, origin: string): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const credential = { id, rawId: id, type: 'public-key', clientExtensionResults: {} };

  return {
    id,
    attest(challenge, ceremony) {
      const data = authenticatorData(ceremony, toCose(publicKey));
      const attestation = Buffer.concat([
        Buffer.from([0xa3]),
        text('fmt'),
        text('none'),
        text('attStmt'),
        Buffer.from([0xa0]),
        text('authData'),
        bytes(data),
      ]);
      return {
        ...credential,
        response: {
          clientDataJSON: clientData('webauthn.create', challenge, ceremony.origin).toString('base64url'),
          attestationObject: attestation.toString('base64url'),
          transports: ['internal'],
        },
      };
    },
    assert(challenge, ceremony) {
      const client = clientData('webauthn.get', challenge, ceremony.origin);
      const data = authenticatorData(ceremony, null);
      const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
      return {
        ...credential,
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: sign('sha256', signed, privateKey).toString('base64url'),
        },
      };
    },
  };
}

/** The CBOR of a COSE key: ES256 on P-256. */
function toCose(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    bytes(Buffer.from(x, 'base64url')),
    Buffer.from([0x22]),
    bytes(Buffer.from(y, 'base64url')),
  ]);
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
}

function bytes(value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x58, value.length]), value]);
}
