// A Modbus TCP client that only reads: one request at a time, a short wait, a new connection after each silence, so that
// a late answer is never taken for the next one's.
import { connect, type Socket } from 'node:net';
import { readAnswer, requestBytes } from './core/frame.ts';
import type { Answer, Block } from './core/survey.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly unit: number;
  /** How long an answer may take, ms. */
  readonly timeoutMs: number;
}

export interface ModbusReader {
  /** Rejects when the connection cannot be made or is lost, or with what is wrong with the answer. */
  read(block: Block): Promise<Answer>;
  close(): void;
}

export function createModbusReader({ host, port, unit, timeoutMs }: Target): ModbusReader {
  let socket: Socket | undefined;
  let transaction = 0;

  const close = (): void => {
    socket?.destroy();
    socket = undefined;
  };

  async function connected(): Promise<Socket> {
    if (socket !== undefined && !socket.destroyed && socket.writable) return socket;
    const opened = connect({ host, port, noDelay: true });
    await new Promise<void>((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs);
      opened.once('connect', () => {
        clearTimeout(timer);
        done();
      });
      opened.once('error', (error) => {
        clearTimeout(timer);
        fail(error);
      });
    }).catch((error: unknown) => {
      opened.destroy();
      throw error;
    });
    // Between requests nobody listens; the next read finds the socket destroyed.
    opened.on('error', () => opened.destroy());
    socket = opened;
    return opened;
  }

  return {
    close,
    async read(block) {
      const live = await connected();
      transaction = (transaction + 1) % 0x1_0000;
      const own = transaction;
      return new Promise<Answer>((done, fail) => {
        let bytes: Buffer = Buffer.alloc(0);
        const settle = (outcome: Answer | Error, keep: boolean): void => {
          clearTimeout(timer);
          live.off('data', take);
          live.off('close', lost);
          if (!keep) close();
          if (outcome instanceof Error) fail(outcome);
          else done(outcome);
        };
        const take = (chunk: Buffer): void => {
          bytes = Buffer.concat([bytes, chunk]);
          const answer = readAnswer(bytes, own, unit, block);
          if (typeof answer === 'string') settle(new Error(answer), false);
          else if (answer !== null) settle(answer, true);
        };
        const lost = (): void => settle(new Error('it closed the connection without an answer'), false);
        const timer = setTimeout(() => settle({ silent: true }, false), timeoutMs);
        live.on('data', take);
        live.on('close', lost);
        live.write(requestBytes(own, unit, block));
      });
    },
  };
}
