// The device library as an engineer chooses from it: which models there are, and what the values of one mean.
import {
  type DeviceModel,
  type EquipmentClass,
  type LoadedLibrary,
  pointNames,
  registerCount,
} from '@louwei/device-profiles';
import type { ModelPoints, ModelSummary } from '../contract/commissioning.ts';

type Library = Pick<LoadedLibrary, 'classes' | 'models'>;

export function listModels({ classes, models }: Library): ModelSummary[] {
  return [...models.values()]
    .flatMap((model): ModelSummary[] => {
      const subject = classes.get(model.class);
      if (subject === undefined) return [];
      const { model: name, label, protocol, proof } = model;
      return [
        {
          model: name,
          label,
          class: subject.class,
          classLabel: subject.label,
          group: subject.group,
          protocol,
          proof,
          multiRegisterPoints: multiRegisterPoints(model),
          wordOrder: model.protocol === 'modbus' ? model.modbus.wordOrder : null,
        },
      ];
    })
    .sort((a, b) => (a.model < b.model ? -1 : 1));
}

/** Texts apart: a wrong order of theirs is seen at once and harms nothing. */
function multiRegisterPoints(model: DeviceModel): string[] {
  if (model.protocol !== 'modbus') return [];
  return Object.entries(model.points)
    .filter(([, point]) => point.type !== 'text' && point.type !== 'bit' && registerCount(point) > 1)
    .map(([name]) => name);
}

export function describeModel(model: DeviceModel, subject: EquipmentClass): ModelPoints {
  return {
    points: pointNames(model).flatMap((name) => {
      const known = subject.points[name];
      if (known === undefined) return [];
      const { label, kind, unit = null, range = null, decimals, values = null } = known;
      return [{ point: name, label, kind, unit, range, decimals: decimals ?? (kind === 'analog' ? 1 : 0), values }];
    }),
  };
}
