// What a failed test read means: the gateway's own words say what happened on the line, in English; here they become one
// of the causes that an engineer can act on. Words nobody knows stay what they are: no answer, with the words beside it.

export const READ_FAULTS = [
  'refused',
  'host-unknown',
  'unreachable',
  'no-port',
  'port-denied',
  'port-busy',
  'no-birth',
  'certificate',
  'denied',
  'exception',
  'bad-values',
  'garbled',
  'quiet',
  'place-taken',
  'silent',
] as const;
export type ReadFault = (typeof READ_FAULTS)[number];

/** The first that fits: what says more comes before what says less. */
const SIGNS: readonly (readonly [ReadFault, RegExp])[] = [
  ['refused', /connection refused|no connection to the server/],
  ['host-unknown', /host name not found/],
  ['unreachable', /no route to the host|no connection within/],
  ['no-port', /no such serial port/],
  ['port-denied', /no permission to use the serial port/],
  ['port-busy', /serial port is in use/],
  ['no-birth', /birth certificate|death certificate/],
  ['certificate', /certificate/],
  ['denied', /refuses the username or password|BadUserAccessDenied|BadIdentityToken/],
  ['exception', /exception/],
  ['bad-values', /no point is good/],
  ['garbled', /garbled|instead of|broken off|does not fall silent|decode-error|wrong checksum|more bytes than/],
  ['quiet', /no message for|reported itself offline/],
  ['place-taken', /in use as|uses the same place/],
];

export const readFaultOf = (words: string): ReadFault => SIGNS.find(([, sign]) => sign.test(words))?.[0] ?? 'silent';
