// Finding a model by what stands on the nameplate: every word has to be somewhere in maker, product, class or protocol.
import type { commissioning } from '@louwei/server/contract';

type Model = commissioning.ModelSummary;

export const protocolsOf = (models: readonly Model[]): readonly string[] =>
  [...new Set(models.map(({ protocol }) => protocol))].sort();

export function findModels(models: readonly Model[], text: string, protocol: string): readonly Model[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return models.filter((model) => {
    if (protocol !== '' && model.protocol !== protocol) return false;
    const { label, classLabel } = model;
    const all = [model.model, label.zh, label.en, model.class, classLabel.zh, classLabel.en, model.protocol]
      .join(' ')
      .toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
