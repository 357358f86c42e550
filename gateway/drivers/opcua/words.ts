// Why there is no session, in words that say what to do.
import type { OPCUACertificateManager } from 'node-opcua';

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const isUntrusted = (error: unknown): boolean =>
  /Certificate verification failed.*Untrusted/is.test(textOf(error));

export function wordsOf(
  error: unknown,
  { rejectedFolder, trustedFolder }: Pick<OPCUACertificateManager, 'rejectedFolder' | 'trustedFolder'>,
): string {
  const message = textOf(error);
  if (isUntrusted(error))
    return `the server's certificate is not trusted: check it and move it from ${rejectedFolder} to ${trustedFolder}`;
  if (message.includes('BadCertificateTimeInvalid'))
    return `a certificate has expired or is not valid yet: ${message.split('\n')[0]}`;
  if (message.includes('ECONNREFUSED')) return 'connection refused';
  if (message.includes('Fail to connect')) return 'no connection to the server';
  return (message.split('\n')[0] ?? message).trim();
}
