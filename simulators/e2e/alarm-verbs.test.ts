/// <reference lib="dom" />
// What a person does to alarms in a real browser: shelve one only this time, take another out of service, see both in
// their lists with counts that are the length of the list, read it in the journal; both languages, phone to wall.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from './client.ts';
import { type Product, partsMissing, simulate, startProduct, until } from './product.ts';
import { accessibilityFaults, CHROMIUM, look, overflowOf, signedIn, speak, startBrowser } from './screen.ts';

const SIZES = [
  { width: 390, height: 844 },
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
];
const PAGES = [
  '/alarms/shelved',
  '/alarms/suppressed',
  '/alarms/out-of-service',
  '/alarms/journal',
  '/alarm-system/positions',
];
const FAULTS = [
  ['AC-1', 'lock-fault'],
  ['AC-2', 'lock-fault'],
] as const;

describe.skipIf(partsMissing(CHROMIUM))('verbs and lists of alarms in Chromium', () => {
  let product: Product;
  let browser: Browser;
  let ids: readonly string[] = [];
  const errors: string[] = [];

  const open = async (size: { width: number; height: number }, locale: string): Promise<Page> => {
    const page = await signedIn(browser, product.url, { viewport: size, locale, errors });
    await page.getByTestId('equipment-tile-AC-1').waitFor({ timeout: 15_000 });
    await speak(page, locale);
    return page;
  };
  const sim = (...args: string[]): string => simulate(product, ...args);
  const countOf = (page: Page, list: string): Promise<number> =>
    page.getByTestId(`count-${list}`).textContent().then(Number);
  /** The count in the tab is the length of the list. */
  const agree = (page: Page, list: string, testId: string, expected: number): Promise<boolean> =>
    until(`${expected} in ${list}`, 15_000, async () => {
      const rows = await page.getByTestId(testId).locator('.list-row:not(.row-closed)').count();
      return rows === expected && (await countOf(page, list)) === expected;
    });

  beforeAll(async () => {
    product = await startProduct();
    const client = await signIn(product.url);
    await until('the doors are online', 60_000, async () => {
      const { items } = await client.get<{ items: { id: string; online: boolean }[] }>('/api/v1/equipment?limit=500');
      return FAULTS.every(([id]) => items.some((item) => item.id === id && item.online));
    });
    for (const [device, fault] of FAULTS) sim('fault', device, fault);
    ids = await until('both alarms are there', 60_000, async () => {
      const { items } = await client.get<{ items: { id: string; equipmentId: string; alarm: string }[] }>(
        '/api/v1/alarms',
      );
      const found = FAULTS.flatMap(([id, fault]) =>
        items.filter(({ equipmentId, alarm }) => equipmentId === id && alarm === fault).map((alarm) => alarm.id),
      );
      return found.length === FAULTS.length && found;
    });
    browser = await startBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  it('shelves one only this time and takes another out of service, with counts that are true', async () => {
    const [shelved = '', out = ''] = ids;
    const page = await open({ width: 1366, height: 768 }, 'en');
    await page.goto(`${product.url}/alarms`);
    await page.getByTestId(`alarm-row-${shelved}`).waitFor({ timeout: 15_000 });
    const before = await countOf(page, 'active');

    // By keyboard: the row, then H.
    await page.getByTestId(`alarm-row-${shelved}`).locator('.c-message').click();
    await page.getByTestId('response-panel').waitFor();
    await look(page, 'response-1366-en');
    await page.getByTestId('alarm-grid').focus();
    await page.keyboard.press('h');
    await page.getByTestId('shelve-reason').waitFor({ timeout: 15_000 });
    expect(await page.getByTestId('shelve-submit').isDisabled()).toBe(true);
    await page.getByTestId('shelve-one-shot').check();
    await page.getByTestId('shelve-reason').fill('door is being repaired');
    await look(page, 'shelve-1366-en');
    await page.getByTestId('shelve-submit').click();
    await page.getByTestId('tab-shelved').click();
    await page.getByTestId(`shelved-${shelved}`).waitFor({ timeout: 15_000 });
    expect(await page.getByTestId(`shelved-${shelved}`).textContent()).toContain('door is being repaired');
    await agree(page, 'shelved', 'list-shelved', 1);

    await page.goto(`${product.url}/alarms?open=${out}`);
    await page.getByTestId(`panel-service-${out}`).click();
    await page.getByTestId('service-reason').fill('lock replaced');
    await page.getByTestId('service-reference').fill('PERMIT-7');
    await look(page, 'service-1366-en');
    await page.getByTestId('service-submit').click();
    await page.getByTestId('service-submit').waitFor({ state: 'detached', timeout: 15_000 });
    await page.getByTestId('tab-outOfService').click();
    await page.getByTestId('out-AC-2/lock-fault').waitFor({ timeout: 15_000 });
    expect(await page.getByTestId('out-AC-2/lock-fault').textContent()).toContain('PERMIT-7');
    await agree(page, 'outOfService', 'list-out-of-service', 1);
    expect(await countOf(page, 'active')).toBe(before - 2);

    await page.getByTestId('tab-journal').click();
    await page.getByTestId('journal-actor').selectOption('admin');
    await look(page, 'journal-admin-1366-en');
    await until('what admin did is in the journal', 15_000, async () => {
      const text = (await page.getByTestId('list-journal').textContent()) ?? '';
      return (
        text.includes('Taken out of service') && text.includes('door is being repaired') && !text.includes('System')
      );
    });
    await page.context().close();
  }, 120_000);

  it('fits every list in both languages, without a serious accessibility fault', async () => {
    for (const locale of ['zh-CN', 'en'])
      for (const size of SIZES) {
        const page = await open(size, locale);
        for (const path of [...PAGES, `/alarms?open=${ids[0]}`]) {
          await page.goto(`${product.url}${path}`);
          await page.locator(':is(.panel, .list-row, .journal-line):visible').first().waitFor({ timeout: 15_000 });
          // Names of points come after the rows.
          if (path === '/alarms/suppressed')
            await page
              .getByText(/Running|运行/)
              .first()
              .waitFor({ timeout: 15_000 });
          await look(page, `${path.slice(1).replace(/\W/g, '-').slice(0, 24)}-${size.width}-${locale}`);
          expect(await overflowOf(page, 'main, .alarm-list'), `${path} ${size.width} ${locale}`).toBeLessThanOrEqual(0);
          if (size.width !== 1366) continue;
          expect(await accessibilityFaults(page), `${path} ${locale}`).toEqual([]);
        }
        await page.context().close();
      }
    expect(errors).toEqual([]);
  }, 240_000);

  it('lets an engineer make a position, which this browser then follows', async () => {
    const page = await open({ width: 1366, height: 768 }, 'en');
    await page.goto(`${product.url}/alarm-system/positions`);
    await page.getByTestId('add-position').click();
    await page.getByTestId('position-id').first().fill('doors');
    await page.getByTestId('position-zh').first().fill('门禁岗');
    await page.getByTestId('position-en').first().fill('Door desk');
    await page.getByTestId('cover-class').first().selectOption('access-controller');
    await look(page, 'positions-edit-1366-en');
    await page.getByTestId('save-positions').click();
    await page.getByTestId('positions-saved').waitFor({ timeout: 15_000 });

    await page.goto(`${product.url}/alarms/shelved`);
    await page.getByTestId('position-choice').selectOption('doors');
    await agree(page, 'shelved', 'list-shelved', 1);
    expect(await page.getByTestId('banner-position').textContent()).toContain('Door desk');
    await page.getByTestId('position-choice').selectOption('control-room');
    await agree(page, 'shelved', 'list-shelved', 0);
    await page.reload();
    await agree(page, 'shelved', 'list-shelved', 0);
    await page.getByTestId('position-choice').selectOption('');
    await agree(page, 'shelved', 'list-shelved', 1);
    await look(page, 'positions-chosen-1366-en');
    await page.context().close();
  }, 60_000);

  it('ends the shelf of one time with the condition, and returns the other to service', async () => {
    const page = await open({ width: 390, height: 844 }, 'en');
    await page.goto(`${product.url}/alarms/shelved`);
    await agree(page, 'shelved', 'list-shelved', 1);
    sim('clear', 'AC-1');
    await until('nothing is shelved', 60_000, async () => (await countOf(page, 'shelved')) === 0);
    await page.goto(`${product.url}/alarms/out-of-service`);
    await page.getByTestId('out-AC-2/lock-fault').getByRole('button', { name: 'Return to service' }).click();
    await until('nothing is out of service', 15_000, async () => (await countOf(page, 'outOfService')) === 0);
    await page.context().close();
  }, 120_000);
});
