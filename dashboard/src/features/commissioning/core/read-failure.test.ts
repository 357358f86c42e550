// The words that the gateway's drivers say, each under the kind whose advice helps.
import { describe, expect, it } from 'vitest';
import { en } from '../../../app/texts/en.ts';
import { zh } from '../../../app/texts/zh.ts';
import { FAILURE_KINDS, failureKind } from './read-failure.ts';

describe('a failed reading', () => {
  it.each([
    ['modbus tcp 10.0.0.5:502: connection refused', 'refused'],
    ['opc ua opc.tcp://10.0.0.5:4840: connection refused', 'refused'],
    ['modbus tcp 10.0.0.5:502: no connection within 1000 ms', 'unreachable'],
    ['modbus tcp 10.0.0.5:502: no route to the host', 'unreachable'],
    ['connection lost while waiting for the answer', 'unreachable'],
    ['modbus tcp meter.local:502: host name not found', 'name'],
    ['no answer within 1000 ms', 'silent'],
    ['no answer within 20 s', 'silent'],
    ['no answer: timeout', 'silent'],
    ['answer of unit 3 instead of 2', 'garbled'],
    ['answer with a wrong checksum', 'garbled'],
    ['the line does not fall silent: something else talks on it', 'garbled'],
    ['no point is good: exception', 'exception'],
    ['no birth certificate of plant/pump-house within 10 s', 'birth'],
    ["the broker's certificate is signed by an unknown authority: name its CA in caFile (x)", 'certificate'],
    ["the server's certificate is not trusted: check it and move it from a to b", 'certificate'],
    ['the broker refuses the username or password', 'login'],
    ['no message for 90 s (expected every 30 s)', 'quiet'],
    ['the device reported itself offline (availability topic)', 'quiet'],
    ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'serial'],
    ['modbus tcp 10.0.0.5:502 unit 1: the place is in use as X', 'taken'],
    ['something nobody foresaw', 'other'],
  ] as const)('%s', (reason, kind) => {
    expect(failureKind(reason)).toBe(kind);
  });

  it('of every kind has its text in both languages', () => {
    expect(Object.keys(zh.commission.failure)).toEqual([...FAILURE_KINDS]);
    expect(Object.keys(en.commission.failure)).toEqual([...FAILURE_KINDS]);
  });
});
