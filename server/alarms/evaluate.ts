// Runs a batch of readings and gateway changes through the rules into a draft. No SQL, no clock.
import type { EquipmentDirectory } from '../assets/directory.ts';
import type { Feeds } from '../assets/feeds.ts';
import type { IngestBatch, IngestedSample } from '../ingest/participant.ts';
import { holds } from './core/cause.ts';
import { deviceConnection, gatewayConnection, upstream } from './core/connection.ts';
import type { Definition } from './core/definition.ts';
import type { AlarmRecord } from './core/facts.ts';
import { observeLate } from './core/late-data.ts';
import type { Decision } from './core/machine.ts';
import { observePoint } from './core/observe-point.ts';
import { isNewer } from './core/order.ts';
import { observe, wake } from './core/qualification.ts';
import { type Reading, toReading } from './core/reading.ts';
import { adopt, type Mint, type Outcome } from './core/rule-state.ts';
import type { Stamp } from './core/transition.ts';
import { type Draft, enter, stateIn } from './draft.ts';
import type { PointWatch, Rule, RuleBook, Watched } from './rule-book.ts';

export interface Evaluation {
  readonly book: RuleBook;
  readonly directory: EquipmentDirectory;
  readonly feeds: Feeds;
  readonly mint: Mint;
  /** Reading of equipment that is registered only with this very transaction; evaluated after its commit. */
  readonly unknown: (sample: IngestedSample) => void;
}

export const gatewayCause = (gatewayId: string): string => `gateway:${gatewayId}`;
const FEED_CAUSE = 'feed:';
export const busCause = (equipmentId: string): string => `bus:${equipmentId}`;
export const feedCause = ({ id }: Rule): string => `${FEED_CAUSE}${id}`;
const reportsConnection = ({ rule }: Definition): boolean => rule.kind === 'comm-loss';

export function evaluateBatch(evaluation: Evaluation, draft: Draft, batch: IngestBatch): void {
  for (const change of batch.gatewayChanges) applyGateway(evaluation, draft, change, batch.nowMs);
  for (const scan of scansOf(batch.samples))
    for (const sample of causesAround(evaluation.book, scan)) evaluateSample(evaluation, draft, sample, batch.nowMs);
}

/** Readings of one equipment that were read at the same moment and come together. */
function* scansOf(samples: readonly IngestedSample[]): Generator<readonly IngestedSample[]> {
  let from = 0;
  for (const [index, { equipmentId, timeMs }] of samples.entries()) {
    const next = samples[index + 1];
    if (next?.equipmentId === equipmentId && next.timeMs === timeMs) continue;
    yield samples.slice(from, index + 1);
    from = index + 1;
  }
}

/**
 * What one scan shows to be a mere consequence is not announced, whatever the order of the points in it: causes that begin
 * come before the conditions, causes that end after them.
 */
function causesAround(book: RuleBook, scan: readonly IngestedSample[]): readonly IngestedSample[] {
  if (scan.length === 1) return scan;
  const rankOf = (sample: IngestedSample): number => {
    const point = book.point(sample);
    if (point?.isCause !== true) return 1;
    const { value } = sample;
    const begins = point.rules.some(({ definition }) =>
      definition.causes.some((cause) => cause.point === point.name && value !== null && holds(cause, value)),
    );
    return begins ? 0 : 2;
  };
  const ranks = scan.map(rankOf);
  return [0, 1, 2].flatMap((rank) => scan.filter((_, index) => ranks[index] === rank));
}

export function evaluateSample(evaluation: Evaluation, draft: Draft, sample: IngestedSample, nowMs: number): void {
  const point = evaluation.book.point(sample);
  if (point === null) return;
  if (point === undefined) {
    evaluation.unknown(sample);
    return;
  }
  const reading = toReading(sample, Math.min(sample.receivedAtMs, nowMs));
  if (!isNewest(draft, point, sample)) {
    if (isCommitted(evaluation.directory, sample)) return;
    for (const rule of point.rules.filter(({ definition }) => definition.point === sample.point))
      enter(draft, rule, observeLate(rule.definition, stateIn(draft, rule), reading, sample));
    return;
  }
  draft.positions.set(point, { epoch: sample.epoch, seq: sample.seq });
  for (const rule of point.rules) {
    const seen = observePoint(rule.definition, stateIn(draft, rule), sample.point, reading, evaluation.mint);
    decided(evaluation, draft, rule, seen, reading.atMs);
  }
  if (point.isComm && reading.usable && reading.value !== null)
    applyComm(evaluation, draft, point.watched, reading.value !== 0, reading);
}

function isNewest(draft: Draft, point: PointWatch, sample: IngestedSample): boolean {
  const drafted = draft.positions.get(point);
  if (drafted !== undefined) return isNewer(sample, drafted);
  if (point.position === null || isNewer(sample, point.position)) return true;
  return point.repeatable && sample.epoch === point.position.epoch && sample.seq === point.position.seq;
}

/** Below the gateway's watermark everything was seen: such a reading is a mere repetition. */
function isCommitted(directory: EquipmentDirectory, sample: IngestedSample): boolean {
  const watermark = directory.gateway(sample.gatewayId)?.watermark;
  return watermark !== undefined && !isNewer(sample, watermark);
}

