// The library's memory of settled requests, which only a look into it shows.
import ModbusSerial from 'modbus-serial';
import { describe, expect, it } from 'vitest';
import { forgetTransactions } from './link.ts';

describe('settled transactions', () => {
  it('are forgotten where the library keeps them', () => {
    const client = new ModbusSerial.default();
    const inside = client as unknown as { _transactions: Record<number, object> };
    // Where the library of this version keeps them: another version may need another broom.
    expect(inside._transactions).toEqual({});
    inside._transactions[7] = { next: () => undefined };
    forgetTransactions(client);
    expect(inside._transactions).toEqual({});
  });
});
