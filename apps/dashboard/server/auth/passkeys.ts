import { passkey } from '@better-auth/passkey';
import { APIError } from 'better-auth/api';
import { z } from 'zod';
import { plainText } from '../http/text.ts';
import { BRANDING } from '../../branding.ts';

/**
 * Passkeys. Each has to verify the person by PIN, fingerprint or face when it is made and whenever it signs in. So it is
 * two factors in one, and no code is asked for besides.
 */

/** Of one account. */
export const PASSKEYS_MAX = 20;

export interface PasskeyOptions {
  /** The host that passkeys are made for: they work on no other. */
  rpId: string;
  /** The origin whose pages use them; null: that of the request, which was found to be our own. */
  origin: string | null;
}

/** better-auth's plugin, with what it leaves open: verification of the person, and keys of somebody else. */
export function passkeys({ rpId, origin }: PasskeyOptions) {
  return passkey({
    rpID: rpId,
    rpName: BRANDING.name,
    origin,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    registration: {
      afterVerification: async ({ ctx, verification, user }) => {
        const { registrationInfo } = verification;
        if (registrationInfo?.userVerified !== true) refuse();
        const { adapter } = ctx.context;
        const where = [{ field: 'credentialID', value: registrationInfo.credential.id }];
        if ((await adapter.findOne({ model: 'passkey', where })) !== null) refuse();
        const count = await adapter.count({ model: 'passkey', where: [{ field: 'userId', value: user.id }] });
        if (count >= PASSKEYS_MAX) refuse();
      },
    },
    authentication: {
      afterVerification: ({ verification }) => {
        if (!verification.authenticationInfo.userVerified) refuse();
      },
    },
  });
}

function refuse(): never {
  throw new APIError('BAD_REQUEST', { code: 'refused', message: 'This passkey cannot be used here.' });
}

/** What a person calls a passkey. */
export const passkeyNameSchema = plainText({ min: 1, max: 60 });

const bytes = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\w-]+$/, 'must be base64url');
/** What browsers say besides is left out. */
const credential = {
  id: bytes(2_000),
  rawId: bytes(2_000),
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.object({}),
};

export const registrationSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes(4_000),
    attestationObject: bytes(20_000),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,20}$/, 'must be a transport'))
      .max(10)
      .optional(),
  }),
});

export const assertionSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes(4_000),
    authenticatorData: bytes(4_000),
    signature: bytes(4_000),
    userHandle: bytes(200).optional(),
  }),
});
