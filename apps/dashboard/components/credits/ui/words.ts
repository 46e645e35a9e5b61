import { translate } from '../messages';

/** The two words that these parts say by themselves. Hosts have another file here, see `registry/words.ts`. */
export const WORDS = {
  get close(): string {
    return translate('close');
  },
  get working(): string {
    return translate('working');
  },
};
