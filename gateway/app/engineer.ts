// `npm run gateway -- plan | probe | scan | read`: for the engineer on site. Exit codes: 0 as wished, 1 something does not
// answer or does not fit, 2 wrong input.
import { parseArgs } from 'node:util';
import { ConfigurationError, formatProblem } from '@louwei/device-profiles';
import { type ModbusConnection, modbusConnection } from '../drivers/modbus/connection.ts';
import { DRIVERS } from '../drivers/registry.ts';
import { readConfig } from './config.ts';
import { planReport } from './plan-report.ts';
import { readDevice } from './read-device.ts';
import { parseUnits, probe, scan } from './scan-units.ts';

const USAGE = `usage: npm run gateway -- COMMAND
  plan  --config FILE [--json]           buses, requests, airtime, utilisation; nothing is sent
  probe PLACE --unit N                   what one unit answers
  scan  PLACE [--units 1-247]            which units answer, one after the other
  read  --config FILE DEVICE [POINT]     reads one device once
PLACE is HOST:PORT, with --transport rtu-over-tcp for a converter, or a serial port such as /dev/ttyUSB0
  --baud-rate 19200 --parity even|none|odd --stop-bits 1|2 --timeout-ms 1000`;

/** A person's mistake: exit code 2, no stack. */
class Refusal extends Error {}

const options = {
  config: { type: 'string' },
  json: { type: 'boolean' },
  unit: { type: 'string' },
  units: { type: 'string' },
  transport: { type: 'string' },
  'baud-rate': { type: 'string' },
  parity: { type: 'string' },
  'stop-bits': { type: 'string' },
  'timeout-ms': { type: 'string' },
} as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Only what the command knows, and its operands. */
function argumentsOf(known: readonly (keyof typeof options)[], operands: readonly [number, number]) {
  const { values, positionals } = parseArgs({ args: process.argv.slice(3), options, allowPositionals: true });
  const foreign = Object.keys(values).find((name) => !known.some((own) => own === name));
  if (foreign !== undefined) throw new Refusal(`--${foreign} does not belong to ${process.argv[2]}\n${USAGE}`);
  if (positionals.length < operands[0] || positionals.length > operands[1]) throw new Refusal(USAGE);
  return { values, positionals };
}

const configOf = ({ config }: Values) => {
  if (config === undefined) throw new Refusal(`--config FILE is missing\n${USAGE}`);
  return readConfig(config, DRIVERS);
};

function whole(name: keyof typeof options, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new Refusal(`--${name}: found ${text}, expected a whole number`);
  return Number(text);
}

const LINE_OPTIONS = ['transport', 'baud-rate', 'parity', 'stop-bits', 'timeout-ms'] as const;

/** The connection as a device's block in the YAML would have it. */
function connectionOf(place: string | undefined, values: Values, unit: number): ModbusConnection {
  const [, host, port] = /^([^/]+):(\d+)$/.exec(place ?? '') ?? [];
  const isNetwork = host !== undefined;
  const given = {
    transport: values.transport ?? (isNetwork ? 'tcp' : 'rtu'),
    ...(isNetwork ? { host, port: Number(port) } : { path: place }),
    baudRate: whole('baud-rate', values['baud-rate']),
    parity: values.parity,
    stopBits: whole('stop-bits', values['stop-bits']),
    unit,
  };
  const parsed = modbusConnection.safeParse(
    Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined)),
  );
  if (parsed.success) return parsed.data;
  throw new Refusal(
    parsed.error.issues.map(({ path, message }) => `${path.join('.') || place}: ${message}`).join('\n'),
  );
}

async function run(command: string | undefined): Promise<number> {
  switch (command) {
    case 'plan': {
      const { values } = argumentsOf(['config', 'json'], [0, 0]);
      const report = planReport(configOf(values));
      if (values.json === true) say(JSON.stringify({ buses: report.buses }));
      else for (const line of report.lines) say(line);
      return report.fits ? 0 : 1;
    }
    case 'probe': {
      const { values, positionals } = argumentsOf(['unit', ...LINE_OPTIONS], [1, 1]);
      const unit = whole('unit', values.unit);
      if (unit === undefined) throw new Refusal(`--unit N is missing\n${USAGE}`);
      return probe(connectionOf(positionals[0], values, unit), whole('timeout-ms', values['timeout-ms']) ?? 1000, say);
    }
    case 'scan': {
      const { values, positionals } = argumentsOf(['units', ...LINE_OPTIONS], [1, 1]);
      const units = parseUnits(values.units ?? '1-247');
      if (units === null) throw new Refusal(`--units: found ${values.units}, expected for example 1-247 or 1,3,10-20`);
      return scan(
        connectionOf(positionals[0], values, 1),
        units,
        whole('timeout-ms', values['timeout-ms']) ?? 300,
        say,
      );
    }
    default: {
      const { values, positionals } = argumentsOf(['config'], [1, 2]);
      const config = configOf(values);
      const [id, point] = positionals;
      const device = config.devices.find((one) => one.id === id);
      if (device === undefined) throw new Refusal(`there is no device ${id} in ${values.config}`);
      return readDevice(device, point, config.dataDir, say).catch((error: unknown) => {
        throw error instanceof RangeError ? new Refusal(error.message) : error;
      });
    }
  }
}

const isWrongArgument = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

try {
  process.exitCode = await run(process.argv[2]);
} catch (error) {
  process.exitCode = 2;
  if (error instanceof ConfigurationError)
    for (const problem of error.problems) process.stderr.write(`${formatProblem(problem)}\n`);
  else if (error instanceof Refusal) process.stderr.write(`${error.message}\n`);
  else if (isWrongArgument(error)) process.stderr.write(`${error.message}\n${USAGE}\n`);
  else throw error;
}
