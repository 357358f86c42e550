// Fault F30: cable pull, server restart, loss of session or subscription. What was lost is said in the declared time, and values
// flow again by themselves in under 30 s.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MISSED_UNTIL_STALE, OPCUA_CONFIRM_MS } from '../../points/core/expectation.ts';
import { type FixtureHost, fixtureHost, until } from '../host.fixture.ts';
import type { Driver } from '../port.ts';
import { type Cable, type OldConnections, startCable } from './cable.fixture.ts';
import {
  driverTo,
  makeServerCertificate,
  type ServerFixture,
  sessionsOf,
  startServer,
  subscriptionsOf,
} from './server.fixture.ts';

const AGAIN_WITHIN_MS = 30_000;
/** When the pipeline would call the values stale, if the driver had said nothing. */
const DECLARED_MS = MISSED_UNTIL_STALE * OPCUA_CONFIRM_MS;
/** Of the session the driver asks for: two thirds of its timeout of 30 s. */
const SESSION_KEEP_ALIVE_MS = 20_000;

let certificates: string;
let pkiHost: FixtureHost;

beforeAll(async () => {
  pkiHost = fixtureHost();
  certificates = await makeServerCertificate(pkiHost);
});
afterAll(() => pkiHost.dispose());

interface Plant {
  readonly host: FixtureHost;
  readonly driver: Driver;
  fixture: ServerFixture;
  readonly cable: Cable;
  readonly pressure: () => unknown;
}

/** A server, a cable and a driver that has its first values; taken down whatever the test finds. */
async function withPlant(test: (plant: Plant) => Promise<void>): Promise<void> {
  const host = fixtureHost();
  const fixture = await startServer(certificates);
  const cable = await startCable(fixture.port);
  const driver = driverTo(host, cable.port);
  const plant: Plant = { host, fixture, cable, driver, pressure: () => host.latest('pump-1', 'pressure')?.value };
  try {
    await driver.start();
    await until(() => host.latest('pump-1', 'serial') !== undefined, 'first values', 60_000);
    expect(plant.pressure()).toBe(125);
    await test(plant);
  } finally {
    await driver.stop();
    cable.close();
    await plant.fixture.stop();
    host.dispose();
  }
}

const notificationsOf = (fixture: ServerFixture): number =>
  subscriptionsOf(fixture).reduce((sum, one) => sum + one.subscriptionDiagnostics.notificationsCount, 0);

