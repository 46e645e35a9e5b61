import createNextIntlPlugin from 'next-intl/plugin';

/**
 * The security headers are not set here: the custom server sets them on every answer, with a nonce of its own for each
 * page (`server/http/security-headers.ts`).
 *
 * JavaScript, since for TypeScript the server would load the compiler that the build uses, and keep it: 40 MB.
 *
 * @type {import('next').NextConfig}
 */
const config = {
  distDir: process.env['NEXT_DIST_DIR'] ?? '.next',
  poweredByHeader: false,
  reactStrictMode: true,
  // They belong to the server process, which opens the one database; no bundle may carry a second copy.
  serverExternalPackages: ['@electric-sql/pglite', 'better-auth', 'pg', 'realtime-credits-server'],
  devIndicators: false,
  // `npm run check` reads the types, of the tests as well. A stranger's first start waits for none of that.
  typescript: { ignoreBuildErrors: true },
};

/** Texts are compiled by the build: browsers get no parser of them. */
const withTexts = createNextIntlPlugin({
  experimental: { messages: { path: './messages', locales: 'infer', format: 'json', precompile: true } },
});

export default withTexts(config);
