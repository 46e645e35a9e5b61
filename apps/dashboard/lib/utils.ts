import { clsx, type ClassValue } from 'clsx';
import { mergeClasses } from './class-groups.ts';

/** Joins class names; of two Tailwind classes that say the same thing, the last one stays. */
export function cn(...inputs: ClassValue[]): string {
  return mergeClasses(clsx(inputs));
}
