// `npm run profiles -- identify HOST:PORT --unit N`: reads a live device and says which model it may be.
import { parseArgs } from 'node:util';
import { report } from '../identify/core/report.ts';
import type { Block } from '../identify/core/survey.ts';
import { toJson } from '../identify/core/to-json.ts';
import { identify, UnreachableError } from '../identify/identify.ts';
import { loadLibrary } from '../loader.ts';

const USAGE = `usage: npm run profiles -- identify HOST[:PORT] [--unit N] [--timeout MS] [--pause MS]
         [--read AREA:ADDRESS:COUNT ...] [--json]
  AREA is coil, discrete, holding or input; ADDRESS counts from 0, 0x is hexadecimal`;

class UsageError extends Error {}

/** @returns the exit code: 0 a model fits, 1 none fits or nothing answers, 2 a wrong argument. */
export async function identifyCommand(args: readonly string[]): Promise<0 | 1 | 2> {
  try {
    const { target, wanted, pauseMs, json } = readArguments(args);
    const { survey, candidates } = await identify(target, loadLibrary(), wanted, pauseMs);
    const where = `${target.host}:${target.port}, unit ${target.unit}`;
    console.log(json ? JSON.stringify(toJson(candidates, survey)) : report(where, candidates, survey));
    return candidates[0]?.fits === true ? 0 : 1;
  } catch (error) {
    if (error instanceof UsageError) console.error(`${error.message}\n${USAGE}`);
    else if (error instanceof UnreachableError) console.error(error.message);
    else throw error;
    return error instanceof UsageError ? 2 : 1;
  }
}

function readArguments(args: readonly string[]) {
  const { values, positionals } = parsed(args);
  const [address, ...more] = positionals;
  if (address === undefined || more.length > 0)
    throw new UsageError(`found ${positionals.length} addresses, expected one`);
  const [, host, port = '502'] = /^\[?([^[\]]+?)\]?(?::(\d+))?$/.exec(address) ?? [];
  if (host === undefined || /\s/.test(host)) throw new UsageError(`found "${address}", expected HOST or HOST:PORT`);
  return {
    target: {
      host,
      port: whole('the port', port, 1, 65_535),
      unit: whole('--unit', values.unit, 0, 255),
      timeoutMs: whole('--timeout', values.timeout, 50, 60_000),
    },
    pauseMs: whole('--pause', values.pause, 0, 10_000),
    wanted: values.read.map(blockOf),
    json: values.json,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        unit: { type: 'string', default: '1' },
        timeout: { type: 'string', default: '1000' },
        pause: { type: 'string', default: '0' },
        read: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string, low: number, high: number): number {
  const number = /^(\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : Number.NaN;
  if (!(number >= low && number <= high))
    throw new UsageError(`${name}: found "${text}", expected a whole number from ${low} to ${high}`);
  return number;
}

function blockOf(text: string): Block {
  const [area = '', address = '', count = '', ...more] = text.split(':');
  if ((area !== 'coil' && area !== 'discrete' && area !== 'holding' && area !== 'input') || more.length > 0)
    throw new UsageError(`--read: found "${text}", expected AREA:ADDRESS:COUNT, e.g. holding:0x1000:20`);
  const start = whole('--read', address, 0, 65_535);
  return { area, address: start, count: whole('--read', count, 1, Math.min(125, 65_536 - start)) };
}
