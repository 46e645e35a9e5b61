// Plausible mistakes at the door, where a rule of the wire lives there.

/** @type {import('./mutation.mjs').Mutation[]} */
export const HTTP_MUTATIONS = [
  {
    rule: '3 frames: merged frames keep to what both can vouch for',
    mistake: 'a frame that begins after a gap is merged with the one before it',
    file: 'http/merge-snapshots.ts',
    find: 'if (older.epoch !== newer.epoch || newer.from > older.version) return newer;',
    replace: 'if (older.epoch !== newer.epoch) return newer;',
  },
  {
    rule: '3 frames: merged frames name the operations of both',
    mistake: 'only those of the newer one are named',
    file: 'http/merge-snapshots.ts',
    find: '[...new Set([...older.applied, ...newer.applied])]',
    replace: '[...newer.applied]',
  },
  {
    rule: '3 frames: a reader that comes back gets what it missed of this life only',
    mistake: 'the version of another epoch is resumed from',
    file: 'http/handler.ts',
    find: 'since: last?.epoch === ledger.epoch ? last.version : undefined,',
    replace: 'since: last?.version,',
  },
  {
    rule: '3: a question by operation ids is answered in full',
    mistake: 'an unchanged version answers 304 to it as well',
    file: 'http/handler.ts',
    find: 'if (operations === undefined && isFresh(request, snapshot))',
    replace: 'if (isFresh(request, snapshot))',
  },
  {
    rule: 'L-8: a lost hint is healed by reading versions again',
    mistake: 'hints are all there is',
    file: 'http/stream-hub.ts',
    find: 'if (known !== undefined && known !== null && known !== version) mark(account);',
    replace: '',
  },
  {
    rule: 'streams: one that joins while its account is read misses nothing',
    mistake: 'its older first state is not caught up with',
    file: 'http/stream-hub.ts',
    find: 'if (known !== null && known !== version) marked.add(account);',
    replace: '',
  },
  {
    rule: 'streams: an older state than the newest is not sent',
    mistake: 'whatever is offered is sent',
    file: 'http/event-stream.ts',
    find: 'if (newest !== null && newest.epoch === snapshot.epoch && snapshot.version <= newest.version) return;',
    replace: '',
  },
  {
    rule: '5 slow readers: one that takes nothing is cut',
    mistake: 'it keeps its socket',
    file: 'http/event-stream.ts',
    find: 'stopStallTimer ??= clock.setTimer(cut, stallMs);',
    replace: '',
  },
  {
    rule: 'S9: a stream whose session has ended says so and ends',
    mistake: 'the session is asked about and the answer ignored',
    file: 'http/stream-hub.ts',
    find: "if ((await request.identify()) !== account) stream.end({ event: 'signed-out', data: {} });",
    replace: 'await request.identify();',
  },
  {
    rule: 'streams: a new one beyond the limit ends the oldest',
    mistake: 'there is no limit',
    file: 'http/stream-hub.ts',
    find: 'if (staying.length > options.streamsPerAccountMax) {',
    replace: 'if (staying.length > Infinity) {',
  },
  {
    rule: 'the door: a page of another site cannot settle operations',
    mistake: 'the origin of a mutation is not looked at',
    file: 'http/handler.ts',
    find: "if (request.method !== 'GET' && request.method !== 'HEAD') assertSameOrigin(request, trustedOrigins);",
    replace: '',
  },
];
