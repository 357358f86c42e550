/// <reference lib="dom" />
// Commissioning in a real browser: an unknown meter that is set to another order of words than its model states becomes a
// device with live values - identified, test-read, put right, saved - in under two minutes.
import { loadLibrary, type ModbusModel } from '@louwei/device-profiles';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLANTS } from '../plant/registry.ts';
import { type ModbusPort, startModbusPort } from '../protocols/modbus/server.ts';
import { type Client, signIn } from './client.ts';
import { freePort, type Product, partsMissing, startProduct, until } from './product.ts';
import { CHROMIUM, look, signedIn, startBrowser } from './screen.ts';

const missing = partsMissing(CHROMIUM);
const MODEL = 'eastron/sdm630';
const UNIT = 7;
const UNDER_MS = 120_000;
/** 2026-01-15 10:00 UTC, a working day: the machines run. */
const NOW_MS = Date.UTC(2026, 0, 15, 10);

function meter(): ModbusModel {
  const model = loadLibrary().models.get(MODEL);
  if (model?.protocol !== 'modbus') throw new Error(`no Modbus model ${MODEL}`);
  return { ...model, modbus: { ...model.modbus, wordOrder: 'CDAB' } };
}

async function serveMeter(): Promise<ModbusPort> {
  const model = meter();
  const machine = PLANTS.get(model.class)?.build(7);
  for (let second = 0; second < 120; second++) machine?.step(1, NOW_MS + second * 1000, new Set());
  const values = machine?.points() ?? {};
  return startModbusPort([
    { unit: UNIT, device: { id: 'X', model, values: () => values, version: () => 1, offline: () => false } },
  ]);
}

describe.skipIf(missing)('commissioning in Chromium', () => {
  let product: Product;
  let browser: Browser;
  let client: Client;
  let port: ModbusPort;

  beforeAll(async () => {
    port = await serveMeter();
    product = await startProduct();
    client = await signIn(product.url);
    await until('the gateway is online', 60_000, async () => {
      const { items } = await client.get<{ items: { id: string; online: boolean }[] }>('/api/v1/gateways');
      return items.some(({ id, online }) => id === 'gw-1' && online);
    });
    browser = await startBrowser();
  }, 150_000);
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
    await port?.stop();
  });

  it('takes a new meter from its address to live values', async () => {
    const page = await signedIn(browser, product.url, { viewport: { width: 1366, height: 768 }, locale: 'zh-CN' });
    page.setDefaultTimeout(45_000);
    await page.getByTestId('person-menu').click();
    await page.getByTestId('open-gateways').click();
    await page.getByTestId('gateway-gw-1').getByRole('link').click();
    await page.getByTestId('device-TR-1').waitFor();
    await look(page, 'commission-devices', true);
    const begunMs = performance.now();
    await page.getByTestId('add-device').click();

    await page.getByTestId('identify-open').click();
    await page.getByTestId('identify-host').fill('127.0.0.1');
    await page.getByTestId('identify-port').fill(String(port.port));
    await page.getByTestId('identify-unit').fill(String(UNIT));
    await page.getByTestId('identify-now').click();
    const candidate = page.getByTestId(`candidate-${MODEL}`);
    await candidate.waitFor();
    expect(await candidate.innerText()).toContain('CDAB');
    await look(page, 'commission-identified', true);
    await candidate.getByRole('button').click();

    await page.getByTestId('device-id').fill('M-900');
    await page.getByTestId('name-zh').fill('九层总表');
    await page.getByTestId('name-en').fill('Meter 9F');
    await page.getByTestId('place-floor').fill('9F');
    expect(await page.getByTestId('field-connection.host').inputValue()).toBe('127.0.0.1');
    expect(await page.getByTestId('field-connection.wordOrder').inputValue()).toBe('CDAB');
    // As somebody would who mistook the port: told what to check, and that this entry is the one that was read.
    await page.getByTestId('field-connection.port').fill(String(await freePort()));
    await page.getByTestId('test-read').click();
    expect(await page.getByTestId('read-failed').innerText()).toContain('端口拒绝连接');
    expect(await page.getByText('填写内容已有改动').count()).toBe(0);
    await look(page, 'commission-refused', true);
    await page.getByTestId('field-connection.port').fill(String(port.port));
    await page.getByText('填写内容已有改动').waitFor();
    // As somebody would enter it who has only the type plate.
    await page.getByTestId('field-connection.wordOrder').selectOption('');
    await page.getByTestId('test-read').click();
    await page.getByTestId('readings').waitFor();
    await look(page, 'commission-wrong-order', true);
    await page.getByTestId('compare-orders').click();
    await page.getByTestId('best-order').waitFor();
    await look(page, 'commission-orders', true);
    await page.getByTestId('use-CDAB').click();
    await page.getByTestId('test-read').click();
    await until('the reading is plausible', 45_000, async () => {
      const text = await page.getByTestId('reading-voltageL1').innerText();
      return /2[1-4]\d\.\d/.test(text);
    });
    await page.getByTestId('save-reason').fill('新装电表');
    await look(page, 'commission-save', true);
    await page.getByTestId('save-device').click();
    await page.getByTestId('values-live').waitFor();
    const tookMs = performance.now() - begunMs;
    await look(page, 'commission-live', true);
    await page.getByTestId('version-in-force').waitFor();
    await page.getByTestId('open-equipment').click();
    await page.getByTestId('point-voltageL1').waitFor();
    expect(await page.getByTestId('point-voltageL1').innerText()).toMatch(/2[1-4]\d\.\d/);
    await look(page, 'commission-equipment', true);
    expect(tookMs).toBeLessThan(UNDER_MS);
    console.info(`commissioned in ${(tookMs / 1000).toFixed(1)} s`);
    await page.context().close();
  });

  it('takes it away again, after showing what changes', async () => {
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'en-GB' });
    const page = await context.newPage();
    page.setDefaultTimeout(45_000);
    await context.addCookies(
      client.cookie.split('; ').map((pair) => {
        const [name = '', value = ''] = pair.split('=');
        return { name, value, url: product.url };
      }),
    );
    await page.goto(`${product.url}/gateways/gw-1/devices/M-900`);
    await page.getByTestId('language-switch').selectOption('en');
    await page.getByTestId('field-connection.unit').fill('8');
    await page.getByTestId('changes').waitFor();
    expect(await page.getByTestId('changes').innerText()).toContain('7 → 8');
    await look(page, 'commission-edit', true);
    await page.goto(`${product.url}/gateways/gw-1`);
    await page.getByTestId('remove-M-900').click();
    await page.getByTestId('reason').fill('wrong floor');
    await look(page, 'commission-remove', true);
    await page.getByTestId('reason-confirm').click();
    await page.getByTestId('version-in-force').getByText('Configuration 2').waitFor();
    await page.getByTestId('device-M-900').waitFor({ state: 'detached' });
    expect(await page.getByTestId('versions').innerText()).toContain('replaced');
    await page.getByTestId('device-TR-1').waitFor();
    await look(page, 'commission-removed', true);
    await context.close();
  });
});
