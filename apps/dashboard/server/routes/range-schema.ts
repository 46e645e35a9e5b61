import { z } from 'zod';
import { isDay, isTimeZone } from '../../lib/range-query.ts';

const amount = z.string().regex(/^\d{1,15}$/, 'must be a whole number');
const day = z.string().refine(isDay, 'must be a day such as 2026-11-22');

/** A text that somebody looks for. */
export const searchText = z
  .string()
  .trim()
  .regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u, 'must be 1 to 100 characters on one line');

/** Conditions of lists: amounts and days, both included, and the time zone of the days. */
export const rangeShape = {
  min: amount.exactOptional(),
  max: amount.exactOptional(),
  from: day.exactOptional(),
  to: day.exactOptional(),
  tz: z.string().max(64).refine(isTimeZone, 'must be a time zone').exactOptional(),
};
