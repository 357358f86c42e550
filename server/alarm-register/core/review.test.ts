import { describe, expect, it } from 'vitest';
import { isDay, NO_REVIEW, reviewState } from './review.ts';
import { planImport } from './review-import.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const known = new Map([
  ['pump/hot', NO_REVIEW],
  ['pump/dry', { owner: 'li', reviewedOn: '2026-01-01', approvedBy: 'wang', reviewDue: '2027-01-01' }],
]);
const plan = (...lines: string[]) => planImport(lines.join('\n'), known, NOW);

describe('reviews', () => {
  it.each([
    [null, null, 'never'],
    [null, '2026-06-14', 'overdue'],
    ['2026-01-01', '2026-06-14', 'overdue'],
    ['2026-01-01', '2026-06-15', 'due-soon'],
    ['2026-01-01', '2026-07-15', 'due-soon'],
    ['2026-01-01', '2026-07-16', 'current'],
    ['2026-01-01', null, 'current'],
  ])('made on %s and due on %s are %s', (reviewedOn, reviewDue, state) => {
    expect(reviewState({ ...NO_REVIEW, reviewedOn, reviewDue }, NOW)).toBe(state);
  });

  it('know a day from what only looks like one', () => {
    expect(['2026-02-28', '2024-02-29'].every(isDay)).toBe(true);
    expect(['2026-02-29', '2026-13-01', '2026-1-1', '01.02.2026', ''].some(isDay)).toBe(false);
  });
});

describe('an import', () => {
  it('takes the columns it knows, leaves absent ones, clears by an empty cell, and counts what stays', () => {
    const { changes, unchanged, faults } = plan(
      'alarm,class,textEn,owner,reviewDue',
      'hot,pump,anything,zhao,2026-12-01',
      'dry,pump,anything,,2027-01-01',
    );
    expect(faults).toEqual([]);
    expect(changes.map(({ alarm, after }) => [alarm, after])).toEqual([
      ['hot', { ...NO_REVIEW, owner: 'zhao', reviewDue: '2026-12-01' }],
      ['dry', { owner: null, reviewedOn: '2026-01-01', approvedBy: 'wang', reviewDue: '2027-01-01' }],
    ]);
    expect(unchanged).toBe(0);
    expect(plan('class,alarm,owner', 'pump,dry,li')).toMatchObject({ changes: [], unchanged: 1 });
  });

  it.each([
    ['class,owner', 'pump,li', 1, '(header)', 'a column alarm'],
    ['class,alarm', 'pump,hot', 1, '(header)', 'at least one column of owner'],
    ['class,alarm,owner', 'pump,cold,li', 2, 'alarm', 'class and alarm of the master alarm list'],
    ['class,alarm,owner', 'pump,hot', 2, '(line)', '3 as in the header'],
    ['class,alarm,reviewedOn', 'pump,hot,1.2.2026', 2, 'reviewedOn', 'YYYY-MM-DD'],
    ['class,alarm,reviewedOn', 'pump,hot,2026-06-16', 2, 'reviewedOn', 'at most 2026-06-15'],
    ['class,alarm,approvedBy', 'pump,hot,wang', 2, 'reviewedOn', 'on which wang approved'],
    ['class,alarm,reviewDue', 'pump,dry,2026-01-01', 2, 'reviewDue', 'after the review of 2026-01-01'],
    ['class,alarm,owner', `pump,hot,${'x'.repeat(81)}`, 2, 'owner', 'at most 80'],
    ['class,alarm,owner', 'pump,hot,"li', 2, '(line)', 'a quote that is closed'],
    ['', '', 1, '(header)', 'names of the columns'],
  ])('refuses %j with %j by line and field', (header, row, line, field, expected) => {
    const { faults, changes } = plan(header, row);
    expect(faults).toMatchObject([{ line, field }]);
    expect(faults[0]?.expected).toContain(expected);
    expect(changes).toEqual([]);
  });

  it('names every line with a fault, and an alarm that comes twice', () => {
    const { faults } = plan(
      'class,alarm,reviewDue',
      'pump,hot,soon',
      'pump,dry,2028-01-01',
      'pump,dry,2029-01-01',
      'x,y,',
    );
    expect(faults.map(({ line, field }) => [line, field])).toEqual([
      [2, 'reviewDue'],
      [4, 'alarm'],
      [5, 'alarm'],
    ]);
  });
});
