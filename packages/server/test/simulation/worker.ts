/** Runs the schedules that its parent names, until the parent goes away. */
import { watchEventLoop } from './event-loop.ts';
import { findProfile } from './profiles.ts';
import { simulate } from './simulate.ts';

/** Seeds of one profile. */
export interface Chunk {
  name: string;
  from: number;
  count: number;
}

export interface Answer extends Chunk {
  events: number;
  failures: { seed: number; wrong: string }[];
}

const loop = watchEventLoop();

async function runChunk({ name, from, count }: Chunk): Promise<void> {
  const answer: Answer = { name, from, count, events: 0, failures: [] };
  for (let seed = from; seed < from + count; seed++) {
    const { wrong, events } = await simulate(seed, findProfile(name), { loop });
    answer.events += events;
    if (wrong !== null) answer.failures.push({ seed, wrong });
  }
  process.send?.(answer);
}

process.on('disconnect', () => process.exit(0));
process.on('message', (chunk: Chunk) => void runChunk(chunk));
