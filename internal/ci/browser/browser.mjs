// What both the checks and the pictures need of a browser: Chromium without a
// way out, and everything that a page does which a page of ours must not do.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const { chromium } = require('playwright-core');
const { AxeBuilder } = require('@axe-core/playwright');

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

// open shows a file and hands the page to look. It returns what is wrong with
// the page on its own account: requests for anything but the file, errors of
// scripts, what the policy refused, and what look returns.
export async function open(browser, file, options, look) {
  const problems = [];
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC', locale: 'en-GB', ...options });
  const own = pathToFileURL(path.resolve(file)).href;
  await context.route((url) => url.href.split('#')[0] !== own, (route) => {
    problems.push('outside request: ' + route.request().url());
    return route.abort();
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') problems.push('console: ' + m.text()); });
  page.on('pageerror', (e) => problems.push('script error: ' + e));
  page.on('dialog', (d) => { problems.push('dialog: ' + d.message()); return d.dismiss(); });
  page.on('popup', (p) => problems.push('popup: ' + p.url()));
  let timer;
  const limit = new Promise((_, refuse) => { timer = setTimeout(() => refuse(new Error('no answer within a minute')), 60000); });
  try {
    await page.goto(own);
    problems.push(...((await Promise.race([look(page), limit])) || []));
  } catch (e) {
    problems.push('the check broke off: ' + e.message);
  } finally {
    clearTimeout(timer);
    await context.close();
  }
  return problems;
}

// axe asks for the success criteria of WCAG 2.0 to 2.2, A and AA.
export async function axe(page) {
  const result = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  if (result.passes.length === 0) return ['axe looked at nothing'];
  return result.violations.map((v) => `axe ${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 160)}`);
}

// sideways says whether a reader must scroll to the side to read the page.
export async function sideways(page) {
  const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  return wide > seen ? [`sideways: the page is ${wide} wide, the screen ${seen}`] : [];
}

// pages counts the pages of a PDF that Chromium made.
export const pages = (pdf) => (pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) || []).length;
