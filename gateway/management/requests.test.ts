// Requests are believed only when signed, run one after the other, and are answered once.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type Answer, answer as answerSchema, type RequestCall } from '../uplink/sparkplug/request.ts';
import { createRequests, Refused } from './requests.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const seal = (content: unknown, by: KeyObject = privateKey): string => {
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  return JSON.stringify({ body, signature: sign(null, Buffer.from(body), by).toString('base64') });
};
const request = (id: string, more: object = {}) => ({
  id,
  gateway: 'gw-1',
  expiresAtMs: 2_000,
  call: { method: 'describe' },
  ...more,
});

function setUp(
  perform: (call: RequestCall) => Promise<unknown> = async () => 'done',
  key: KeyObject | null = publicKey,
) {
  const answers: Answer[] = [];
  let nowMs = 1_000;
  const requests = createRequests({
    gateway: 'gw-1',
    key: () => key,
    answer: (text) => answers.push(answerSchema.parse(JSON.parse(text))),
    perform,
    now: () => nowMs,
    log: pino({ level: 'silent' }),
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    answers,
    settle,
    receive: (text: string) => requests.receive(text),
    at(ms: number) {
      nowMs = ms;
    },
  };
}
const codeOf = (answer: Answer | undefined): string => (answer === undefined ? 'none' : answer.ok ? 'ok' : answer.code);

describe('requests', () => {
  it('performs what the host signed, and nothing else', async () => {
    const { answers, receive, settle } = setUp();
    receive(seal(request('a')));
    receive(seal(request('b'), generateKeyPairSync('ed25519').privateKey));
    const sealed = JSON.parse(seal(request('c'))) as { body: string };
    receive(JSON.stringify({ ...sealed, body: sealed.body.replace('"c"', '"d"') }));
    receive(seal(request('e', { gateway: 'gw-2' })));
    receive(seal(request('f', { call: { method: 'reboot' } })));
    receive(seal('no json'));
    receive('neither');
    await settle();
    const byId = new Map(answers.map((one) => [one.id, codeOf(one)]));
    expect([...byId].sort()).toEqual([
      ['a', 'ok'],
      ['b', 'not-signed'],
      ['d', 'not-signed'],
      ['e', 'invalid'],
      ['f', 'invalid'],
    ]);
  });

  it('obeys nobody without a key', () => {
    const { answers, receive } = setUp(async () => 'done', null);
    receive(seal(request('a')));
    expect(answers.map(codeOf)).toEqual(['read-only']);
  });

  it('runs one at a time, lets four wait, begins none twice and none too late', async () => {
    const finish: (() => void)[] = [];
    const { answers, receive, settle, at } = setUp(() => new Promise((resolve) => finish.push(() => resolve(null))));
    for (const id of ['a', 'a']) receive(seal(request(id)));
    await settle();
    for (const id of ['b', 'c', 'd', 'e', 'f']) receive(seal(request(id, id === 'd' ? { expiresAtMs: 1_500 } : {})));
    expect(answers.map(codeOf)).toEqual(['busy']);
    at(1_600);
    for (let turn = 0; turn < 4; turn++) {
      expect(finish).toHaveLength(turn + 1);
      finish[turn]?.();
      await settle();
    }
    expect(answers.map((one) => `${one.id} ${codeOf(one)}`)).toEqual([
      'f busy',
      'a ok',
      'b ok',
      'c ok',
      'd expired',
      'e ok',
    ]);
  });

  it('answers why not: by the method, or by what went wrong', async () => {
    const { answers, receive, settle } = setUp(async (call) => {
      if (call.method === 'describe') throw new Refused('stale-version', 'old', [{ path: 'version', message: 'm' }]);
      throw new Error('broken');
    });
    receive(seal(request('a')));
    receive(seal(request('b', { call: { method: 'configure', version: 1, devices: [] } })));
    await settle();
    expect(answers).toEqual([
      { id: 'a', ok: false, code: 'stale-version', detail: 'old', problems: [{ path: 'version', message: 'm' }] },
      { id: 'b', ok: false, code: 'failed', detail: 'broken', problems: [] },
    ]);
  });
});
