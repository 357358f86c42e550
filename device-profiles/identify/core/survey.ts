// Which registers to ask of an unknown device, one read after the other, and what it answered. A generator, so that
// whoever owns the socket decides how and when a read happens.
import { type PointSpan, pointSpans } from '../../decode/core/registers.ts';
import type { ModbusModel, ModbusPoint } from '../../schema/model.ts';

/** A read: addresses on the wire, counted from 0. */
export type Block = PointSpan;
type Area = Block['area'];

export type Answer =
  | { readonly words: readonly number[] }
  /** Exception code of the device (Modbus Application Protocol V1.1b3, 7). */
  | { readonly exception: number }
  | { readonly silent: true };

export interface Survey {
  readonly reads: readonly { readonly block: Block; readonly answer: Answer }[];
  /** The register's content, or why there is none. */
  at(area: Area, address: number): number | 'refused' | 'unread';
}

/** How far a device's addresses may lie beside the model's: the two habits of counting, from 0 and from 1. */
export const SHIFTS = [0, -1, 1] as const;
const LAST_ADDRESS = 65_535;
const HOLES_ASKED = 3;
/** Asked of every device, so that one that no model fits also shows something. */
const FIRST_CONTACT: readonly Block[] = [
  { area: 'holding', address: 0, count: 2 },
  { area: 'input', address: 0, count: 2 },
];

export const placesOf = (model: ModbusModel): [string, ModbusPoint][] => [
  ...Object.entries(model.points),
  ...Object.entries(model.inputs),
];

/** The model's registers as reads: neighbours together, never across a hole, never more than the product answers. */
export function blocksOf(model: ModbusModel): Block[] {
  const spans = placesOf(model)
    .flatMap(([, place]) => pointSpans(model, place))
    .sort((a, b) => a.area.localeCompare(b.area) || a.address - b.address || b.count - a.count);
  const blocks: Block[] = [];
  for (const span of spans) {
    const last = blocks.at(-1);
    const end = Math.max(last === undefined ? 0 : last.address + last.count, span.address + span.count);
    const joins =
      last?.area === span.area &&
      span.address <= last.address + last.count &&
      end - last.address <= model.modbus.maxRegistersPerRead;
    if (last !== undefined && joins) blocks[blocks.length - 1] = { ...last, count: end - last.address };
    else blocks.push({ ...span });
  }
  return blocks;
}

/** Addresses beside the model's blocks that it does not name; a device that is the model mostly refuses them. */
export function holesOf(model: ModbusModel): Block[] {
  const blocks = blocksOf(model);
  const named = (area: Area, address: number): boolean =>
    blocks.some((block) => block.area === area && address >= block.address && address < block.address + block.count);
  return blocks
    .map(({ area, address, count }): Block => ({ area, address: address + count, count: 1 }))
    .filter(({ area, address }) => address <= LAST_ADDRESS && !named(area, address))
    .slice(-HOLES_ASKED);
}

/**
 * Reads what tells the models apart. A model whose first two blocks are refused is not asked further, so that a device
 * is not bothered with the registers of fifty others.
 * @param wanted further blocks that the person asked for
 */
export function* survey(
  models: Iterable<ModbusModel>,
  wanted: readonly Block[] = [],
): Generator<Block, Survey, Answer> {
  const reads = new Map<string, { block: Block; answer: Answer }>();
  function* ask(block: Block): Generator<Block, boolean, Answer> {
    if (block.address < 0 || block.address + block.count > LAST_ADDRESS + 1) return false;
    const key = `${block.area} ${block.address} ${block.count}`;
    const known = reads.get(key)?.answer ?? (yield block);
    reads.set(key, { block, answer: known });
    return 'words' in known;
  }

  for (const block of [...FIRST_CONTACT, ...wanted]) yield* ask(block);
  for (const model of models) {
    const blocks = blocksOf(model);
    for (const shift of SHIFTS) {
      const moved = blocks.map((block) => ({ ...block, address: block.address + shift }));
      let answered = 0;
      for (const [index, block] of moved.entries()) {
        if (yield* ask(block)) answered++;
        else if (index >= 1 && answered === 0) break;
      }
      if (answered === 0) continue;
      // One missing register makes a device refuse the whole block.
      if (answered < moved.length && answered * 2 >= moved.length)
        for (const [, place] of placesOf(model))
          for (const span of pointSpans(model, place)) yield* ask({ ...span, address: span.address + shift });
      if (answered === moved.length)
        for (const hole of holesOf(model)) yield* ask({ ...hole, address: hole.address + shift });
      break;
    }
  }
  return surveyOf([...reads.values()]);
}

export function surveyOf(reads: Survey['reads']): Survey {
  const words = new Map<string, number | 'refused'>();
  for (const { block, answer } of reads)
    for (let offset = 0; offset < block.count; offset++) {
      const key = `${block.area} ${block.address + offset}`;
      const word = 'words' in answer ? answer.words[offset] : undefined;
      if (word !== undefined) words.set(key, word);
      else if (!words.has(key)) words.set(key, 'refused');
    }
  return { reads, at: (area, address) => words.get(`${area} ${address}`) ?? 'unread' };
}
