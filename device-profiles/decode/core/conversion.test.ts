// Raw values of OPC UA and MQTT, and paths into hostile JSON.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertRaw } from './conversion.ts';
import { parsePayload, pickPath } from './path.ts';

describe('convertRaw', () => {
  it('counts booleans as 0 and 1 and lets a map turn them round', () => {
    expect(convertRaw({}, true).value).toBe(1);
    expect(convertRaw({}, false, 'state').value).toBe(0);
    expect(convertRaw({}, 'true', 'state').value).toBe(1);
    expect(convertRaw({ map: { '0': 1, '1': 0 } }, true).value).toBe(0);
    expect(convertRaw({ map: { true: 5, false: 7 } }, true).value).toBe(5);
  });

  it('maps texts to numbers and refuses unknown ones', () => {
    const map = { normal: 1, inspection: 2 };
    expect(convertRaw({ map }, 'inspection').value).toBe(2);
    expect(convertRaw({ map }, 'toString')).toEqual({ value: null, quality: 'decode-error' });
  });

  it('reads a number that came as text when the point is one', () => {
    expect(convertRaw({}, '23.5', 'analog').value).toBe(23.5);
    expect(convertRaw({ scale: 0.1 }, '235').value).toBe(23.5);
    expect(convertRaw({}, 'n/a', 'analog').quality).toBe('decode-error');
    expect(convertRaw({}, ' ', 'analog').quality).toBe('decode-error');
    expect(convertRaw({}, 12, 'text').value).toBe('12');
    expect(convertRaw({}, 'B1-03').value).toBe('B1-03');
  });

  it('says why there is no value', () => {
    expect(convertRaw({}, undefined).quality).toBe('not-present');
    expect(convertRaw({}, null).quality).toBe('not-present');
    expect(convertRaw({}, Number.NaN).quality).toBe('sentinel');
    expect(convertRaw({}, { value: 1 }).quality).toBe('decode-error');
    expect(convertRaw({ sentinels: { '-999': 'sensor-fault' } }, -999).quality).toBe('sensor-fault');
  });
});

describe('pickPath', () => {
  it('finds own properties and array positions only', () => {
    const payload = { door: { open: false, history: [1, 2] }, 'a.b': 3 };
    expect(pickPath(payload, 'door.open')).toBe(false);
    expect(pickPath(payload, 'door.history.1')).toBe(2);
    expect(pickPath(payload, '')).toBe(payload);
    expect(pickPath(payload, 'door.missing.deeper')).toBeUndefined();
    expect(pickPath(payload, '__proto__.toString')).toBeUndefined();
    expect(pickPath(payload, 'constructor')).toBeUndefined();
    expect(pickPath(JSON.parse('{"__proto__": {"x": 1}}'), '__proto__.x')).toBe(1);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.anything(), fc.string(), (payload, path) => void pickPath(payload, path)));
  });
});

describe('parsePayload', () => {
  it('takes JSON as JSON and anything else as it is', () => {
    expect(parsePayload('{"a":1}')).toEqual({ a: 1 });
    expect(parsePayload('23.5')).toBe(23.5);
    expect(parsePayload('ON')).toBe('ON');
    expect(parsePayload('{"a":')).toBe('{"a":');
  });
});
