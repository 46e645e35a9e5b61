import type { Ledger } from '../../src/ledger/ledger.ts';
import type { NodeClient } from './node-client.ts';
import { WAIT_MS_MAX } from './wait.ts';

/** Every client must show the ledger's number by itself, and be live. Returns what is wrong; empty when all is well. */
export async function compareShown(
  ledger: Pick<Ledger, 'balance'>,
  accounts: readonly string[],
  clients: readonly NodeClient[],
): Promise<string[]> {
  let problems: string[] = [];
  const look = async (): Promise<boolean> => {
    const balances = await Promise.all(accounts.map((account) => ledger.balance(account)));
    problems = balances.flatMap(({ balance }, index) => {
      const shown = clients[index]?.shown();
      return shown === balance.available ? [] : [`${accounts[index]} shows ${shown} and has ${balance.available}`];
    });
    return problems.length === 0 && clients.every(({ isAtRest }) => isAtRest());
  };
  const endMs = performance.now() + WAIT_MS_MAX;
  while (!(await look())) {
    if (performance.now() > endMs) return [...problems, 'the streams did not come to the right numbers'];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [];
}
