// Judges alarms by their journal with a second, independent reading of ISA-18.2: each fault is open once, each occurrence
// raised and closed once, each return answered by one activation, and the journal replayed is the state.
import type { Finding } from './finding.ts';

export interface JournalEntry {
  readonly seq: number;
  readonly alarmId: string;
  /** Equipment and alarm: the key that may be open only once. */
  readonly key: string;
  readonly event: string;
  /** The transition as the journal keeps it. */
  readonly change: Readonly<Record<string, unknown>>;
}

/** What is compared after the replay. */
export interface AlarmState {
  readonly open: boolean;
  readonly cond: boolean;
  readonly acked: boolean;
  readonly latched: boolean;
  readonly shelved: boolean;
  readonly outOfService: boolean;
  readonly suppressedBy: readonly string[];
  readonly activationSeq: number;
  readonly priority: number;
  readonly workOrderId: string | null;
}

export interface AlarmRow extends AlarmState {
  readonly id: string;
  readonly key: string;
}

export function checkAlarms(rows: readonly AlarmRow[], journal: readonly JournalEntry[]): Finding[] {
  const findings: Finding[] = [];
  const openRows = new Set<string>();
  for (const { key, open } of rows) {
    if (open && openRows.has(key)) findings.push({ kind: 'double-alarm', detail: `${key} is open more than once` });
    if (open) openRows.add(key);
  }
  const states = new Map<string, AlarmState>();
  const openIds = new Map<string, string>();
  for (const entry of [...journal].sort((a, b) => a.seq - b.seq)) {
    const { alarmId, key, event, seq } = entry;
    const before = states.get(alarmId);
    const wrong = mistake(before, entry, openIds.get(key));
    if (wrong !== undefined) findings.push({ kind: wrong.kind, detail: `journal ${seq}, ${key}: ${wrong.detail}` });
    const after = next(before, entry);
    if (after === undefined) continue;
    states.set(alarmId, after);
    if (event === 'ACTIVE') openIds.set(key, alarmId);
    if (!after.open && openIds.get(key) === alarmId) openIds.delete(key);
  }
  const known = new Set<string>();
  for (const row of rows) {
    known.add(row.id);
    const replayed = states.get(row.id);
    const difference = replayed === undefined ? 'no journal' : differs(row, replayed);
    if (difference !== undefined)
      findings.push({ kind: 'state-differs', detail: `${row.key} (${row.id}): ${difference}` });
  }
  for (const id of states.keys())
    if (!known.has(id)) findings.push({ kind: 'state-differs', detail: `alarm ${id} is journalled but not stored` });
  return findings;
}

function mistake(
  before: AlarmState | undefined,
  { event, alarmId }: JournalEntry,
  openId: string | undefined,
): Finding | undefined {
  if (event === 'HISTORICAL') return undefined;
  if (event === 'ACTIVE') {
    if (before !== undefined) return { kind: 'double-alarm', detail: `${alarmId} is raised a second time` };
    if (openId !== undefined) return { kind: 'double-alarm', detail: `raised while ${openId} is open` };
    return undefined;
  }
  if (before === undefined) return { kind: 'broken-journal', detail: `${event} before ACTIVE` };
  if (!before.open) return { kind: 'broken-journal', detail: `${event} after CLOSED` };
  if (event === 'RE-ACTIVE' && before.cond) return { kind: 'double-alarm', detail: 'active again without a return' };
  if (event === 'RTN' && !before.cond) return { kind: 'broken-journal', detail: 'returned twice' };
  return undefined;
}

function next(before: AlarmState | undefined, { event, change }: JournalEntry): AlarmState | undefined {
  if (event === 'HISTORICAL') return before;
  if (event === 'ACTIVE')
    return {
      open: true,
      cond: true,
      acked: false,
      latched: false,
      shelved: false,
      outOfService: change['oos'] !== undefined && change['oos'] !== null,
      suppressedBy: (change['suppressedBy'] as string[] | undefined) ?? [],
      activationSeq: 1,
      priority: Number(change['priority']),
      workOrderId: null,
    };
  if (before === undefined) return undefined;
  const announced = change['announced'] === true;
  const acked = announced ? false : before.acked;
  const again = before.activationSeq + 1;
  switch (event) {
    case 'RE-ACTIVE':
      return { ...before, cond: true, acked: false, latched: false, activationSeq: again };
    case 'RTN':
      return { ...before, cond: false, latched: change['latched'] === true };
    case 'ACK':
      return { ...before, acked: true };
    case 'RESET':
      return { ...before, latched: false };
    case 'RE-ALARM':
      return { ...before, acked: false, activationSeq: again };
    case 'PRIORITY_CHANGED': {
      const leveled = announced && change['at'] !== undefined;
      const activationSeq = leveled ? again : before.activationSeq;
      return { ...before, priority: Number(change['to']), acked, activationSeq };
    }
    case 'SHELVED':
      return { ...before, shelved: true };
    case 'UNSHELVED':
      return { ...before, shelved: false, acked };
    case 'OOS_ON':
      return { ...before, outOfService: true };
    case 'OOS_OFF':
      return { ...before, outOfService: false, acked };
    case 'SUPPRESSED':
      return { ...before, suppressedBy: [...before.suppressedBy, String(change['by'])] };
    case 'UNSUPPRESSED':
      return { ...before, suppressedBy: before.suppressedBy.filter((by) => by !== change['by']), acked };
    case 'WORK_ORDER':
      return { ...before, workOrderId: String(change['workOrderId']) };
    case 'CLOSED':
      return { ...before, open: false };
    default:
      return before;
  }
}

/** Of a closed occurrence only what outlives it is compared: its number, its last activation and its order. */
function differs(row: AlarmState, replayed: AlarmState): string | undefined {
  const always = ['open', 'activationSeq', 'priority', 'workOrderId'] as const;
  const whileOpen = ['cond', 'acked', 'latched', 'shelved', 'outOfService', 'suppressedBy'] as const;
  for (const field of [...always, ...(row.open ? whileOpen : [])]) {
    const [found, expected] = [row[field], replayed[field]].map((value) => JSON.stringify(value));
    if (found !== expected) return `${field} is ${found}, the journal gives ${expected}`;
  }
  return undefined;
}
