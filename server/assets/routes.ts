// Reading the equipment register over HTTP.
import type { DeviceModel, EquipmentClass } from '@louwei/device-profiles';
import { z } from 'zod';
import { equipment as contract, listOf } from '../contract/index.ts';
import { type AnyRoute, ProblemError, route } from '../platform/http/route.ts';
import { describePoints } from './core/point-description.ts';
import type { EquipmentDirectory } from './directory.ts';
import type { EquipmentSummaries } from './summaries.ts';

export interface AssetRouteSources {
  readonly directory: EquipmentDirectory;
  readonly summaries: EquipmentSummaries;
  /** Class of the equipment with its own limits. */
  readonly classOf: (equipmentId: string) => EquipmentClass | undefined;
  readonly models: ReadonlyMap<string, DeviceModel>;
  /** Present values of one piece of equipment. */
  readonly valuesOf: (equipmentId: string) => contract.PointValue[];
}

export function assetRoutes({ directory, summaries, classOf, models, valuesOf }: AssetRouteSources): AnyRoute[] {
  const byId = <T extends { readonly id: string }>(items: T[]): T[] => items.sort((a, b) => (a.id < b.id ? -1 : 1));
  return [
    route({
      method: 'GET',
      path: '/api/v1/gateways',
      permission: 'gateway:read',
      summary: 'All gateways with their state and commit watermark',
      tag: 'equipment',
      answer: listOf(contract.gateway),
      async handle() {
        const items = [...directory.gateways()].flatMap(({ id }) => summaries.gateway(id) ?? []);
        return { body: { items: byId(items), nextCursor: null } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/equipment',
      permission: 'equipment:read',
      summary: 'All equipment with its worst state',
      tag: 'equipment',
      answer: listOf(contract.equipmentSummary),
      async handle() {
        const items = [...directory.all()].flatMap(({ id }) => summaries.summary(id) ?? []);
        return { body: { items: byId(items), nextCursor: null } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/equipment/:id',
      permission: 'equipment:read',
      summary: 'One piece of equipment with its points and present values',
      tag: 'equipment',
      params: z.object({ id: z.string().min(1).max(200) }),
      answer: contract.equipmentDetail,
      async handle({ params }) {
        const record = directory.equipment(params.id);
        const summary = summaries.summary(params.id);
        if (record === undefined || summary === undefined)
          throw new ProblemError(404, 'not-found', `there is no equipment ${params.id}`);
        return {
          body: {
            ...summary,
            connection: record.connection,
            points: describePoints(record, classOf(record.id), models.get(record.model)),
            values: valuesOf(params.id),
          },
        };
      },
    }),
  ];
}
