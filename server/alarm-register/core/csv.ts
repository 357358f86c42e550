// CSV after RFC 4180, safe to open in a spreadsheet: a text that would be taken for a formula gets an apostrophe before it.

export type Cell = string | number | boolean | null;

/** Also the guard itself, so that nothing is lost on the way back. */
const FORMULA = /^[=+\-@\t\r']/;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** Inverse of the guard that {@link writeCsv} puts before formulas. */
const unguarded = (cell: string): string =>
  cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;

function writeCell(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  const safe = typeof cell === 'string' && FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Begins with a byte-order mark, without which spreadsheets take Chinese for something else. */
export const writeCsv = (rows: readonly (readonly Cell[])[]): string =>
  `\uFEFF${rows.map((row) => `${row.map(writeCell).join(',')}\r\n`).join('')}`;

export interface CsvLine {
  /** Of the file, from 1; a cell may contain line breaks. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Lines without any text are skipped. @returns the line of a quote that is never closed, if there is one. */
export function readCsv(text: string): { readonly lines: readonly CsvLine[]; readonly openQuoteAt: number | null } {
  const lines: CsvLine[] = [];
  let cells: string[] = [];
  let cell = '';
  let quotedAt: number | null = null;
  let line = 1;
  let begin = 1;
  const endLine = (): void => {
    cells.push(cell);
    if (cells.some((one) => one.trim() !== '')) lines.push({ line: begin, cells: cells.map(unguarded) });
    cells = [];
    cell = '';
  };
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '\n') line++;
    if (quotedAt !== null) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else quotedAt = null;
    } else if (char === '"' && cell === '') quotedAt = line;
    else if (char === ',') {
      cells.push(cell);
      cell = '';
    } else if (char === '\n') {
      endLine();
      begin = line;
    } else if (char !== '\r') cell += char;
  }
  endLine();
  return { lines, openQuoteAt: quotedAt };
}
