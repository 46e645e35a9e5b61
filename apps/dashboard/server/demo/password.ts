import { generatePassword } from '../auth/generate-password.ts';
import type { Config } from '../config.ts';
import { keepInFile } from '../keep-in-file.ts';

/**
 * The password of all demo users: the operator's, or one that was generated at the first start. It is stored beside the
 * data, and each start prints it. The database holds its hash only.
 */
export async function readOrCreateDemoPassword({
  demoPassword,
  dataDirectory,
}: Pick<Config, 'demoPassword' | 'dataDirectory'>): Promise<string> {
  if (demoPassword !== null) return demoPassword;
  const kept = await keepInFile(dataDirectory, 'demo-password', generatePassword());
  if (kept.length < 16) throw new Error(`${dataDirectory}/demo-password is damaged: delete it, and another is made.`);
  return kept;
}
