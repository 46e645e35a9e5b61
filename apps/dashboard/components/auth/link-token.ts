/** What a link brought behind its `#`: browsers send it to no server. */
export function readLinkToken(): string {
  return window.location.hash.slice(1);
}
