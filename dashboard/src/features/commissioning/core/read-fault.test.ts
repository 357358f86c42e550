// Each of the gateway's words leads to the cause an engineer can act on.
import { describe, expect, it } from 'vitest';
import { en } from '../../../app/texts/en.ts';
import { READ_FAULTS, readFaultOf } from './read-fault.ts';

describe('a failed test read', () => {
  it.each([
    ['modbus tcp 127.0.0.1:1: connection refused', 'refused'],
    ['opc ua opc.tcp://127.0.0.1:1: no connection to the server', 'refused'],
    ['modbus tcp meter.invalid:502: host name not found', 'host-unknown'],
    ['modbus tcp 10.0.0.9:502: no route to the host', 'unreachable'],
    ['modbus tcp 10.0.0.9:502: no connection within 3000 ms', 'unreachable'],
    ['modbus rtu /dev/ttyS99 19200 8E1: there is no such serial port', 'no-port'],
    ['modbus rtu /dev/ttyS0 9600 8N1: no permission to use the serial port (on Linux: group dialout)', 'port-denied'],
    ['modbus rtu /dev/ttyS0 9600 8N1: the serial port is in use by another program', 'port-busy'],
    ["field broker mqtts://b: the broker's certificate is signed by an unknown authority", 'certificate'],
    ['field broker mqtt://b: the broker refuses the username or password', 'denied'],
    ['no answer: exception', 'exception'],
    ['no point is good: exception', 'exception'],
    ['no point is good: out-of-range', 'bad-values'],
    ['answer with 4 data bytes instead of 8', 'garbled'],
    ['answer with a wrong checksum', 'garbled'],
    ['no birth certificate of plant/pump-house/booster within 10 s', 'no-birth'],
    ['no message for 90 s (expected every 30 s)', 'quiet'],
    ['modbus tcp 10.0.0.9:502 unit 1: the place is in use as X', 'place-taken'],
    ['no answer: timeout', 'silent'],
    ['no answer within 20 s', 'silent'],
    ['', 'silent'],
  ] as const)('%j is %s', (words, fault) => expect(readFaultOf(words)).toBe(fault));

  it('has words for every cause', () =>
    expect(Object.keys(en.commission.readFault).sort()).toEqual([...READ_FAULTS].sort()));
});
