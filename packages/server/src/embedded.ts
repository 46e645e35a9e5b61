/** The embedded database. A separate entry: installing the package does not install PGlite. */
export { openEmbedded, type EmbeddedOptions } from './ledger/embedded/open-embedded.ts';
