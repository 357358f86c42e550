import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv, writeCsv } from './csv.ts';

const cell = fc.string({
  unit: fc.constantFrom('a', '值', '"', ',', '\n', '\r', "'", '=', '-', '1', ' '),
  maxLength: 8,
});

describe('CSV', () => {
  it('comes back as it was written', () => {
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }).filter((row) => row.join('').trim() !== ''));
    fc.assert(
      fc.property(rows, (written) => {
        const { lines, openQuoteAt } = readCsv(writeCsv(written));
        expect(lines.map(({ cells }) => cells)).toEqual(written);
        expect(openQuoteAt).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps a spreadsheet from taking texts for formulas, and leaves numbers alone', () => {
    expect(writeCsv([['=HYPERLINK("x")', -5, '-5', '@x']])).toBe('\uFEFF"\'=HYPERLINK(""x"")",-5,-5,\'@x\r\n');
  });

  it('knows the line of each row, with any line ends and breaks inside cells', () => {
    const { lines } = readCsv('a,b\n\n"1\n2",3\r\n4,5');
    expect(lines).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 3, cells: ['1\n2', '3'] },
      { line: 5, cells: ['4', '5'] },
    ]);
  });

  it('says where a quote was left open', () => {
    expect(readCsv('a,b\n1,"2\n3').openQuoteAt).toBe(2);
  });
});
