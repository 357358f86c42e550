// A device is found by what it answers: model, word order, counting of addresses; and one read at a time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRegisters, pointSpans, type WordOrder } from '../../decode/core/registers.ts';
import { loadLibrary } from '../../loader.ts';
import { type ModbusModel, WORD_ORDERS } from '../../schema/model.ts';
import { decodingsOf } from './decodings.ts';
import { readAnswer, requestBytes } from './frame.ts';
import { rank } from './rank.ts';
import { report } from './report.ts';
import { type Answer, type Block, blocksOf, placesOf, type Survey, survey } from './survey.ts';

const { classes, models: all } = loadLibrary();
const models = [...all.values()].filter((model): model is ModbusModel => model.protocol === 'modbus');

function modelOf(name: string): ModbusModel {
  const model = models.find((one) => one.model === name);
  if (model === undefined) throw new Error(`no Modbus model ${name}`);
  return model;
}

/** A strict device: what the model names is answered, everything else refused with exception 2. */
function deviceOf(model: ModbusModel, values: Record<string, number>, wordOrder: WordOrder, shift = 0) {
  const memory = new Map<string, number>();
  for (const [name, place] of Object.entries(model.points)) {
    const words = encodeRegisters(place, wordOrder, values[name] ?? 0);
    let at = 0;
    for (const { area, address, count } of pointSpans(model, place))
      for (let own = address; own < address + count; own++) memory.set(`${area} ${own + shift}`, words[at++] ?? 0);
  }
  return ({ area, address, count }: Block): Answer => {
    const words = Array.from({ length: count }, (_, offset) => memory.get(`${area} ${address + offset}`));
    const known = words.filter((word) => word !== undefined);
    return known.length === count ? { words: known } : { exception: 2 };
  };
}

function surveyed(device: (block: Block) => Answer, wanted: readonly Block[] = []): Survey {
  const steps = survey(models, wanted);
  let step = steps.next();
  while (step.done !== true) step = steps.next(device(step.value));
  return step.value;
}

const METER = {
  voltageL1: 231.2,
  voltageL2: 229.8,
  voltageL3: 230.4,
  currentL1: 41.5,
  activePower: 27.4,
  frequency: 50.01,
};

describe('the survey', () => {
  it('reads every register of a model, each once, within its limits and never across a hole', () => {
    for (const model of models) {
      const blocks = blocksOf(model);
      const wanted = new Set(
        placesOf(model).flatMap(([, place]) =>
          pointSpans(model, place).flatMap(({ area, address, count }) =>
            Array.from({ length: count }, (_, offset) => `${area} ${address + offset}`),
          ),
        ),
      );
      const read = blocks.flatMap(({ area, address, count }) =>
        Array.from({ length: count }, (_, offset) => `${area} ${address + offset}`),
      );
      expect(new Set(read), model.model).toEqual(wanted);
      expect(read, model.model).toHaveLength(wanted.size);
      expect(Math.max(...blocks.map(({ count }) => count))).toBeLessThanOrEqual(model.modbus.maxRegistersPerRead);
    }
  });

  it('asks nothing twice, whatever the device answers, and ends', () => {
    const answer = fc.oneof(
      fc.constant<Answer>({ exception: 2 }),
      fc.constant<Answer>({ silent: true }),
      fc.integer({ min: 0, max: 0xffff }).map((word): { word: number } => ({ word })),
    );
    fc.assert(
      fc.property(fc.infiniteStream(answer), (answers) => {
        const asked: string[] = [];
        const seen = surveyed((block) => {
          asked.push(JSON.stringify(block));
          const given = answers.next().value;
          return 'word' in given ? { words: Array.from({ length: block.count }, () => given.word) } : given;
        });
        expect(new Set(asked).size).toBe(asked.length);
        expect(rank(models, classes, seen).every(({ score }) => Number.isFinite(score))).toBe(true);
        for (const line of report('x', rank(models, classes, seen), seen).split('\n'))
          expect(line.length).toBeLessThanOrEqual(100);
      }),
      { numRuns: 15 },
    );
  });

  it('leaves a device alone that refuses everything', () => {
    const seen = surveyed(() => ({ exception: 2 }));
    expect(rank(models, classes, seen)).toEqual([]);
    expect(report('x', [], seen)).toContain('No model of the library fits this device.');
  });
});

