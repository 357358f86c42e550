// `npm run gateway -- browse ENDPOINT [NODE]`: what an OPC UA server offers, for the engineer. Exit codes: 0 shown, 1 not
// reached, 2 wrong arguments.
import { parseArgs } from 'node:util';
import { browse } from '../drivers/opcua/browse.ts';
import { opcuaConnection } from '../drivers/opcua/connection.ts';

const USAGE =
  'usage: npm run gateway -- browse opc.tcp://HOST:PORT [NODE] [--data-dir DIR] [--username NAME] [--insecure]\n' +
  'NODE: ns=2;s=Pumps, default ObjectsFolder. The password is taken from LOUWEI_OPCUA_PASSWORD.';

function readArguments() {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(3),
    allowPositionals: true,
    options: {
      'data-dir': { type: 'string', default: './data/gateway' },
      username: { type: 'string' },
      insecure: { type: 'boolean', default: false },
    },
  });
  const [endpoint, node = 'ObjectsFolder', ...rest] = positionals;
  if (rest.length > 0) throw new Error(`found ${rest.join(' ')} after the node, expected nothing`);
  const connection = opcuaConnection.safeParse({
    endpoint,
    securityMode: values.insecure ? 'None' : 'SignAndEncrypt',
    username: values.username,
    password: process.env['LOUWEI_OPCUA_PASSWORD'],
  });
  if (!connection.success) throw new Error(`found ${endpoint ?? 'no endpoint'}, expected opc.tcp://HOST:PORT`);
  return { connection: connection.data, node, dataDir: values['data-dir'] };
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function run(): Promise<number> {
  let asked: ReturnType<typeof readArguments>;
  try {
    asked = readArguments();
  } catch (error) {
    process.stderr.write(`${wordsOf(error)}\n${USAGE}\n`);
    return 2;
  }
  try {
    const nodes = await browse(asked.connection, asked.node, asked.dataDir);
    for (const { node, name, nodeClass, value } of nodes)
      process.stdout.write(`${nodeClass}\t${node}\t${name}${value === null ? '' : `\t${value}`}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${wordsOf(error)}\n`);
    return 1;
  }
}

process.exitCode = await run();
