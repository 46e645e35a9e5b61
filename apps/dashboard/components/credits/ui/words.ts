import { say } from '../messages';

/** The two words that these parts say by themselves. Hosts have another file here, see `registry/words.ts`. */
export const WORDS = {
  get close(): string {
    return say('close');
  },
  get working(): string {
    return say('working');
  },
};
