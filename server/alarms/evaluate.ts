// Runs a batch of readings and gateway changes through the rules into a draft. No SQL, no clock.
import type { EquipmentDirectory } from '../assets/directory.ts';
import type { IngestBatch, IngestedSample } from '../ingest/participant.ts';
import { deviceConnection, gatewayConnection } from './core/connection.ts';
import { observeLate } from './core/late-data.ts';
import { observePoint } from './core/observe-point.ts';
import { isNewer } from './core/order.ts';
import { observe, wake } from './core/qualification.ts';
import { toReading } from './core/reading.ts';
import type { Mint } from './core/rule-state.ts';
import { type Draft, enter, stateIn } from './draft.ts';
import type { PointWatch, Rule, RuleBook, Watched } from './rule-book.ts';

export interface Evaluation {
  readonly book: RuleBook;
  readonly directory: EquipmentDirectory;
  readonly mint: Mint;
  /** Reading of equipment that is registered only with this very transaction; evaluated after its commit. */
  readonly unknown: (sample: IngestedSample) => void;
}

const causeOf = (gatewayId: string): string => `gateway:${gatewayId}`;

export function evaluateBatch(evaluation: Evaluation, draft: Draft, batch: IngestBatch): void {
  for (const change of batch.gatewayChanges) applyGateway(evaluation, draft, change, batch.nowMs);
  for (const sample of batch.samples) evaluateSample(evaluation, draft, sample, batch.nowMs);
}

export function evaluateSample(evaluation: Evaluation, draft: Draft, sample: IngestedSample, nowMs: number): void {
  const point = evaluation.book.point(sample);
  if (point === null) return;
  if (point === undefined) {
    evaluation.unknown(sample);
    return;
  }
  const reading = toReading({ ...sample, atMs: Math.min(sample.receivedAtMs, nowMs) });
  if (!isNewest(draft, point, sample)) {
    if (isCommitted(evaluation.directory, sample)) return;
    for (const rule of point.rules.filter(({ definition }) => definition.point === sample.point))
      enter(draft, rule, observeLate(rule.definition, stateIn(draft, rule), reading, sample));
    return;
  }
  draft.positions.set(point, { epoch: sample.epoch, seq: sample.seq });
  for (const rule of point.rules)
    enter(draft, rule, observePoint(rule.definition, stateIn(draft, rule), sample.point, reading, evaluation.mint));
  if (point.isComm && reading.usable && reading.value !== null)
    applyComm(draft, point.watched, reading.value !== 0, reading.sourceMs, reading.atMs);
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

function applyComm(draft: Draft, watched: Watched, online: boolean, sourceMs: number, atMs: number): void {
  if ((draft.answers.get(watched) ?? watched.answers) === online) return;
  draft.answers.set(watched, online);
  for (const rule of watched.rules)
    enter(draft, rule, deviceConnection(rule.definition, stateIn(draft, rule), online, sourceMs, atMs));
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
  const reading = toReading({ value, text: null, quality: 'good', timeMs: change.timeMs, atMs: nowMs });
  draft.gateways.set(gatewayId, online);
  for (const watched of book.ofGateway(gatewayId)) {
    const own = watched.equipment.deviceId === '';
    const deviceOnline = draft.answers.get(watched) ?? watched.answers;
    const { sourceMs, atMs } = reading;
    for (const rule of watched.rules) {
      const { definition } = rule;
      const state = stateIn(draft, rule);
      if (!own)
        enter(
          draft,
          rule,
          gatewayConnection(definition, state, { online, deviceOnline, cause: causeOf(gatewayId), sourceMs, atMs }),
        );
      else if (definition.rule.kind === 'comm-loss') enter(draft, rule, observe(definition, state, reading, mint));
      else enter(draft, rule, deviceConnection(definition, state, online, sourceMs, atMs));
    }
  }
}

export function wakeRule({ mint }: Evaluation, draft: Draft, rule: Rule, nowMs: number): void {
  enter(draft, rule, wake(rule.definition, stateIn(draft, rule), nowMs, mint));
}
