import { CreditsError, isCreditsError } from 'realtime-credits/contract';
import type { AdjustCommand, CommandBase, HoldCommand, Receipt, TransferCommand } from '../ledger/commands.ts';
import type { JoinedLedger, LedgerCommands } from '../ledger/ledger.ts';
import type { SqlClient, SqlPool } from '../ledger/postgres/database.ts';
import { COMMANDS } from '../ledger/rules/command-table.ts';
import { parseHoldId } from '../ledger/rules/hold-id.ts';
import { assertObject, invalidField, parseUserAccount } from '../ledger/rules/parse.ts';
import { SYSTEM_SPENT } from '../ledger/rules/system-accounts.ts';
import { parseTransferId } from '../ledger/rules/transfer-id.ts';
import { segmentsOf, type Directory, type Placement } from './directory.ts';
import { run } from './list.ts';
import { CLEARING, type Member } from './member.ts';
import { isFenced, type Commands, type Transfers } from './transfers.ts';
import { parsePublicId, toPublicError, toPublicReceipt } from './views.ts';

/**
 * Sends each command to the ledger of its account, hold or transfer. A command of an account that moved is first looked for
 * on the ledgers that it was on: keys stay where they were used.
 */

type Name = keyof LedgerCommands;

/** Times that an account is looked up again because it has moved. */
const ATTEMPTS_MAX = 20;

/** How a command is carried out on one ledger, or between two. */
interface Form {
  from: number;
  /** Of a transfer, the ledger that receives. */
  to: number;
  /** With versions of that ledger. */
  command: CommandBase;
}

export interface Routing {
  members: readonly Member[];
  directory: Directory;
  transfers: Transfers;
  pool: SqlPool;
}

/** The commands of all ledgers, in a transaction of the host or each in its own. */
export function createRoutedCommands(routing: Routing, commands: Commands): LedgerCommands {
  const execute = (name: Name, command: CommandBase): Promise<Receipt> => {
    assertObject(command);
    if (name === 'post' || name === 'void' || name === 'extend') return executeOnHold(routing, commands, name, command);
    if (name === 'reverse') return executeReverse(routing, commands, command);
    return executeOnAccount(routing, commands, name, command);
  };
  const entries = Object.keys(COMMANDS).map((name) => [
    name,
    async (command: CommandBase) => execute(name as Name, command),
  ]);
  return Object.fromEntries(entries) as LedgerCommands;
}

/** Commands inside a transaction of the host, one after the other. */
export function joinAll(routing: Routing, client: SqlClient): JoinedLedger {
  const joined = routing.members.map(({ ledger }) => ledger.within(client as never));
  const commands: Commands = { at: (position) => joined[position] ?? ledgerOf(routing.members, position), client };
  const routed = createRoutedCommands(routing, commands);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<unknown>): Promise<unknown> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const entries = Object.entries(routed).map(([name, execute]) => [
    name,
    (command: never) => inTurn(() => (execute as (command: never) => Promise<unknown>)(command)),
  ]);
  return Object.freeze(Object.fromEntries(entries)) as JoinedLedger;
}

function send(ledger: LedgerCommands, name: Name, command: CommandBase): Promise<Receipt> {
  return (ledger[name] as (command: CommandBase) => Promise<Receipt>)(command);
}

async function executeOnAccount(
  routing: Routing,
  commands: Commands,
  name: Name,
  command: CommandBase,
): Promise<Receipt> {
  const { directory, transfers } = routing;
  const { account, source, destination } = command as Partial<HoldCommand & TransferCommand>;
  const own = parseOwn(name === 'transfer' ? source : account, name === 'transfer' ? 'source' : 'account');
  const hasOther =
    name === 'transfer' || (name === 'hold' && destination !== undefined && destination !== SYSTEM_SPENT);
  const other = hasOther ? parseOwn(destination, 'destination') : null;

  const carryOut = async ({ from, to, command: local }: Form): Promise<Receipt> => {
    if (name === 'transfer' && from !== to) {
      return transfers.transfer(local as TransferCommand, { from, to }, commands);
    }
    if (from !== to) {
      throw invalidField('destination', `destination is on another ledger than ${own}, and a hold cannot post there.`);
    }
    return send(commands.at(from), name, local);
  };

  for (let attempt = 1; ; attempt += 1) {
    const placed = await directory.place(own, commands.client);
    const otherPlaced = other === null ? null : await directory.place(other, commands.client);
    const forms = listForms(command, placed, otherPlaced);
    const form = (await findUsed(routing, commands, name, forms)) ?? forms[0];
    if (form === undefined) throw new Error('A command has a form.');
    try {
      const receipt = await carryOut(form);
      return name === 'transfer' && form.from !== form.to
        ? { ...receipt, version: toPublicReceipt(receipt, form.from, placed).version }
        : toPublicReceipt(receipt, form.from, placed);
    } catch (error) {
      // Has one of them moved since it was looked up?
      const isMoved = async (id: string, before: Placement): Promise<boolean> =>
        (await directory.reread(id, commands.client)).position !== before.position;
      const hasOwnMoved = await isMoved(own, placed);
      const hasOtherMoved = other !== null && otherPlaced !== null && (await isMoved(other, otherPlaced));
      // It may also have moved and come back.
      if ((hasOwnMoved || hasOtherMoved || isFenced(error)) && attempt < ATTEMPTS_MAX) continue;
      if (isFenced(error)) throw new CreditsError('unavailable', `Account ${own} has just moved.`, { cause: error });
      throw toPublicError(error, form.from, placed);
    }
  }
}

