import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlarmRow, checkAlarms, type JournalEntry } from './alarm-journal.ts';
import { countByKind } from './finding.ts';

type Step = 'value' | 'ack' | 'shelve' | 'comment' | 'suppress';
const steps = fc.array(
  fc.record({
    key: fc.constantFrom('T-1 hot', 'T-2 hot', 'P-1 dry'),
    step: fc.constantFrom<Step>('value', 'ack', 'shelve', 'comment', 'suppress'),
  }),
  { minLength: 3, maxLength: 60 },
);

/** Plays steps on a few alarms as the product would journal them, kept deliberately apart from the replay under test. */
function played(script: readonly { key: string; step: Step }[]): { rows: AlarmRow[]; journal: JournalEntry[] } {
  const rows: AlarmRow[] = [];
  const journal: JournalEntry[] = [];
  for (const { key, step } of script) {
    const index = rows.findIndex((row) => row.key === key && row.open);
    let row = rows[index];
    const put = (event: string, more: object, fields: Partial<AlarmRow>): void => {
      if (row === undefined) return;
      journal.push({ seq: journal.length + 1, alarmId: row.id, key, event, change: { event, ...more } });
      row = { ...row, ...fields };
      rows[rows.findIndex(({ id }) => id === row?.id)] = row;
    };
    if (row === undefined) {
      if (step !== 'value') continue;
      row = {
        id: `a${rows.length + 1}`,
        key,
        open: true,
        cond: true,
        acked: false,
        latched: false,
        shelved: false,
        outOfService: false,
        suppressedBy: [],
        activationSeq: 1,
        priority: 2,
        workOrderId: null,
      };
      rows.push(row);
      put('ACTIVE', { priority: 2, announced: true, suppressedBy: [] }, {});
      put('WORK_ORDER', { workOrderId: `o${row.id}`, created: true }, { workOrderId: `o${row.id}` });
    } else if (step === 'value' && row.cond) {
      put('RTN', { latched: false }, { cond: false });
      if (row.acked && !row.shelved && row.suppressedBy.length === 0) put('CLOSED', {}, { open: false });
    } else if (step === 'value') {
      const activationSeq = row.activationSeq + 1;
      put('RE-ACTIVE', { announced: true }, { cond: true, acked: false, activationSeq });
    } else if (step === 'ack' && !row.acked) {
      put('ACK', { comment: null }, { acked: true });
      if (!row.cond && !row.shelved && row.suppressedBy.length === 0) put('CLOSED', {}, { open: false });
    } else if (step === 'shelve' && !row.shelved) put('SHELVED', { untilMs: 1 }, { shelved: true });
    else if (step === 'suppress' && row.suppressedBy.length === 0)
      put('SUPPRESSED', { by: 'gateway:g' }, { suppressedBy: ['gateway:g'] });
    else if (step === 'comment') put('COMMENT', { text: 'seen' }, {});
  }
  return { rows, journal };
}
const histories = steps.map(played).filter(({ journal }) => journal.length > 0);
const entries = fc.tuple(histories, fc.nat());
const kinds = (rows: readonly AlarmRow[], journal: readonly JournalEntry[]) => countByKind(checkAlarms(rows, journal));
/** The journal with one entry more right behind an existing one. */
const insert = (journal: readonly JournalEntry[], after: JournalEntry, entry: Partial<JournalEntry>): JournalEntry[] =>
  journal.flatMap((one) => (one === after ? [one, { ...after, seq: after.seq + 0.5, ...entry }] : [one]));

describe('alarms of a history', () => {
  it('finds nothing in a sound one', () => {
    fc.assert(
      fc.property(histories, ({ rows, journal }) => {
        expect(checkAlarms(rows, journal)).toEqual([]);
      }),
    );
  });

  it('finds an activation that is journalled twice', () => {
    fc.assert(
      fc.property(entries, ([{ rows, journal }, at]) => {
        const raised = journal.filter(({ event }) => event === 'ACTIVE' || event === 'RE-ACTIVE');
        const twice = raised[at % raised.length] as JournalEntry;
        const found = kinds(rows, insert(journal, twice, {}));
        expect(found['double-alarm']).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('finds a second occurrence of a fault that is open', () => {
    fc.assert(
      fc.property(entries, ([{ rows, journal }, at]) => {
        const raised = journal.filter(({ event }) => event === 'ACTIVE');
        const first = raised[at % raised.length] as JournalEntry;
        const row = rows.find(({ id }) => id === first.alarmId) as AlarmRow;
        const second: AlarmRow = { ...row, id: 'second', open: true, cond: true, acked: false, workOrderId: null };
        const found = kinds([...rows, second], insert(journal, first, { alarmId: 'second' }));
        expect(found['double-alarm']).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('finds a state that the journal does not give, whichever fact it is', () => {
    const flips: ((row: AlarmRow) => AlarmRow)[] = [
      (row) => ({ ...row, open: !row.open }),
      (row) => ({ ...row, activationSeq: row.activationSeq + 1 }),
      (row) => ({ ...row, priority: row.priority + 1 }),
      (row) => ({ ...row, workOrderId: 'another' }),
      (row) => ({ ...row, open: true, cond: !row.cond }),
      (row) => ({ ...row, open: true, acked: !row.acked }),
      (row) => ({ ...row, open: true, suppressedBy: [...row.suppressedBy, 'nobody'] }),
    ];
    fc.assert(
      fc.property(histories, fc.nat(), fc.constantFrom(...flips), ({ rows, journal }, at, flip) => {
        const wrong = rows[at % rows.length] as AlarmRow;
        const found = kinds(
          rows.map((row) => (row === wrong ? flip(row) : row)),
          journal,
        );
        expect(found['state-differs']).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('finds a lost journal entry that changed the state, and an alarm stored without any', () => {
    fc.assert(
      fc.property(histories, ({ rows, journal }) => {
        const lost = journal.findLast(({ event }) => ['WORK_ORDER', 'ACK', 'RTN', 'RE-ACTIVE'].includes(event));
        if (lost === undefined) return;
        const later = journal.some(({ alarmId, seq }) => alarmId === lost.alarmId && seq > lost.seq);
        if (!later)
          expect(
            checkAlarms(
              rows,
              journal.filter((entry) => entry !== lost),
            ),
          ).not.toEqual([]);
        const [first] = rows;
        const none = journal.filter(({ alarmId }) => alarmId !== first?.id);
        expect(kinds(rows, none)['state-differs']).toBeGreaterThanOrEqual(1);
        expect(kinds(rows.slice(1), journal)['state-differs']).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('finds what comes before the activation or after the end', () => {
    const [opened] = played([{ key: 'T-1 hot', step: 'value' }]).journal;
    const script = (['value', 'ack', 'value'] as const).map((step) => ({ key: 'T-1 hot', step }));
    const ended = played(script);
    const last = ended.journal.at(-1) as JournalEntry;
    expect(last.event).toBe('CLOSED');
    expect(kinds(ended.rows, insert(ended.journal, last, { event: 'ACK' }))['broken-journal']).toBe(1);
    const early = { ...(opened as JournalEntry), seq: 0, event: 'RTN' };
    expect(kinds(ended.rows, [early, ...ended.journal])['broken-journal']).toBe(1);
  });
});
