// Opens TCP connections with a deadline, and puts the system's errors into words.
import { connect, type Socket } from 'node:net';

/** @throws Error with the reason in words when there is no connection within the deadline. */
export function openSocket(host: string, port: number, deadlineMs: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal, noDelay: true, keepAlive: true, keepAliveInitialDelay: 15_000 });
    const fail = (reason: string): void => {
      clearTimeout(deadline);
      socket.destroy();
      reject(new Error(reason));
    };
    const deadline = setTimeout(() => fail(`no connection within ${deadlineMs} ms`), deadlineMs);
    // Stays for the socket's whole life: an error without a listener would end the process.
    socket.on('error', (error) => fail(wordsOf(error)));
    socket.once('connect', () => {
      clearTimeout(deadline);
      resolve(socket);
    });
  });
}

function wordsOf(error: Error & { code?: string }): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ECONNRESET':
      return 'connection reset';
    case 'ENOTFOUND':
      return 'host name not found';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'no route to the host';
    default:
      return error.message;
  }
}
