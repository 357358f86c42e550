// Errors as the system and the MQTT library throw them.
import { describe, expect, it } from 'vitest';
import { brokerWords } from './broker-words.ts';

const thrown = (message: string, code?: string | number): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

describe('the words of a broker that cannot be reached', () => {
  it.each([
    [thrown('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED'), 'connection refused'],
    [thrown('getaddrinfo ENOTFOUND broker.invalid', 'ENOTFOUND'), 'host name not found'],
    [new AggregateError([thrown('connect ECONNREFUSED ::1:1', 'ECONNREFUSED')], ''), 'connection refused'],
    [thrown('Connection refused: Not authorized', 5), 'the broker refuses the username or password'],
    [thrown('connack timeout'), 'connack timeout'],
    [thrown('', 'EPROTO'), 'EPROTO'],
    [thrown(''), 'connection failed'],
  ])('%s', (error, words) => expect(brokerWords(error)).toBe(words));

  it('name the other one when an id is in use, and the file when a CA is missing', () => {
    expect(brokerWords(thrown('Connection refused: Identifier rejected', 2))).toContain(
      'another connection of this id',
    );
    expect(brokerWords(thrown('self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'))).toContain('caFile');
  });
});
