/** Stands for our own origin, whatever it is called: a target that is not relative to it has another. */
const OWN = 'http://own.invalid';

/**
 * A target to go to after signing in, as a path of ours. Browsers drop tabs and line breaks and read `\\` as `/`, so what
 * counts is where the text leads once it is parsed as an address; everything that leads elsewhere becomes `/`.
 */
export function toLocalPath(value: unknown): string {
  if (typeof value !== 'string' || !value.startsWith('/') || !URL.canParse(value, OWN)) return '/';
  const { origin, pathname, search, hash } = new URL(value, OWN);
  // A path that begins with two slashes would be read as a host the next time.
  return origin === OWN && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : '/';
}
