import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeListener } from '../../src/http/to-node-listener.ts';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { createHost } from './host.ts';

// One instance of a host, in a process that a test can kill. Argument: the database's URL. Prints its port.

const [url = ''] = process.argv.slice(2);
const ledger = await createLedger({ database: await openDatabase({ url }) });
const server = createServer(toNodeListener(createHost(ledger)));
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
