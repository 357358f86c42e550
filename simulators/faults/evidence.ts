// Reads from the database what the history checker judges. Only SQL: the checker must not trust what it checks.
import type pg from 'pg';
import { type AlarmRow, checkAlarms, type JournalEntry } from './core/alarm-journal.ts';
import { checkDelivery, type DeliveryHistory, type SeqRange, type StoredReading } from './core/delivery.ts';
import type { Finding } from './core/finding.ts';
import { checkOrders, type OrderHistory } from './core/orders.ts';

const rows = async <T>(database: pg.Client, sql: string, values: readonly unknown[] = []): Promise<T[]> =>
  (await database.query(sql, [...values])).rows as T[];

/** Judges the stored stream of one gateway. */
export async function judgeDelivery(
  database: pg.Client,
  gateway: string,
  known: Omit<DeliveryHistory, 'stored' | 'declared'>,
): Promise<{ findings: Finding[]; stored: number }> {
  const stored = await rows<StoredReading>(
    database,
    `SELECT s.epoch::float8 AS epoch, s.seq::float8 AS seq, e.device_id || '/' || p.name AS point, s.value
     FROM sample s JOIN point p ON p.id = s.point_id JOIN equipment e ON e.id = p.equipment_id
     WHERE e.gateway_id = $1`,
    [gateway],
  );
  const declared = await rows<SeqRange>(
    database,
    `SELECT epoch::float8 AS epoch, first_seq::float8 AS first, last_seq::float8 AS last
     FROM delivery_gap WHERE gateway_id = $1`,
    [gateway],
  );
  return { findings: checkDelivery({ ...known, stored, declared }), stored: stored.length };
}

/** Judges every alarm and order of the database. `calls` are the alarms of the classes that open an order at once. */
export async function judgeAlarms(database: pg.Client, calls: readonly string[]): Promise<Finding[]> {
  const alarms = await rows<AlarmRow & { alarm: string }>(
    database,
    `SELECT id, alarm, equipment_id || ' ' || alarm AS key, closed_at IS NULL AS open, cond, acked, latched,
       shelf IS NOT NULL AS shelved, oos IS NOT NULL AS "outOfService", suppressed_by AS "suppressedBy",
       activation_seq AS "activationSeq", priority::int AS priority, work_order_id AS "workOrderId" FROM alarm`,
  );
  const journal = await rows<JournalEntry>(
    database,
    `SELECT seq::float8 AS seq, alarm_id AS "alarmId", equipment_id || ' ' || alarm AS key, event, change
     FROM alarm_journal WHERE alarm_id IS NOT NULL`,
  );
  const orders: OrderHistory = {
    orders: await rows(
      database,
      'SELECT id, equipment_id AS equipment, failure_class AS "failureClass", state FROM work_order',
    ),
    steps: await rows(
      database,
      `SELECT seq::float8 AS seq, work_order_id AS "orderId", step, from_state AS "from", to_state AS "to"
       FROM work_order_journal`,
    ),
    links: await rows(database, 'SELECT work_order_id AS "orderId", alarm_id AS "alarmId" FROM work_order_alarm'),
    named: alarms.flatMap(({ id, workOrderId }) =>
      workOrderId === null ? [] : [{ orderId: workOrderId, alarmId: id }],
    ),
    calling: alarms.filter(({ alarm }) => calls.includes(alarm)).map(({ id }) => id),
  };
  return [...checkAlarms(alarms, journal), ...checkOrders(orders)];
}

/** Alarms of other names than the traffic gives reason for. */
export async function judgeInvented(database: pg.Client, reasonFor: readonly string[]): Promise<Finding[]> {
  const raised = await rows<{ equipment: string; alarm: string; at: Date }>(
    database,
    `SELECT equipment_id AS equipment, alarm, server_time AS at FROM alarm_journal
     WHERE event = 'ACTIVE' AND alarm <> ALL ($1::text[])`,
    [reasonFor],
  );
  return raised.map(({ equipment, alarm, at }) => ({
    kind: 'invented-alarm',
    detail: `${equipment} ${alarm} at ${at.toISOString()}`,
  }));
}

/** @throws Error when the server never noticed that its clock was set: nothing was struck then. */
export async function requireClockSet(database: pg.Client): Promise<void> {
  const [noticed] = await rows<{ steps: number }>(
    database,
    `SELECT count(*)::int AS steps FROM alarm_journal WHERE event = 'CLOCK_SET' AND alarm_id IS NULL`,
  );
  if (noticed?.steps === 0) throw new Error('the clock of the server was never set');
}