function closeSessions({ server }: ServerFixture): void {
  for (const { authenticationToken } of sessionsOf(server))
    server.engine.closeSession(authenticationToken, true, 'Terminated');
}
function deleteSubscriptions(fixture: ServerFixture): void {
  for (const subscription of subscriptionsOf(fixture)) subscription.terminate();
}
function forgetItems(fixture: ServerFixture): void {
  for (const subscription of subscriptionsOf(fixture)) {
    const { monitoredItems } = subscription as unknown as { monitoredItems: Map<number, unknown> };
    subscription.removeMonitoredItems([...monitoredItems.keys()]);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A value that was never there before comes; @returns after how long. */
async function flowsAgain({ fixture, pressure }: Plant, bar: number): Promise<number> {
  const sinceMs = performance.now();
  fixture.setPressure(bar);
  await until(() => pressure() === bar * 10, 'values flow again', 2 * AGAIN_WITHIN_MS);
  return performance.now() - sinceMs;
}

describe.concurrent('F30 OPC UA', { timeout: 180_000 }, () => {
  it.each<[OldConnections, string]>([
    ['repeated', 'TCP repeats what was lost'],
    ['forgotten', 'old connections stay dead, as behind a firewall that forgot them'],
  ])('the cable is pulled for longer than the keep-alive of the session and put back: %s, %s', (old) =>
    withPlant(async (plant) => {
      const { host, cable, fixture, pressure } = plant;
      const pulledAtMs = Date.now();
      const pulledAt = performance.now();
      cable.pull();
      fixture.setPressure(17);
      await until(() => host.stateOf('pump-1')?.online === false, 'the loss is noticed', DECLARED_MS);
      for (const point of ['pressure', 'running', 'serial'])
        expect(host.latest('pump-1', point)).toMatchObject({ value: null, quality: 'not-connected' });
      // On a busy machine the cable may be out before the session is complete.
      expect(host.stateOf('pump-1')).toMatchObject({
        reason: expect.stringMatching(
          /no word from the subscription|no answer within 15 s while the session was set up/,
        ),
      });
      // No fresh time on an old value: what was confirmed before the loss was noticed is as old as the last answer.
      const good = host.received.filter(({ reading }) => reading.quality === 'good').at(-1);
      expect(good?.reading.gatewayTimeMs).toBeLessThan(pulledAtMs + OPCUA_CONFIRM_MS / 2);

      await until(() => cable.attempts > 0, 'the driver tries again', AGAIN_WITHIN_MS);
      await pause(SESSION_KEEP_ALIVE_MS + 2000 - (performance.now() - pulledAt));
      expect(host.stateOf('pump-1')).toMatchObject({ online: false });
      expect(pressure()).toBeNull();

      cable.plug(old);
      expect(await flowsAgain(plant, 18)).toBeLessThan(AGAIN_WITHIN_MS);
      expect(host.stateOf('pump-1')).toEqual({ online: true });
      expect(host.latest('pump-1', 'serial')).toMatchObject({ value: 'SN-7', quality: 'good' });
    }),
  );

  it('what the cable held back is not taken for news: a session that was given up says nothing more', () =>
    withPlant(async (plant) => {
      const { host, cable, fixture, pressure } = plant;
      cable.pull();
      fixture.setPressure(17);
      await until(() => host.stateOf('pump-1')?.online === false, 'the loss is noticed', DECLARED_MS);
      const lostAt = host.received.length;
      fixture.setPressure(18);
      cable.plug('repeated');
      await until(() => pressure() === 180, 'values flow again', 2 * AGAIN_WITHIN_MS);
      const since = host.received.slice(lostAt).filter(({ reading }) => reading.point === 'pressure');
      expect(since.map(({ reading }) => reading.value)).toEqual([180]);
    }));

  it('the server is stopped and started again', () =>
    withPlant(async (plant) => {
      const { host, fixture } = plant;
      await fixture.stop();
      await until(() => host.stateOf('pump-1')?.online === false, 'the loss is noticed', DECLARED_MS);
      expect(host.latest('pump-1', 'pressure')).toMatchObject({ value: null, quality: 'not-connected' });
      plant.fixture = await startServer(certificates, fixture.port);
      expect(await flowsAgain(plant, 18)).toBeLessThan(AGAIN_WITHIN_MS);
      expect(host.stateOf('pump-1')).toEqual({ online: true });
    }));

  it.each<[string, (server: ServerFixture) => void]>([
    ['the server closes the session', closeSessions],
    ['the server deletes the subscription', deleteSubscriptions],
    ['the server forgets the items, and the subscription goes on with keep-alives', forgetItems],
  ])('%s', (_what, lose) =>
    withPlant(async (plant) => {
      const { host, fixture } = plant;
      // The clock of the server is seen to tick.
      const first = notificationsOf(fixture);
      await until(() => notificationsOf(fixture) >= first + 3, 'three ticks', 60_000);
      const readings = host.received.length;
      lose(fixture);
      await until(() => host.stateOf('pump-1')?.online === false, 'the loss is noticed', DECLARED_MS);
      expect(host.received.slice(readings)).toContainEqual(
        expect.objectContaining({
          reading: expect.objectContaining({ point: 'pressure', value: null, quality: 'not-connected' }),
        }),
      );
      expect(await flowsAgain(plant, 18)).toBeLessThan(AGAIN_WITHIN_MS);
      expect(host.stateOf('pump-1')).toEqual({ online: true });
    }),
  );
});
