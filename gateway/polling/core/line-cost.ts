// What a request costs on its line, in milliseconds. Decides how many unwanted registers may be read along to save a
// request, and how much of the line a schedule needs.
import { bytesOf, type Span } from './span.ts';

/** How the bytes travel. */
export type Line =
  | { readonly kind: 'network'; readonly roundTripMs: number }
  | {
      readonly kind: 'serial';
      readonly baudRate: number;
      /** Start, data, parity and stop bits: 11 for 8E1 and 8N2, 10 for 8N1. */
      readonly bitsPerCharacter: number;
      /** What a device needs before it begins to answer. */
      readonly turnaroundMs: number;
    };

export interface ReadCost {
  readonly requestMs: number;
  readonly byteMs: number;
}

/** Devices answer ten registers within 10 to 30 ms. */
export const TYPICAL_TURNAROUND_MS = 20;
export const NETWORK: Line = { kind: 'network', roundTripMs: TYPICAL_TURNAROUND_MS };

/** Unit, function, address, count, CRC of the request; unit, function, byte count, CRC of the answer. */
const FRAME_CHARACTERS = 8 + 5;
/** A serial line of the default speed may hide behind any port of the network: 11 bits at 19,200 baud. */
const HIDDEN_CHARACTER_MS = 11_000 / 19_200;

export const characterMs = (line: { readonly baudRate: number; readonly bitsPerCharacter: number }): number =>
  (1000 * line.bitsPerCharacter) / line.baudRate;

/** Silence between frames: 3.5 characters, fixed above 19,200 baud (Modbus over Serial Line V1.02, 2.5.1.1). */
export const silenceMs = (line: { readonly baudRate: number; readonly bitsPerCharacter: number }): number =>
  line.baudRate > 19_200 ? 1.75 : 3.5 * characterMs(line);

export function readCost(line: Line): ReadCost {
  if (line.kind === 'network') return { requestMs: line.roundTripMs, byteMs: HIDDEN_CHARACTER_MS };
  const requestMs = FRAME_CHARACTERS * characterMs(line) + 2 * silenceMs(line) + line.turnaroundMs;
  return { requestMs, byteMs: characterMs(line) };
}

/** How long one request and its answer keep the line; of a network, the round trip: its bytes cost next to nothing. */
export function airtimeMs(line: Line, span: Span): number {
  if (line.kind === 'network') return line.roundTripMs;
  const { requestMs, byteMs } = readCost(line);
  return requestMs + bytesOf(span) * byteMs;
}
