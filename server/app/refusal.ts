// Why a start is refused, in the one line a person needs.
import { accessSync, constants, mkdirSync } from 'node:fs';

export class StartRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartRefusedError';
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** @throws StartRefusedError when the folder cannot be made or written. */
export function requireWritable(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartRefusedError(
      `cannot write the data directory ${dataDir} (${codeOf(error)}); set LOUWEI_DATA_DIR to a folder this account may write`,
    );
  }
}

/** Turns a listener's error into the line that says what to change; other errors pass unchanged. */
export function portRefusal(error: unknown, variable: string, port: number): unknown {
  const code = codeOf(error);
  if (code === 'EADDRINUSE' || (error instanceof Error && error.name === 'PortInUseError')) {
    return new StartRefusedError(`port ${port} is taken by another program; set ${variable} to a free one`);
  }
  if (code === 'EACCES')
    return new StartRefusedError(`port ${port} needs more rights than this account has; set ${variable}`);
  return error;
}
