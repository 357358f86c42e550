/// <reference lib="dom" />
// A flood and the pages of the alarm system in a real browser: the banner and the groups of the list, figures, the report,
// the master list with its export and import; both languages, phone to wall.
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from './client.ts';
import { type Product, partsMissing, simulate, startProduct, until } from './product.ts';
import { accessibilityFaults, CHROMIUM, look, overflowOf, signedIn, speak, startBrowser } from './screen.ts';

const DOORS = ['AC-1', 'AC-2', 'AC-3', 'AC-4', 'AC-5', 'AC-6'];
const SIZES = [
  { width: 390, height: 844 },
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
];
const PAGES = ['/alarm-system/health', '/alarm-system/floods', '/alarm-system/list', '/alarms'];

describe.skipIf(partsMissing(CHROMIUM))('the alarm system in Chromium', () => {
  let product: Product;
  let browser: Browser;
  const errors: string[] = [];

  const open = async (size: { width: number; height: number }, locale: string): Promise<Page> => {
    const page = await signedIn(browser, product.url, { viewport: size, locale, acceptDownloads: true, errors });
    await page.getByTestId('equipment-tile-TR-1').waitFor({ timeout: 15_000 });
    await speak(page, locale);
    return page;
  };
  const sim = (...args: string[]): string => simulate(product, ...args);

  beforeAll(async () => {
    product = await startProduct();
    const client = await signIn(product.url);
    await until(
      'the doors are online',
      60_000,
      async () =>
        (await client.get<{ items: { id: string; online: boolean }[] }>('/api/v1/equipment?limit=500')).items.filter(
          (item) => item.online && DOORS.includes(item.id),
        ).length === DOORS.length,
    );
    browser = await startBrowser();
  }, 150_000);
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  it('shows a flood on the list, together by kind, and its report', async () => {
    const page = await open({ width: 1366, height: 768 }, 'en');
    await page.goto(`${product.url}/alarms`);
    for (const fault of ['tamper', 'lock-fault']) for (const door of DOORS) sim('fault', door, fault);
    const banner = page.getByTestId('flood-banner');
    await banner.waitFor({ timeout: 60_000 });
    expect(await banner.textContent()).toMatch(/Flood since \d\d:\d\d, \d+ alarms, \d+ groups/);
    const heading = page.locator('.group-heading').first();
    await heading.waitFor({ timeout: 15_000 });
    expect(await heading.textContent()).toMatch(/^\d+ /);
    const client = await signIn(product.url);
    const { items } = await client.get<{ items: { id: string; end: string | null; alarms: number }[] }>(
      '/api/v1/alarm-floods',
    );
    expect(items[0]).toMatchObject({ end: null });
    expect(items[0]?.alarms).toBeGreaterThan(10);
    await page.getByTestId('nav-alarmSystem').click();
    await page.getByRole('link', { name: 'Floods' }).click();
    await page.getByTestId(`flood-${items[0]?.id}`).waitFor({ timeout: 5_000 });
    await page.context().close();
  }, 120_000);

  it('fits every screen in both languages, without a serious accessibility fault', async () => {
    for (const locale of ['zh-CN', 'en'])
      for (const size of SIZES) {
        const page = await open(size, locale);
        for (const path of PAGES) {
          await page.goto(`${product.url}${path}`);
          await page.locator('.panel, .alarm-row').first().waitFor({ timeout: 15_000 });
          await look(page, `${path.slice(1).replace('/', '-')}-${size.width}-${locale}`);
          expect(await overflowOf(page), `${path} ${size.width} ${locale}`).toBeLessThanOrEqual(0);
          if (size.width !== 1366) continue;
          expect(await accessibilityFaults(page), `${path} ${locale}`).toEqual([]);
        }
        await page.context().close();
      }
  }, 240_000);

  it('judges the figures, and names the doors among the most frequent', async () => {
    const page = await open({ width: 1366, height: 768 }, 'en');
    await page.goto(`${product.url}/alarm-system/health`);
    const row = page.getByTestId('figure-maxPer10Min');
    await row.waitFor({ timeout: 10_000 });
    expect(await row.textContent()).toMatch(/action needed|acceptable/);
    expect(await page.getByTestId('figure-dataDays').textContent()).toContain('action needed');
    expect(await page.getByTestId('trend-chart').locator('canvas').count()).toBe(1);
    await page.context().close();
  }, 60_000);

  it('lets an engineer search, export, edit and import the master list', async () => {
    const page = await open({ width: 1366, height: 768 }, 'en');
    await page.goto(`${product.url}/alarm-system/list`);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-csv').click()]);
    expect(download.suggestedFilename()).toMatch(/^alarm-list-\d{4}-\d\d-\d\d\.csv$/);
    expect(readFileSync(await download.path(), 'utf8')).toContain('access-controller,lock-fault');

    await page.getByRole('searchbox').fill('lock');
    const line = page.getByTestId('definition-access-controller/lock-fault');
    await line.getByRole('button').click();
    await page.locator('.record').waitFor({ timeout: 5_000 });
    await look(page, 'list-record-1366-en');

    await page.getByTestId('import-reviews').click();
    const give = (text: string) =>
      page
        .getByTestId('import-file')
        .setInputFiles({ name: 'reviews.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await give('class,alarm,reviewDue\naccess-controller,lock-fault,soon\n');
    await page.getByTestId('import-faults').waitFor({ timeout: 5_000 });
    expect(await page.getByTestId('import-faults').textContent()).toContain('Line 2, reviewDue: found “soon”');
    await look(page, 'import-faults-1366-en');
    await give('class,alarm,owner,reviewedOn,reviewDue\naccess-controller,lock-fault,Wang,2024-01-01,2025-01-01\n');
    await page.getByTestId('import-result').waitFor({ timeout: 5_000 });
    await page.getByTestId('import-apply').click();
    await until('the line is overdue', 5_000, async () => (await line.textContent())?.includes('OVERDUE') === true);
    expect(await line.textContent()).toContain('2025-01-01');
    expect(errors).toEqual([]);
    await page.context().close();
  }, 60_000);
});
