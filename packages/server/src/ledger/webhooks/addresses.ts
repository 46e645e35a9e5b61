import { lookup as lookUp, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** Addresses that are not of the public internet. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv4');
}

/** Of IPv6 only the range of the public internet is left, without what wraps an address of IPv4 or documents one. */
const PUBLIC = new BlockList();
PUBLIC.addSubnet('2000::', 3, 'ipv6');
const WRAPPED = new BlockList();
WRAPPED.addSubnet('2001::', 23, 'ipv6');
WRAPPED.addSubnet('2001:db8::', 32, 'ipv6');
WRAPPED.addSubnet('2002::', 16, 'ipv6');

/** Whether an address may be of the operator's own network, or of the machine itself. */
export function isPrivateAddress(address: string): boolean {
  if (isIP(address) === 4) return PRIVATE.check(address, 'ipv4');
  return isIP(address) !== 6 || !PUBLIC.check(address, 'ipv6') || WRAPPED.check(address, 'ipv6');
}

/** The address of a URL whose host is an address; null for a name. */
export function addressOf({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? null : bare;
}

/** What a socket calls to find the address of a name. */
type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** Looks a name up, and refuses private addresses. The socket connects to what was checked: a second look-up could differ. */
export function lookUpPublic(hostname: string, options: LookupOptions, found: Found): void {
  lookUp(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return found(error, []);
    const [first] = addresses;
    const hidden = addresses.find(({ address }) => isPrivateAddress(address));
    if (hidden !== undefined || first === undefined) return found(new PrivateAddress(hidden?.address ?? hostname), []);
    if (options.all === true) return found(null, addresses);
    return found(null, first.address, first.family);
  });
}

export class PrivateAddress extends Error {
  constructor(address: string) {
    super(`The address ${address} is private. Set isPrivateAllowed if it is yours.`);
  }
}
