// The maker's own numbers against the decoder: the one check that a simulator made from the same file cannot give.
import { convertRaw, type Decoded } from '../../decode/core/conversion.ts';
import { derivationsOf, derive } from '../../decode/core/derived.ts';
import { parsePayload, pickPath } from '../../decode/core/path.ts';
import { decodeRegisters, pointSpans } from '../../decode/core/registers.ts';
import type { EquipmentClass, Point } from '../../schema/class.ts';
import { type DeviceModel, type ModbusModel, type ModbusPoint, pointNames } from '../../schema/model.ts';
import { type Finding, finding, oneOf } from './finding.ts';

export function lintExamples(model: DeviceModel, subject: EquipmentClass): Finding[] {
  return model.examples.flatMap((example, index) => {
    const path = ['examples', index];
    if (!pointNames(model).includes(example.point))
      return [finding([...path, 'point'], example.point, `a point of the model: ${oneOf(pointNames(model))}`)];
    const point = Object.hasOwn(subject.points, example.point) ? subject.points[example.point] : undefined;
    const { findings, decoded, wanted } = evaluate(model, index, point);
    if (decoded === undefined || wanted === undefined) return findings;
    if (!agrees(decoded, wanted))
      findings.push(
        finding(
          [...path, 'registers' in example ? 'registers' : 'value'],
          `${show(decoded)} after decoding`,
          show(wanted),
        ),
      );
    const [low, high] = point?.range ?? [-Infinity, Infinity];
    if (typeof decoded.value === 'number' && (decoded.value < low || decoded.value > high))
      findings.push(finding([...path, 'value'], decoded.value, `a value within the class's range [${low}, ${high}]`));
    return findings;
  });
}

interface Evaluation {
  readonly findings: Finding[];
  readonly decoded?: Decoded;
  readonly wanted?: Decoded;
}

function evaluate(model: DeviceModel, index: number, point: Point | undefined): Evaluation {
  switch (model.protocol) {
    case 'modbus':
      return evaluateModbus(model, index);
    case 'opcua':
    case 'sparkplug': {
      const example = model.examples[index];
      const mapped = example && model.points[example.point];
      if (example === undefined || mapped === undefined) return { findings: [] };
      return {
        findings: [],
        decoded: convertRaw(mapped, example.raw, point?.kind),
        wanted: { value: example.value, quality: 'good' },
      };
    }
    case 'mqtt': {
      const example = model.examples[index];
      const mapped = example && model.points[example.point];
      if (example === undefined || mapped === undefined) return { findings: [] };
      // Without a path the payload itself is the value, as the driver hands it on.
      const raw = mapped.path === undefined ? example.payload : pickPath(parsePayload(example.payload), mapped.path);
      return {
        findings: [],
        decoded: convertRaw(mapped, raw, point?.kind),
        wanted: { value: example.value, quality: 'good' },
      };
    }
  }
}

/** The registers of an example are those of the point, or of each operand of a derived one in the expression's order. */
function evaluateModbus(model: ModbusModel, index: number): Evaluation {
  const example = model.examples[index];
  if (example === undefined) return { findings: [] };
  const path = ['examples', index];
  const derivation = derivationsOf(model).find(({ point }) => point === example.point);
  const mapped = Object.hasOwn(model.points, example.point) ? model.points[example.point] : undefined;
  const places = derivation?.operands ?? (mapped === undefined ? [] : [{ name: example.point, place: mapped }]);
  const sizes = places.map(({ place }) => pointSpans(model, place).reduce((sum, { count }) => sum + count, 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (example.registers.length !== total) {
    const what = mapped === undefined ? `${places.map(({ name }) => name).join(', ')}` : `type ${mapped.type}`;
    return {
      findings: [finding([...path, 'registers'], `${example.registers.length} registers`, `${total} for ${what}`)],
    };
  }
  if (example.quality !== undefined && example.quality !== 'good' && example.value !== undefined)
    return { findings: [finding([...path, 'value'], example.value, `no value with quality ${example.quality}`)] };
  if (example.value === undefined && (example.quality === undefined || example.quality === 'good'))
    return { findings: [finding([...path, 'value'], undefined, 'the value these registers mean, or a bad quality')] };
  const decoded = new Map<string, Decoded>();
  let at = 0;
  for (const [position, { name, place }] of places.entries()) {
    const size = sizes[position] ?? 0;
    decoded.set(name, decodePlace(model, place, example.registers.slice(at, at + size)));
    at += size;
  }
  const none: Decoded = { value: null, quality: 'decode-error' };
  const decodedOf = (name: string): Decoded => decoded.get(name) ?? none;
  return {
    findings: [],
    decoded: derivation === undefined ? decodedOf(example.point) : derive(derivation, decodedOf),
    wanted: { value: example.value ?? null, quality: example.quality ?? 'good' },
  };
}

const decodePlace = (model: ModbusModel, place: ModbusPoint, registers: readonly number[]): Decoded =>
  decodeRegisters(place, model.modbus.wordOrder, registers);

const show = ({ value, quality }: Decoded): string =>
  quality === 'good' ? JSON.stringify(value) : `quality ${quality}`;

/** Six significant digits: what a single-precision float holds of a printed decimal. */
function agrees(decoded: Decoded, wanted: Decoded): boolean {
  if (decoded.quality !== wanted.quality) return false;
  if (typeof decoded.value !== 'number' || typeof wanted.value !== 'number') return decoded.value === wanted.value;
  return Math.abs(decoded.value - wanted.value) <= Math.max(1e-6 * Math.abs(wanted.value), 1e-9);
}
