/** What a parsed command of any kind has. Each command's module adds its own fields. */
export interface IntentBase {
  readonly actor: string;
  readonly key: string;
  /** See `digestKey`. */
  readonly keyDigest: string;
  /** See `createFingerprint`. */
  readonly fingerprint: string;
  readonly reason: string;
  /** JSON; null when empty. */
  readonly metadata: string | null;
  readonly claimKey: string | null;
}