describe('the ranking', () => {
  it.each(WORD_ORDERS)('finds a meter in word order %s', (wordOrder) => {
    const model = modelOf('eastron/sdm630');
    const seen = surveyed(deviceOf(model, { ...METER, energyImport: 1234.5 }, wordOrder));
    const [first] = rank(models, classes, seen);
    expect(first).toMatchObject({ model: { model: 'eastron/sdm630' }, wordOrder, wordOrderShown: true, fits: true });
    expect(first?.reasonsFor.join('\n')).toMatch(/near a nominal value: voltageL1 231.2 V/);
    expect(first?.reasonsAgainst.some((reason) => reason.includes('word order'))).toBe(wordOrder !== 'ABCD');
    if (first === undefined) return;
    const voltage = decodingsOf(first).find(({ name }) => name === 'voltageL1');
    expect(voltage?.values[wordOrder]).toBeCloseTo(231.2, 3);
    for (const other of WORD_ORDERS.filter((order) => order !== wordOrder))
      expect(voltage?.values[other]).not.toBeCloseTo(231.2, 3);
  });

  it.each([-1, 1] as const)('finds addresses that lie off by %i', (shift) => {
    const seen = surveyed(deviceOf(modelOf('chint/dtsu666'), METER, 'ABCD', shift));
    expect(rank(models, classes, seen)[0]).toMatchObject({ model: { model: 'chint/dtsu666' }, addressShift: shift });
  });

  it('does not pretend to know the word order of a machine that stands still', () => {
    const seen = surveyed(deviceOf(modelOf('eastron/sdm630'), {}, 'CDAB'));
    expect(rank(models, classes, seen)[0]).toMatchObject({ wordOrder: 'ABCD', wordOrderShown: false });
  });

  it('names models that share their registers as twins of the first', () => {
    const seen = surveyed(deviceOf(modelOf('janitza/umg96rm-e'), METER, 'ABCD'));
    const [first] = rank(models, classes, seen);
    expect([first?.model.model, ...(first?.sameAs ?? [])].sort()).toEqual(['janitza/umg96rm-e', 'weidmueller/em525']);
  });
});

describe('the frame', () => {
  const block: Block = { area: 'input', address: 0x34, count: 2 };

  it('asks with function codes 1 to 4 only', () => {
    expect([...requestBytes(0x102, 3, block)]).toEqual([1, 2, 0, 0, 0, 6, 3, 4, 0, 0x34, 0, 2]);
    const codes = (['coil', 'discrete', 'holding', 'input'] as const).map(
      (area) => requestBytes(1, 1, { ...block, area })[7],
    );
    expect(codes).toEqual([1, 2, 3, 4]);
  });

  it('takes only the answer to its own request', () => {
    const bytes = [1, 2, 0, 0, 0, 7, 3, 4, 4, 0x43, 0x66, 0x33, 0x33];
    const read = (...change: [at: number, byte: number][]) => {
      const own = [...bytes];
      for (const [at, byte] of change) own[at] = byte;
      return readAnswer(new Uint8Array(own), 0x102, 3, block);
    };
    expect(read()).toEqual({ words: [0x4366, 0x3333] });
    expect(read([1, 3])).toContain('another request');
    expect(read([6, 4])).toBe('it answers as unit 4');
    expect(read([2, 7])).toContain('not Modbus TCP');
    expect(read([8, 2])).toContain('another form');
    expect(readAnswer(new Uint8Array(bytes.slice(0, 12)), 0x102, 3, block)).toBeNull();
    expect(readAnswer(new Uint8Array([1, 2, 0, 0, 0, 3, 3, 0x84, 2]), 0x102, 3, block)).toEqual({ exception: 2 });
  });

  it('never fails on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 125 }), (bytes, count) => {
        const answer = readAnswer(bytes, 1, 1, { ...block, count });
        expect(answer === null || typeof answer === 'string' || 'words' in answer || 'exception' in answer).toBe(true);
      }),
    );
  });
});
