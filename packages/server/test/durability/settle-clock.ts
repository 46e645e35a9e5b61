import { SYSTEM_CLOCK, type Clock } from '../../src/clock.ts';

/** A clock on which a day passes in less than a second: many periods fall between two kills. */
export interface FastTime {
  /** When it began, in milliseconds since 1970, on the clock of the machine. The fast clock shows the same then. */
  beganAtMs: number;
  /** Its milliseconds in one of the machine. */
  speed: number;
  /** How far this process is ahead of the others, in its milliseconds. */
  aheadMs: number;
}

export function createFastClock({ beganAtMs, speed, aheadMs }: FastTime): Pick<Clock, 'wallMs' | 'setTimer'> {
  return {
    wallMs: () => beganAtMs + Math.floor((Date.now() - beganAtMs) * speed) + aheadMs,
    setTimer: SYSTEM_CLOCK.setTimer,
  };
}
