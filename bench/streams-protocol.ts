/** What the processes of the stream benches say to each other, and the clock that they share. */

export interface StreamTarget {
  account: string;
  operation: string;
}

export type ServerOrder =
  | { do: 'prepare'; accounts: string[] }
  | ({ do: 'change' } & StreamTarget)
  | { do: 'measure' }
  | { do: 'time' };

export type ServerAnswer =
  | { is: 'listening'; port: number }
  | { is: 'prepared' }
  | { is: 'changed'; operation: string; askedMs: number; atMs: number }
  | { is: 'measured'; rss: number; heap: number; queries: number }
  /** Processor time of the process so far. */
  | { is: 'timed'; cpuMs: number };

export type ReaderOrder = { do: 'open'; port: number; accounts: string[] };

export type ReaderAnswer =
  | { is: 'open'; connectMs: number[] }
  | { is: 'frames'; operation: string; atMs: number[] }
  | { is: 'failed'; message: string };

/** Monotonic, and the same for all processes of a machine. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
