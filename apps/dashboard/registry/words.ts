/** The two words that these parts say by themselves. Change them here, where your dashboard is in another language. */
export const WORDS = { close: 'Close', working: 'Working' };
