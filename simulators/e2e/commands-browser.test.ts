/// <reference lib="dom" />
// Commanding equipment in a real browser: value and reason, what will happen, and the outcome in words - in both languages.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from './client.ts';
import { ADMIN_PASSWORD, type Product, partsMissing, simulate, startProduct, until } from './product.ts';
import { CHROMIUM, look, signedIn, startBrowser } from './screen.ts';

const missing = partsMissing(CHROMIUM);

describe.skipIf(missing)('remote commands in Chromium', () => {
  let product: Product;
  let browser: Browser;

  const open = async (username: string, equipment: string): Promise<Page> => {
    const page = await signedIn(browser, product.url, { viewport: { width: 1366, height: 900 }, username });
    await page.getByTestId('equipment-tile-TR-1').waitFor({ timeout: 15_000 });
    await page.goto(`${product.url}/equipment/${equipment}`);
    await page.getByTestId('command-history').waitFor({ timeout: 15_000 });
    return page;
  };

  beforeAll(async () => {
    product = await startProduct();
    const client = await signIn(product.url);
    await until('lights and pumps answer', 60_000, async () => {
      const { items } = await client.get<{ items: { id: string; online: boolean }[] }>('/api/v1/equipment?limit=500');
      return ['LI-1', 'BP-1'].every((id) => items.some((item) => item.id === id && item.online));
    });
    const li = { username: 'li', name: 'Li', role: 'operator', language: 'en', password: ADMIN_PASSWORD };
    expect((await client.send('POST', '/api/v1/people', li)).status).toBe(201);
    browser = await startBrowser();
  }, 150_000);
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  it('an operator sets a pressure and sees it confirmed', async () => {
    const page = await open('li', 'BP-1');
    await page.getByTestId('command-pressureSetpoint').click();
    await page.getByTestId('command-value').fill('1.2');
    await page.getByTestId('command-reason').fill('top floor complains');
    expect(await page.getByTestId('command-check').isDisabled()).toBe(true);
    await look(page, 'command-entry-en');
    await page.getByTestId('command-value').fill('0.5');
    await page.getByTestId('command-check').click();
    expect(await page.getByTestId('command-confirm').innerText()).toMatch(/0\.450 MPa → 0\.500 MPa/);
    await look(page, 'command-confirm-en');
    await page.getByTestId('command-send').click();
    await page.getByTestId('command-confirmed').waitFor({ timeout: 30_000 });
    expect(await page.getByTestId('command-confirmed').innerText()).toContain('Confirmed by read-back.');
    await look(page, 'command-confirmed-en');
    await page.context().close();
  });

  it('a contactor that does not follow is told as failed, in Chinese', async () => {
    simulate(product, 'fault', 'LI-1', 'contactor-fault');
    const page = await open('admin', 'LI-1');
    const present = await page.getByTestId('point-scheduleOn').locator('.pt-value').innerText();
    await page.getByTestId('command-scheduleOn').click();
    await page.getByTestId('command-value').selectOption(present.trim() === '开' ? '0' : '1');
    await page.getByTestId('command-reason').fill('夜间节能');
    await page.getByTestId('command-check').click();
    await look(page, 'command-confirm-zh');
    await page.getByTestId('command-send').click();
    await page.getByTestId('command-failed').waitFor({ timeout: 30_000 });
    expect(await page.getByTestId('command-failed').innerText()).toContain('失败，未生效');
    await look(page, 'command-failed-zh');
    await page.context().close();
  });
});
