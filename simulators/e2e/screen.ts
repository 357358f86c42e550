/// <reference lib="dom" />
// A real browser before the dashboard, for tests: who signs in, pictures to look at, and what no page may have.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { ADMIN_PASSWORD } from './product.ts';

export const CHROMIUM = '/usr/bin/chromium';
/** Set to keep screenshots, e.g. to look at them after a change. */
const SCREENSHOTS = process.env['LOUWEI_TEST_SCREENSHOTS'];

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

interface SignInOptions extends BrowserContextOptions {
  readonly username?: string;
  /** Takes what the page throws. */
  readonly errors?: string[];
}

/** A page of its own context, signed in; the caller waits for what it expects there. */
export async function signedIn(browser: Browser, url: string, options: SignInOptions): Promise<Page> {
  const { username = 'admin', errors = [], ...settings } = options;
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  await page.getByTestId('username').fill(username);
  await page.getByTestId('password').fill(ADMIN_PASSWORD);
  await page.getByTestId('sign-in').click();
  return page;
}

/** The person's own language wins over the browser's; saved with the person before the next page asks for it. */
export async function speak(page: Page, locale: string): Promise<void> {
  const language = page.getByTestId('language-switch');
  if ((await language.inputValue()) === locale) return;
  await Promise.all([
    page.waitForResponse((response) => response.url().endsWith('/session/settings')),
    language.selectOption(locale),
  ]);
}

export async function look(page: Page, name: string, fullPage = false): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage });
}

/** By how many px the page, or one of the elements, is wider than its place. */
export const overflowOf = (page: Page, elements = 'main'): Promise<number> =>
  page.evaluate(
    (selector) =>
      Math.max(
        ...[document.documentElement, ...document.querySelectorAll(selector)].map(
          (one) => one.scrollWidth - one.clientWidth,
        ),
      ),
    elements,
  );

/** Serious and critical faults of accessibility, each with the first element that has it. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { impact: string; id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}
