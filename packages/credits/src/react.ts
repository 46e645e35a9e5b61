'use client';
/** Hooks over the sync client. No provider. */
export {};