/** The ways in which a command may have been carried out before its accounts moved, the present one first. */
function listForms(command: CommandBase, placed: Placement, other: Placement | null): Form[] {
  const segments = segmentsOf(placed);
  const others = other === null ? [null] : segmentsOf(other);
  const forms = segments.flatMap(({ position, base }) =>
    others.map((segment) => {
      const { expectedVersion } = command as Partial<AdjustCommand>;
      const local =
        expectedVersion === undefined || base === 0 ? command : { ...command, expectedVersion: expectedVersion - base };
      return { from: position, to: segment?.position ?? position, command: local };
    }),
  );
  // Back where it was: one form, for everything but versions.
  const nameOf = ({ from, to, command: local }: Form): string =>
    [from, to, (local as Partial<AdjustCommand>).expectedVersion].join();
  return forms.filter((form, index) => forms.findIndex((each) => nameOf(each) === nameOf(form)) === index);
}

/** The form in which the key of a command was used. Null: it was not, or no account has moved. */
async function findUsed(
  routing: Routing,
  commands: Commands,
  name: Name,
  forms: readonly Form[],
): Promise<Form | null> {
  if (forms.length === 1) return null;
  let refusal: unknown = null;
  for (const form of forms) {
    const isCrossing = name === 'transfer' && form.from !== form.to;
    const outcome = await tryOut(routing, commands.client, async (joined) =>
      isCrossing
        ? joined(form.from).hold(routing.transfers.toHold(form.command as TransferCommand, form.to))
        : send(joined(form.from), name, form.command),
    );
    if ('receipt' in outcome && outcome.receipt.replayed) return form;
    if ('error' in outcome && isUsed(outcome.error)) refusal = outcome.error;
  }
  if (refusal !== null) throw refusal;
  return null;
}

/** Carries a command out and undoes it: its receipt says whether it was carried out before. */
async function tryOut(
  { members }: Routing,
  client: SqlClient | null,
  work: (at: (position: number) => LedgerCommands) => Promise<Receipt>,
): Promise<{ receipt: Receipt } | { error: unknown }> {
  const outcomeOn = async (joined: SqlClient) => {
    const at = (position: number): LedgerCommands => ledgerOf(members, position).within(joined as never);
    await run(joined, 'SAVEPOINT ledgers_try');
    const outcome = await work(at).then(
      (receipt) => ({ receipt }),
      (error: unknown) => ({ error }),
    );
    await run(joined, 'ROLLBACK TO SAVEPOINT ledgers_try');
    await run(joined, 'RELEASE SAVEPOINT ledgers_try');
    return outcome;
  };
  if (client !== null) return outcomeOn(client);
  return ledgerOf(members, 0).transaction(({ client: own }) => outcomeOn(own as unknown as SqlClient));
}

async function executeOnHold(
  { members, directory, pool }: Routing,
  commands: Commands,
  name: Name,
  command: CommandBase,
): Promise<Receipt> {
  const id = parseHoldId((command as { hold?: unknown }).hold);
  for (const { position, schema } of members) {
    const s = `"${schema}"`;
    const text = `SELECT d.id FROM ${s}.holds h LEFT JOIN ${s}.accounts d ON d.number = h.destination WHERE h.id = $1`;
    const [row] = await run(commands.client ?? pool, text, [id]);
    if (row === undefined) continue;
    if (row['id'] === CLEARING) {
      throw new CreditsError('hold_not_found', `Hold ${id} is part of a transfer between two ledgers, which ends it.`);
    }
    try {
      const receipt = await send(commands.at(position), name, command);
      return toPublicReceipt(receipt, position, await directory.place(receipt.account, commands.client));
    } catch (error) {
      throw toPublicError(error, position, { base: 0 });
    }
  }
  throw new CreditsError('hold_not_found', `There is no hold ${id}.`);
}

async function executeReverse(
  { members, directory, pool }: Routing,
  commands: Commands,
  command: CommandBase,
): Promise<Receipt> {
  const { id, position } = parsePublicId((command as { transfer?: unknown }).transfer);
  const { debit, version } = parseTransferId(id);
  const { schema } = memberOf(members, position);
  const [row] = await run(
    commands.client ?? pool,
    `SELECT 1 AS found FROM "${schema}".journal j JOIN "${schema}".accounts a ON a.number IN (j.debit, j.credit)
      WHERE j.debit = $1 AND j.debit_version = $2 AND j.hash IS NOT NULL AND a.id = '${CLEARING}'`,
    [String(debit), String(version)],
  );
  if (row !== undefined) {
    const message =
      'A transfer between two ledgers cannot be reversed: transfer the credits back, or adjust both accounts.';
    throw invalidField('transfer', message);
  }
  try {
    const receipt = await commands.at(position).reverse({ ...command, transfer: id });
    return toPublicReceipt(receipt, position, await directory.place(receipt.account, commands.client));
  } catch (error) {
    if (isFenced(error))
      throw invalidField('transfer', 'An account of the transfer has moved to another ledger since.');
    throw toPublicError(error, position, { base: 0 });
  }
}

/** @throws {CreditsError} `invalid_request` — no id of an account, or the clearing account */
export function parseOwn(value: unknown, name = 'account'): string {
  const account = parseUserAccount(value, name);
  if (account !== CLEARING) return account;
  throw invalidField(name, `${name} must not be ${CLEARING}: that account is for transfers between ledgers.`);
}

export function memberOf(members: readonly Member[], position: number): Member {
  const member = members[position];
  if (member !== undefined) return member;
  throw new CreditsError('transfer_not_found', `There is no ledger ${position} in the list.`);
}

function ledgerOf(members: readonly Member[], position: number) {
  return memberOf(members, position).ledger;
}

function isUsed(error: unknown): boolean {
  return (
    isCreditsError(error) && ['idempotency_key_reused', 'operation_abandoned', 'already_claimed'].includes(error.code)
  );
}
