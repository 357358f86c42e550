// Lines of an imported file against the master list: what changes, and every fault with its line.
import type { AlarmReview, ReviewImportResult } from '../../contract/alarm-register.ts';
import { type CsvLine, readCsv } from './csv.ts';
import { dayOf, isDay, NO_REVIEW } from './review.ts';

type Fault = ReviewImportResult['faults'][number];

export interface ReviewChange {
  readonly class: string;
  readonly alarm: string;
  readonly before: AlarmReview;
  readonly after: AlarmReview;
}

export interface ImportPlan {
  readonly changes: readonly ReviewChange[];
  readonly unchanged: number;
  readonly faults: readonly Fault[];
}

const FIELDS = ['owner', 'reviewedOn', 'approvedBy', 'reviewDue'] as const satisfies readonly (keyof AlarmReview)[];
const DAYS: ReadonlySet<string> = new Set(['reviewedOn', 'reviewDue']);
const MAX_NAME = 80;

export const reviewKey = (className: string, alarm: string): string => `${className}/${alarm}`;

/** @param known reviews by {@link reviewKey} of every alarm in the list. */
export function planImport(csv: string, known: ReadonlyMap<string, AlarmReview>, nowMs: number): ImportPlan {
  const { lines, openQuoteAt } = readCsv(csv);
  const [header, ...rows] = lines;
  if (openQuoteAt !== null) return refused(openQuoteAt, '(line)', '"', 'a quote that is closed');
  if (header === undefined) return refused(1, '(header)', 'nothing', 'a line with the names of the columns');
  const columns = header.cells.map((cell) => cell.trim());
  for (const needed of ['class', 'alarm'])
    if (!columns.includes(needed)) return refused(header.line, '(header)', columns.join(','), `a column ${needed}`);
  if (!FIELDS.some((field) => columns.includes(field)))
    return refused(header.line, '(header)', columns.join(','), `at least one column of ${FIELDS.join(', ')}`);

  const faults: Fault[] = [];
  const changes: ReviewChange[] = [];
  const seen = new Map<string, number>();
  let unchanged = 0;
  for (const row of rows) {
    const outcome = planRow(row, columns, known, dayOf(nowMs));
    if (Array.isArray(outcome)) {
      faults.push(...outcome);
      continue;
    }
    const key = reviewKey(outcome.class, outcome.alarm);
    const earlier = seen.get(key);
    if (earlier !== undefined)
      faults.push({ line: row.line, field: 'alarm', found: key, expected: `each alarm once; line ${earlier} has it` });
    seen.set(key, row.line);
    if (FIELDS.some((field) => outcome.before[field] !== outcome.after[field])) changes.push(outcome);
    else unchanged++;
  }
  return { changes, unchanged, faults };
}

const refused = (line: number, field: string, found: string, expected: string): ImportPlan => ({
  changes: [],
  unchanged: 0,
  faults: [{ line, field, found, expected }],
});

function planRow(
  { line, cells }: CsvLine,
  columns: readonly string[],
  known: ReadonlyMap<string, AlarmReview>,
  today: string,
): ReviewChange | Fault[] {
  if (cells.length !== columns.length)
    return [{ line, field: '(line)', found: `${cells.length} cells`, expected: `${columns.length} as in the header` }];
  const cellOf = (column: string): string => (cells[columns.indexOf(column)] ?? '').trim();
  const [className, alarm] = [cellOf('class'), cellOf('alarm')];
  const before = known.get(reviewKey(className, alarm));
  if (before === undefined)
    return [
      { line, field: 'alarm', found: `${className}/${alarm}`, expected: 'class and alarm of the master alarm list' },
    ];
  const faults: Fault[] = [];
  const after: Record<keyof AlarmReview, string | null> = { ...NO_REVIEW, ...before };
  for (const field of FIELDS) {
    if (!columns.includes(field)) continue;
    const found = cellOf(field);
    after[field] = found === '' ? null : found;
    if (found === '') continue;
    if (DAYS.has(field) && !isDay(found))
      faults.push({ line, field, found, expected: 'a day as YYYY-MM-DD, e.g. 2026-01-31' });
    if (!DAYS.has(field) && found.length > MAX_NAME)
      faults.push({ line, field, found: `${found.length} characters`, expected: `at most ${MAX_NAME}` });
  }
  if (faults.length === 0) faults.push(...faultsOf(line, after, today));
  return faults.length > 0 ? faults : { class: className, alarm, before, after };
}

/** What single cells cannot tell. */
function faultsOf(line: number, { reviewedOn, approvedBy, reviewDue }: AlarmReview, today: string): Fault[] {
  const faults: Fault[] = [];
  if (reviewedOn !== null && reviewedOn > today)
    faults.push({ line, field: 'reviewedOn', found: reviewedOn, expected: `a day that has been, at most ${today}` });
  if (approvedBy !== null && reviewedOn === null)
    faults.push({
      line,
      field: 'reviewedOn',
      found: 'nothing',
      expected: `the day on which ${approvedBy} approved it`,
    });
  if (reviewedOn !== null && reviewDue !== null && reviewDue <= reviewedOn)
    faults.push({ line, field: 'reviewDue', found: reviewDue, expected: `a day after the review of ${reviewedOn}` });
  return faults;
}
