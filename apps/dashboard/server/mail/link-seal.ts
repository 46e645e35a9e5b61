import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';

/** Hides the links of messages in the database: reading it, or a copy of it, opens no account. */
export interface LinkSeal {
  seal(link: string | null): Promise<string | null>;
  /** Null where there is none. @throws where it was sealed with another secret */
  open(sealed: string | null): Promise<string | null>;
}

/** @param secret - That of sessions. */
export function createLinkSeal(secret: string): LinkSeal {
  const key = `links:${secret}`;
  return Object.freeze({
    seal: async (link: string | null) => (link === null ? null : symmetricEncrypt({ key, data: link })),
    // Those of an earlier version begin as links do.
    open: async (sealed: string | null) =>
      sealed === null || sealed.startsWith('http') ? sealed : symmetricDecrypt({ key, data: sealed }),
  });
}
