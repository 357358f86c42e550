// What a gateway's words about a failed reading mean to the person who commissions: a kind that has a text in both languages
// with what to check. The words themselves are shown beside it, for they name addresses and files.

export const FAILURE_KINDS = [
  'refused',
  'unreachable',
  'name',
  'birth',
  'login',
  'certificate',
  'serial',
  'taken',
  'garbled',
  'quiet',
  'exception',
  'silent',
  'other',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** The first that fits; words of every driver and of read-once in the gateway. */
const SIGNS: readonly (readonly [RegExp, FailureKind])[] = [
  [/connection refused/i, 'refused'],
  [/host name not found/i, 'name'],
  [/birth certificate|death certificate/i, 'birth'],
  [/username or password|not authori[sz]ed|BadUserAccess|BadIdentity/i, 'login'],
  [/certificate/i, 'certificate'],
  [/serial port|ENOENT|EACCES|no such file|permission denied|cannot open/i, 'serial'],
  [/in use as|uses the same place/i, 'taken'],
  [/no connection (within|to)|no route to the host|not connected|connection (reset|lost|closed)/i, 'unreachable'],
  [/answer (of|to|with|broken)\b|more bytes than|fall silent/i, 'garbled'],
  [/no message for|reported itself offline/i, 'quiet'],
  [/exception|no point is good/i, 'exception'],
  [/no answer/i, 'silent'],
];

export const failureKind = (reason: string): FailureKind => SIGNS.find(([sign]) => sign.test(reason))?.[1] ?? 'other';
