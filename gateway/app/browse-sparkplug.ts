// `npm run gateway -- browse mqtt://HOST:PORT [GROUP/NODE]`: who speaks Sparkplug on a broker, and the metrics of one edge
// node, for the engineer. Exit codes: 0 shown, 1 not reached, 2 wrong arguments.
import { parseArgs } from 'node:util';
import { type Address, metricsOf, speakers } from '../drivers/sparkplug/browse.ts';
import { sparkplugConnection } from '../drivers/sparkplug/connection.ts';

const USAGE =
  'usage: npm run gateway -- browse mqtt://HOST:PORT [GROUP/NODE] [--username NAME] [--ca-file FILE]\n' +
  'Without a node: who speaks within 10 s. The password is taken from LOUWEI_FIELD_MQTT_PASSWORD.';
const LISTEN_MS = 10_000;

interface Asked extends Address {
  readonly node: { readonly group: string; readonly node: string } | undefined;
}

function readArguments(): Asked {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(3),
    allowPositionals: true,
    options: { username: { type: 'string' }, 'ca-file': { type: 'string' } },
  });
  const [url, name, ...rest] = positionals;
  if (rest.length > 0) throw new Error(`found ${rest.join(' ')} after the edge node, expected nothing`);
  const [group = '', edgeNode = '', ...more] = name?.split('/') ?? ['any', 'any'];
  const parsed = sparkplugConnection.safeParse({
    url,
    group,
    edgeNode,
    username: values.username,
    password: process.env['LOUWEI_FIELD_MQTT_PASSWORD'],
    caFile: values['ca-file'],
  });
  if (!parsed.success || more.length > 0)
    throw new Error(`found ${positionals.join(' ')}, expected mqtt://HOST:PORT and GROUP/NODE`);
  const { username, password, caFile } = parsed.data;
  const address = { url: parsed.data.url, username, password, caFile };
  return { ...address, node: name === undefined ? undefined : { group, node: edgeNode } };
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function run(): Promise<number> {
  let asked: Asked;
  try {
    asked = readArguments();
  } catch (error) {
    process.stderr.write(`${wordsOf(error)}\n${USAGE}\n`);
    return 2;
  }
  const { node, ...address } = asked;
  try {
    if (node === undefined) for (const name of await speakers(address, LISTEN_MS)) process.stdout.write(`${name}\n`);
    else
      for (const { device, metric, type, value } of await metricsOf(address, node, LISTEN_MS))
        process.stdout.write(`${device}\t${metric}\t${type}\t${value}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${wordsOf(error)}\n`);
    return 1;
  }
}

process.exitCode = await run();
