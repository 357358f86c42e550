// Commissioning over HTTP: ask a gateway, try a device, give it a configuration, choose from the device library.

import type { LoadedLibrary } from '@louwei/device-profiles';
import { answer, description, identified, type RequestCall, testRead } from '@louwei/gateway/sparkplug';
import { z } from 'zod';
import type { EquipmentDirectory } from '../assets/directory.ts';
import * as contract from '../contract/commissioning.ts';
import type { Db } from '../migrations/tables.ts';
import { writeAudit } from '../people/audit.ts';
import { type AnyRoute, type Caller, ProblemError, route } from '../platform/http/route.ts';
import { describeModel, listModels } from './catalog.ts';
import type { Commissioning } from './commissioning.ts';
import { withoutSecrets } from './core/secrets.ts';
import { presentGateway, problemOf } from './refusals.ts';

export interface CommissioningRouteSources {
  readonly db: Db;
  readonly directory: Pick<EquipmentDirectory, 'gateway'>;
  readonly library: Pick<LoadedLibrary, 'classes' | 'models'>;
  readonly commissioning: Commissioning;
  readonly now: () => number;
}

const permission = 'gateway:manage';
const tag = 'commissioning';
const path = '/api/v1/gateways/:id';
const params = z.object({ id: z.string().min(1).max(129) });

interface Asking {
  readonly id: string;
  readonly caller: Caller;
  readonly ip: string;
}

export function commissioningRoutes(sources: CommissioningRouteSources): AnyRoute[] {
  const { db, directory, library, commissioning, now } = sources;
  const { configurations } = commissioning;
  const models = listModels(library);

  /** Recorded before it is sent: reading a device is an act in the plant. */
  async function ask<T extends z.ZodType>(
    { id, caller, ip }: Asking,
    call: RequestCall,
    result: T,
    detail: Record<string, unknown>,
  ): Promise<z.output<T>> {
    const gateway = presentGateway(directory, id);
    const action = `gateway-${call.method}`;
    await writeAudit(db, { atMs: now(), actor: caller.username, action, target: id, detail, ip });
    const told = answer.parse(await commissioning.requests.ask(gateway, call));
    if (!told.ok) throw problemOf(told);
    const parsed = result.safeParse(told.result);
    if (!parsed.success)
      throw new ProblemError(
        502,
        'gateway-failed',
        `${id} answered with something else: ${z.prettifyError(parsed.error)}`,
      );
    return parsed.data;
  }

  return [
    route({
      method: 'GET',
      path: '/api/v1/gateways/signing-key',
      permission: 'gateway:read',
      summary: 'The public key that gateways check requests of this server with (management.publicKey)',
      tag,
      answer: contract.signingKey,
      handle: async () => ({ body: { algorithm: 'Ed25519' as const, publicKey: commissioning.publicKey() } }),
    }),
    route({
      method: 'GET',
      path: `${path}/description`,
      permission,
      summary: 'Ask a gateway for its devices and for the connection schemas of its drivers',
      tag,
      params,
      answer: contract.gatewayDescription,
      async handle({ params: { id }, caller, ip }) {
        const told = await ask({ id, caller, ip }, { method: 'describe' }, description, {});
        return { body: { ...told, devices: withoutSecrets(told.devices) } };
      },
    }),
    route({
      method: 'POST',
      path: `${path}/test-reads`,
      permission,
      summary: 'Let a gateway read a device once, configured or not',
      tag,
      params,
      body: contract.newTestRead,
      answer: contract.testRead,
      async handle({ params: { id }, body: { device }, caller, ip }) {
        const [shown = {}] = withoutSecrets([device]);
        return { body: await ask({ id, caller, ip }, { method: 'test-read', device }, testRead, { device: shown }) };
      },
    }),
    route({
      method: 'POST',
      path: `${path}/identifications`,
      permission,
      summary: 'Let a gateway find out what an unknown Modbus TCP device is; it only reads',
      tag,
      params,
      body: contract.newIdentification,
      answer: contract.identification,
      handle: async ({ params: { id }, body, caller, ip }) => ({
        body: await ask({ id, caller, ip }, { method: 'identify', ...body }, identified, { ...body }),
      }),
    }),
    route({
      method: 'GET',
      path: `${path}/configuration`,
      permission,
      summary: 'The configuration a gateway has to run, what it says it runs, and every version before',
      tag,
      params,
      answer: contract.gatewayConfiguration,
      handle: async ({ params: { id } }) => ({ body: await configurations.read(id) }),
    }),
    route({
      method: 'POST',
      path: `${path}/configuration`,
      permission,
      summary: 'Give a gateway its devices; it takes them on trial and goes back when it loses the server over them',
      tag,
      params,
      body: contract.newConfiguration,
      answer: contract.gatewayConfiguration,
      handle: async ({ params: { id }, body, caller, ip }) => ({
        status: 202,
        body: await configurations.save(id, body, { username: caller.username, ip }),
      }),
    }),
    route({
      method: 'POST',
      path: `${path}/configuration/:version/restore`,
      permission,
      summary: 'Give a gateway the devices of an earlier version again, as a new version',
      tag,
      params: params.extend({ version: z.coerce.number().int().min(1) }),
      body: contract.restoredConfiguration,
      answer: contract.gatewayConfiguration,
      handle: async ({ params: { id, version }, body, caller, ip }) => ({
        status: 202,
        body: await configurations.restore(id, version, body, { username: caller.username, ip }),
      }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/models',
      permission: 'equipment:read',
      summary: 'The models of the device library',
      tag,
      answer: contract.modelList,
      handle: async () => ({ body: { items: models } }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/models/:maker/:product',
      permission: 'equipment:read',
      summary: 'The points of a model with their units and plausible ranges',
      tag,
      params: z.object({ maker: z.string().max(64), product: z.string().max(64) }),
      answer: contract.modelPoints,
      async handle({ params: { maker, product } }) {
        const model = library.models.get(`${maker}/${product}`);
        const subject = model === undefined ? undefined : library.classes.get(model.class);
        if (model === undefined || subject === undefined)
          throw new ProblemError(404, 'not-found', `there is no model ${maker}/${product}`);
        return { body: describeModel(model, subject) };
      },
    }),
  ];
}
