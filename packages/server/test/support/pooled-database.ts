import { createPostgresDatabase } from './database.ts';
import { startPgBouncer } from './pgbouncer.ts';

/** A new database with PgBouncer in front of it. Only in `*.pg.test.ts`. */
export async function createPooledDatabase(): Promise<{ direct: string; pooled: string; drop(): Promise<void> }> {
  const created = await createPostgresDatabase();
  const bouncer = await startPgBouncer(created.url);
  return {
    direct: created.url,
    pooled: bouncer.url,
    async drop() {
      await bouncer.stop();
      await created.drop();
    },
  };
}
