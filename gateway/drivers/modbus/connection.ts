// The `connection:` block of a Modbus device. Defaults of a serial line: 19,200 baud, 8 data bits, even parity, 1 stop bit;
// without parity 2 stop bits (Modbus over Serial Line V1.02, 2.5.1).
import { WORD_ORDERS } from '@louwei/device-profiles';
import { z } from 'zod';
import { type Line, NETWORK, TYPICAL_TURNAROUND_MS } from '../../polling/core/line-cost.ts';

/** 0 is the broadcast, which nobody answers; 248-255 are reserved (V1.02, 2.2). */
const unit = z.int().min(1).max(247);
/** Some products are delivered, or set by hand, with another order than their model states. */
const wordOrder = z.enum(WORD_ORDERS).optional();
const network = { host: z.string().min(1), port: z.int().min(1).max(65_535).default(502), unit, wordOrder };
const serial = {
  baudRate: z.int().min(300).max(1_000_000).default(19_200),
  parity: z.enum(['none', 'even', 'odd']).default('even'),
  stopBits: z.union([z.literal(1), z.literal(2)]).optional(),
};

export const modbusConnection = z.discriminatedUnion('transport', [
  z.strictObject({ transport: z.literal('tcp').optional(), ...network }),
  /** RTU frames through a converter; the line's settings are those of the converter, for its airtime. */
  z.strictObject({ transport: z.literal('rtu-over-tcp'), ...network, ...serial }),
  /** `path`: the serial port, e.g. /dev/ttyUSB0 */
  z.strictObject({ transport: z.literal('rtu'), path: z.string().min(1), ...serial, unit, wordOrder }),
]);
export type ModbusConnection = z.infer<typeof modbusConnection>;
export type SerialConnection = Extract<ModbusConnection, { transport: 'rtu' | 'rtu-over-tcp' }>;

export const stopBitsOf = ({ parity, stopBits }: SerialConnection): 1 | 2 => stopBits ?? (parity === 'none' ? 2 : 1);

/** Devices with the same place share one connection. */
export function placeOf(connection: ModbusConnection): string {
  return connection.transport === 'rtu' ? connection.path : `${connection.host}:${connection.port}`;
}

/** The bus in words, without the unit; devices of one place must agree on it. */
export function busOf(connection: ModbusConnection): string {
  const { transport = 'tcp' } = connection;
  if (connection.transport !== 'rtu') return `modbus ${transport} ${placeOf(connection)}`;
  const format = `8${connection.parity.charAt(0).toUpperCase()}${stopBitsOf(connection)}`;
  return `modbus rtu ${connection.path} ${connection.baudRate} ${format}`;
}

export type SerialLine = Extract<Line, { kind: 'serial' }>;

export function serialLineOf(connection: SerialConnection): SerialLine {
  const bitsPerCharacter = 1 + 8 + (connection.parity === 'none' ? 0 : 1) + stopBitsOf(connection);
  return { kind: 'serial', baudRate: connection.baudRate, bitsPerCharacter, turnaroundMs: TYPICAL_TURNAROUND_MS };
}

const isSerial = (connection: ModbusConnection): connection is SerialConnection =>
  connection.transport === 'rtu' || connection.transport === 'rtu-over-tcp';

export const lineOf = (connection: ModbusConnection): Line =>
  isSerial(connection) ? serialLineOf(connection) : NETWORK;
