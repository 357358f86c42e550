// Why there is no connection to a broker, in words that say what to check.

const UNKNOWN_AUTHORITY = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** By the system's error codes and the return codes of CONNACK, MQTT 3.1.1 table 3.1. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'host name not found',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the host',
  '2': 'the broker refuses the client id: another connection of this id is there, or the account belongs to another one',
  '3': 'the broker is not ready',
  '4': 'the broker refuses the username or password',
  '5': 'the broker refuses the username or password',
};

export function brokerWords(error: Error & { readonly code?: string | number }): string {
  // A host name with several addresses: each failed, the first tells.
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return brokerWords(error.errors[0]);
  const code = String(error.code ?? '');
  if (UNKNOWN_AUTHORITY.has(code))
    return `the broker's certificate is signed by an unknown authority: name its CA in caFile (${code})`;
  return WORDS[code] ?? (error.message || code || 'connection failed');
}
