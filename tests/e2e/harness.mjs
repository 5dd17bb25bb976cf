// What every browser test shares: one Chromium, pages that record their problems, and servers that a test may stop.
//
// `cargo xtask test e2e` sets the environment: ZOOSCOPE_URL (the served build), ZOOSCOPE_XTASK (the program that
// serves) and CHROMIUM (the browser).

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

/** The folder of the static build. */
export const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

/** What is in the document once the page can be used. */
const READY = 'body[data-zooscope-ready="true"]';

const PATIENCE_MS = 20_000;

/** The version that stands at the beginning of a link to a run. */
const TRACE_VERSION = /TRACE_VERSION: u8 = (\d+)/.exec(readFileSync(new URL('../../core/src/recording.rs', import.meta.url), 'utf8'))[1];

/** The address of a run: its script with `;` between the lines, blanks as `_` and `>` as `~`. */
export const run = (script) => `#/r/${TRACE_VERSION};${script}`;

let running;

/** The servers that tests started and did not stop, because they failed before. */
const servers = new Set();

/** The value of a variable that `cargo xtask test e2e` sets. */
function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; please run the browser tests by \`cargo xtask test e2e\``);
  return value;
}

/** The address of the served build, with a slash at its end. */
export function served() {
  return setting('ZOOSCOPE_URL');
}

/** The one browser of a test file. */
export function browser() {
  running ??= chromium.launch({
    executablePath: setting('CHROMIUM'),
    // As root Chromium refuses its sandbox; the rest keeps it from reaching out and from small shared memory.
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  return running;
}

/** Ends the browser and all servers; every test file calls it in `after`. */
export async function closeBrowser() {
  const closing = running;
  running = undefined;
  await (await closing)?.close();
  for (const server of servers) server.stdin.end();
}

/**
 * Opens a page in a fresh profile and waits until it can be used.
 *
 * `path` is relative to `base`; `wait: false` returns at once, for a page that is not meant to start; `lang` ('zh' or 'en') and `theme` ('light' or 'dark') are what the system prefers.
 * `prepare` may change the profile before the first request.
 * The answer holds the page, what it requested itself, and `problems`: console errors and warnings, uncaught
 * errors, and requests to other hosts. `close` fails if there were any, so no test can forget to look.
 */
export async function openPage({
  path = '',
  base = served(),
  width = 1280,
  height = 720,
  lang = 'zh',
  theme = 'light',
  touch = false,
  wait = true,
  prepare = async () => {},
  ...contextOptions
} = {}) {
  const context = await (await browser()).newContext({
    viewport: { width, height },
    locale: lang === 'zh' ? 'zh-CN' : 'en-US',
    colorScheme: theme,
    hasTouch: touch,
    ...contextOptions,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const problems = [];
  const requests = [];
  const home = new URL(base);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (['data:', 'blob:'].includes(url.protocol)) return;
    if (!request.serviceWorker()) requests.push(url.href);
    if (url.protocol !== home.protocol || url.host !== home.host) problems.push(`foreign request: ${url.href}`);
  });
  await prepare(context);
  await page.goto(new URL(path, base).href);
  if (wait) await ready(page);
  const close = async () => {
    await closeContext(context);
    assert.deepEqual(problems, []);
  };
  return { page, context, problems, requests, close };
}

/**
 * Closes a profile, whatever is still under way in it: the offline copy goes on asking for files after the page
 * has all it needs, and an answer of the test's own must not fail because its receiver has gone.
 */
export async function closeContext(context) {
  await context.unrouteAll({ behavior: 'ignoreErrors' });
  await context.close();
}

/** Waits until the page can be used, as it does after a reload. */
export async function ready(page) {
  await page.locator(READY).first().waitFor({ state: 'attached' });
}

/**
 * Waits for the next two frames: what a person can see of a step. The page draws a step at once, but on a busy
 * machine its framework may finish within the frame; motion takes ten times as long and would still be noticed.
 * A frame of a host page that is scrolled out of view is not drawn at all, so the wait has an end of its own.
 */
export function drawn(page) {
  return page.evaluate(() => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(() => done()));
    setTimeout(done, 1_000);
  }));
}

/** Where the page stands: the event index, the number of events, and the stage. */
export async function position(page) {
  await drawn(page);
  return page.locator('[data-zooscope-position]').evaluate((element) => ({
    index: Number(element.dataset.eventIndex),
    count: Number(element.dataset.eventCount),
    stage: Number(element.dataset.stage),
  }));
}

/** The serious and critical findings of axe-core, one line each. */
export async function accessibilityViolations(page) {
  // Evaluated by the debugger, because the page's policy rightly refuses a script element from elsewhere.
  await page.evaluate(readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8'));
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`));
}

/** Serves a folder by a server of the test's own, which the test may stop. */
export async function serve(folder) {
  const server = spawn(setting('ZOOSCOPE_XTASK'), ['serve', '--dir', folder, '--port', '0'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  servers.add(server);
  const exited = new Promise((resolve) => server.once('exit', resolve)).then(() => servers.delete(server));
  const lines = createInterface({ input: server.stdout });
  const base = await new Promise((resolve, reject) => {
    lines.once('line', resolve);
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
  });
  const stop = async () => {
    server.stdin.end();
    await exited;
  };
  return { base, stop };
}
