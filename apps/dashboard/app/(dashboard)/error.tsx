'use client';
/** The same page, inside the shell: what failed is one page, and the way to the others stays. */
export { default } from '../error';
