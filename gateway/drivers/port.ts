// The one port every protocol driver implements. A new protocol is one folder beside this file and one line in
// registry.ts; nothing else of the gateway knows protocols.
import type { DeviceModel, EquipmentClass } from '@louwei/device-profiles';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { ReportWish } from '../points/core/report.ts';
import type { Reading } from '../points/reading.ts';
import type { BusDiagnosis } from '../polling/diagnosis.ts';

/** One device as the gateway's configuration names it, with its profile resolved. */
export interface DriverDevice<Model extends DeviceModel = DeviceModel, Connection = unknown> {
  readonly id: string;
  readonly model: Model;
  readonly class: EquipmentClass;
  /** Parsed by the driver's own `connectionSchema`. */
  readonly connection: Connection;
  /** Interval of each poll class for this device, ms. */
  readonly pollMs: { readonly fast: number; readonly normal: number; readonly slow: number };
  /** By point; how the configuration wants it reported, where that differs from the class. */
  readonly report?: Readonly<Record<string, ReportWish>>;
}

export type DeviceState = { readonly online: true } | { readonly online: false; readonly reason: string };

/** A certificate on which the connections of a line depend. */
export interface SeenCertificate {
  readonly whose: 'gateway' | 'server';
  /** The line, in the words of {@link DriverDefinition.bus}. */
  readonly where: string;
  /** Unix ms. */
  readonly validToMs: number;
}

/** What a driver may do to the rest of the gateway. All calls are synchronous and never throw. */
export interface DriverHost {
  /** New readings of one device, good or bad. */
  readings(deviceId: string, readings: readonly Reading[]): void;
  /** The device answers, or does not and why, in words an engineer understands. Repeats are ignored. */
  state(deviceId: string, state: DeviceState): void;
  /**
   * How often points of the device are heard of at least, ms, by what the line grants now; a point that is not named as the
   * configuration says. Absent: nobody judges ages.
   */
  expects?(deviceId: string, everyMs: ReadonlyMap<string, number>): void;
  readonly log: Logger;
  /** Unix ms. */
  now(): number;
  /** Folder of the gateway's own files; a driver keeps what must survive a restart below `<dataDir>/<protocol>`. */
  readonly dataDir: string;
}

/** A running driver with all devices of its protocol. Every device is retried with backoff for ever; start never fails for one. */
export interface Driver<Model extends DeviceModel = DeviceModel, Connection = unknown> {
  start(): Promise<void>;
  /** Settles within 2 s, sockets closed. */
  stop(): Promise<void>;
  /**
   * These devices from now on. Lines on which nothing changed go on as if nothing had happened; the others fall silent at
   * once, are closed, and opened anew. Called after `start`, one at a time.
   */
  update(devices: readonly DriverDevice<Model, Connection>[]): Promise<void>;
  /** What happened on the buses of this protocol, for the engineer. */
  diagnosis?(): readonly BusDiagnosis[];
  /** The certificates of its lines as last seen; absent: it uses none. */
  certificates?(): readonly SeenCertificate[];
  /**
   * Writes one value, in the point's unit, at most once. `mayStart` is asked right before anything is sent: it says no when
   * connecting has taken longer than the command may live. Always settles, never rejects; absent: cannot write.
   */
  write?(deviceId: string, point: string, value: number, mayStart: () => boolean): Promise<WriteOutcome>;
  /**
   * Reads one device, configured or not, over a line that is in use, between the reads of the others. Absent: it gets a
   * connection of its own.
   */
  readOnce?(device: DriverDevice<Model, Connection>, host: DriverHost): OneRead;
}

/** Tells its host what it sees until it is stopped. */
export type OneRead = Pick<Driver, 'start' | 'stop'>;

export const TOO_LATE: WriteOutcome = { kind: 'not-sent', reason: 'the command expired before it could be sent' };

export type WriteOutcome =
  /** The device, or what stands before it, has taken it. */
  | { readonly kind: 'written' }
  /** Certainly not executed: the device said no, or nothing was sent. */
  | { readonly kind: 'refused' | 'not-sent'; readonly reason: string }
  /** Sent, but no answer came: it may have been executed. */
  | { readonly kind: 'unanswered'; readonly reason: string };

export interface DriverDefinition<Model extends DeviceModel = DeviceModel, Connection = unknown> {
  readonly protocol: Model['protocol'];
  /** The `connection:` block of a device in the gateway's YAML. */
  readonly connectionSchema: z.ZodType<Connection>;
  /** Where the device is, in words, for births and messages: `modbus tcp 10.0.0.5:502 unit 3`. */
  describe(connection: Connection): string;
  /**
   * The line that the device shares with others, in words: a serial line behind a TCP port, a server, a broker. Devices with
   * the same words are lost together when it is lost.
   */
  bus(connection: Connection): string;
  /** Whether the line needs certificates on both sides; absent: it never does. */
  certified?(connection: Connection): boolean;
  /** Key of the connection that the device shares with others; may hold a secret, so it is never shown. */
  line(connection: Connection): string;
  /** What else of the device, beside connection, intervals, model and class, decides how it is read: as JSON, absent: nothing. */
  asks?(device: Pick<DriverDevice, 'report'>): unknown;
  create(devices: readonly DriverDevice<Model, Connection>[], host: DriverHost): Driver<Model, Connection>;
}