/** Enters what was decided; an alarm that is a loss of what the equipment feeds makes alarms there consequences. */
function decided(evaluation: Evaluation, draft: Draft, rule: Rule, outcome: Outcome, nowMs: number): void {
  const { lossOf } = rule.definition;
  const before = lossOf === null ? null : stateIn(draft, rule).record.facts.cond;
  enter(draft, rule, outcome);
  if (lossOf === null || stateIn(draft, rule).record.facts.cond === before) return;
  for (const fed of evaluation.feeds.fedBy(rule.equipmentId, lossOf)) followFeeds(evaluation, draft, fed, nowMs);
}

/** Brings the alarms of fed equipment in line with what its feeders have lost. */
export function followFeeds({ book, feeds }: Evaluation, draft: Draft, equipmentId: string, nowMs: number): void {
  for (const rule of book.watched(equipmentId)?.rules ?? []) {
    const { definition } = rule;
    const losses = new Set(
      definition.consequenceOf.flatMap((medium) =>
        feeds
          .feedersOf(equipmentId, medium)
          .flatMap((feeder) => book.watched(feeder)?.rules ?? [])
          .filter((other) => other.definition.lossOf === medium && stateIn(draft, other).record.facts.cond)
          .map(feedCause),
      ),
    );
    const known = stateIn(draft, rule).record.facts.suppressedBy.filter((by) => by.startsWith(FEED_CAUSE));
    for (const cause of new Set([...known, ...losses])) {
      const change = { cause, lost: losses.has(cause), sourceMs: nowMs, atMs: nowMs };
      enter(draft, rule, upstream(definition, stateIn(draft, rule), change));
    }
  }
}

type Seen = Pick<Reading, 'sourceMs' | 'atMs'>;

function applyComm({ book }: Evaluation, draft: Draft, watched: Watched, online: boolean, seen: Seen): void {
  if ((draft.answers.get(watched) ?? watched.answers) === online) return;
  draft.answers.set(watched, online);
  for (const rule of watched.rules)
    enter(draft, rule, deviceConnection(rule.definition, stateIn(draft, rule), online, seen.sourceMs, seen.atMs));
  applyBus(book, draft, watched, online, seen);
}

/** At a start: what equipment hangs on may have gone or come while nobody watched. */
export function followUpstream(evaluation: Evaluation, draft: Draft, nowMs: number): void {
  const { book, directory } = evaluation;
  for (const { id } of directory.all()) {
    followFeeds(evaluation, draft, id, nowMs);
    const watched = book.watched(id);
    if (watched === undefined) continue;
    const online = draft.answers.get(watched) ?? watched.answers;
    applyBus(book, draft, watched, online, { sourceMs: nowMs, atMs: nowMs });
  }
}

/** The equipment is a bus: nothing on it can answer while it does not. */
function applyBus(book: RuleBook, draft: Draft, bus: Watched, online: boolean, seen: Seen): void {
  for (const { rules } of book.onBus(bus.equipment))
    for (const rule of rules.filter(({ definition }) => reportsConnection(definition))) {
      const change = { cause: busCause(bus.equipment.id), lost: !online, sourceMs: seen.sourceMs, atMs: seen.atMs };
      enter(draft, rule, upstream(rule.definition, stateIn(draft, rule), change));
    }
}

/** The gateway's own record reports the loss; the rules of its devices become uncertain or mere consequences. */
export function applyGateway(
  { book, mint }: Evaluation,
  draft: Draft,
  change: { readonly gatewayId: string; readonly online: boolean; readonly timeMs: number },
  nowMs: number,
): void {
  const { gatewayId, online } = change;
  const value = online ? 1 : 0;
  const reading = toReading({ value, text: null, quality: 'good', timeMs: change.timeMs }, nowMs);
  const { sourceMs, atMs } = reading;
  draft.gateways.set(gatewayId, online);
  for (const watched of book.ofGateway(gatewayId)) {
    const own = watched.equipment.deviceId === '';
    const deviceOnline = draft.answers.get(watched) ?? watched.answers;
    for (const rule of watched.rules) {
      const { definition } = rule;
      const state = stateIn(draft, rule);
      if (own && reportsConnection(definition)) enter(draft, rule, observe(definition, state, reading, mint));
      else if (own) enter(draft, rule, deviceConnection(definition, state, online, sourceMs, atMs));
      else {
        const cause = gatewayCause(gatewayId);
        enter(draft, rule, gatewayConnection(definition, state, { online, deviceOnline, cause, sourceMs, atMs }));
      }
    }
  }
}

export function wakeRule(evaluation: Evaluation, draft: Draft, rule: Rule, nowMs: number): void {
  decided(evaluation, draft, rule, wake(rule.definition, stateIn(draft, rule), nowMs, evaluation.mint), nowMs);
}

/** Somebody decides about a rule at a moment: after everything that is due for it by then. */
export function decideOn(
  evaluation: Evaluation,
  draft: Draft,
  rule: Rule,
  { actor, nowMs }: { readonly actor: string; readonly nowMs: number },
  decide: (record: AlarmRecord, stamp: Stamp) => Decision,
): Decision {
  wakeRule(evaluation, draft, rule, nowMs);
  const decision = decide(stateIn(draft, rule).record, { actor, sourceMs: nowMs, serverMs: nowMs });
  if (decision.ok) enter(draft, rule, adopt(stateIn(draft, rule), decision.transitions));
  return decision;
}
