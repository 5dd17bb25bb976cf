// The page starts wherever it may be put: on a server, below a path, from a file, without a network.

import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { accessibilityViolations, closeBrowser, closeContext, dist, openPage, ready, serve } from './harness.mjs';

after(closeBrowser);

/** What must be true of a page that has started. */
async function assertStarted(page) {
  await page.waitForFunction(() => document.querySelector('#app')?.childElementCount > 0);
  assert.equal(await page.locator('#zooscope-failure').isVisible(), false);
  assert.equal(await page.getByText('正在载入 ZooScope').count(), 0, 'the loading line has gone');
}

test('the page loads in a few requests to its own host', async () => {
  const { page, requests, close } = await openPage();
  await assertStarted(page);
  const names = requests.map((url) => new URL(url).pathname.slice(1) || 'index.html');
  const firstView = ['index.html', 'zooscope.css', 'boot.js', 'zooscope.js', 'zooscope.lzma'];
  for (const name of firstView) {
    assert.equal(names.filter((other) => other === name).length, 1, `${name} is fetched once, not ${names}`);
  }
  await close();
});

test('a preload that is not used would be reported by now', async () => {
  const { page, close } = await openPage();
  // Chromium waits a few seconds after the load event before it warns about an unused preload.
  await page.waitForTimeout(5_000);
  await close();
});

test('nothing on the page is a serious barrier', async () => {
  const { page, close } = await openPage();
  assert.deepEqual(await accessibilityViolations(page), []);
  await close();
});

test('the saved theme is there before the module has started', async () => {
  const prepare = async (context) => {
    await context.addInitScript(() => localStorage.setItem('zooscope.theme', 'dark'));
    await context.route('**/*.lzma', () => {});
  };
  const { page, close } = await openPage({ prepare, wait: false });
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  await close();
});

/** The packed module as the server sends it. */
const packed = () => readFile(`${dist}zooscope.lzma`);

/** Opens the page with another answer to the request for the module, and returns the cause that it shows. */
async function failure(answer) {
  const prepare = (context) => context.route('**/*.lzma', answer);
  const { page, context, problems } = await openPage({ prepare, wait: false });
  await page.getByText('没能启动').waitFor();
  await page.getByText('could not start').waitFor();
  assert.equal(await page.locator('#app').isVisible(), false);
  assert.ok(problems.length > 0, 'the cause is in the console');
  const cause = await page.locator('#zooscope-failure-cause').innerText();
  await closeContext(context);
  return cause;
}

test('a module that cannot be loaded is reported in both languages', async () => {
  assert.match(await failure((route) => route.abort()), /fetch/);
  assert.match(await failure((route) => route.fulfill({ status: 404, body: 'no' })), /zooscope\.lzma: 404/);
});

test('a module that is damaged, cut, something else or far too long is reported in both languages', async () => {
  const module = await packed();
  const damaged = Buffer.from(module);
  damaged[damaged.length >> 1] ^= 1;
  const otherwise = [damaged, module.subarray(0, -1_000), Buffer.alloc(0), Buffer.from('<!doctype html><p>Please log in.')];
  for (const body of otherwise) assert.match(await failure((route) => route.fulfill({ body })), /damaged or incomplete/);
  assert.notEqual(await failure((route) => route.fulfill({ body: Buffer.alloc(3_000_000, 1) })), '');
});

test('the module is unpacked from whatever pieces it arrives in', async () => {
  const inPieces = () => {
    const original = window.fetch;
    window.fetch = async (...request) => {
      const bytes = new Uint8Array(await (await original(...request)).arrayBuffer());
      window.pieces = 0;
      return new Response(new ReadableStream({
        start(stream) {
          // Sizes from one byte on, so that the header is cut, too.
          for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 3) % 1_999) {
            stream.enqueue(bytes.slice(at, at + size));
            window.pieces += 1;
          }
          stream.close();
        },
      }));
    };
  };
  const { page, close } = await openPage({ prepare: (context) => context.addInitScript(inPieces) });
  await assertStarted(page);
  assert.ok((await page.evaluate(() => window.pieces)) > 100);
  await close();
});

test('the page works below a path', async () => {
  const site = await mkdtemp(join(tmpdir(), 'zooscope-'));
  await cp(dist, join(site, 'some/sub/path'), { recursive: true });
  const server = await serve(site);
  const { page, requests, close } = await openPage({ base: server.base, path: 'some/sub/path/' });
  await assertStarted(page);
  await offlineCopy(page);
  for (const url of requests) assert.match(url, /\/some\/sub\/path\//);
  await close();
  await server.stop();
  await rm(site, { recursive: true });
});

test('the single file opens from the disk', async () => {
  const base = pathToFileURL(`${dist}zooscope.html`).href;
  const { page, requests, close } = await openPage({ base });
  await assertStarted(page);
  assert.deepEqual(requests, [base], 'it needs no other file');
  await close();
});

test('a page that was seen once works without its server', async () => {
  const server = await serve(dist);
  const { page, problems, context } = await openPage({ base: server.base });
  await offlineCopy(page);
  await server.stop();
  for (const address of [server.base, `${server.base}index.html?embed=1`]) {
    await page.goto(address);
    await ready(page);
    await assertStarted(page);
  }
  // The browser also looks for a newer worker, and reports in its own words that nobody answers.
  assert.deepEqual(problems.filter((problem) => !problem.includes('ERR_CONNECTION_REFUSED')), []);
  await closeContext(context);
});

test('without JavaScript the page says what it needs', async () => {
  const { page, close } = await openPage({ javaScriptEnabled: false, wait: false });
  for (const words of ['需要 JavaScript 和 WebAssembly', 'needs JavaScript and WebAssembly']) {
    assert.equal(await page.locator('noscript p', { hasText: words }).isVisible(), true, words);
  }
  await close();
});

/** Waits until the whole build is kept for offline use. */
async function offlineCopy(page) {
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active.state === 'activated') return;
    await new Promise((resolve) => {
      active.addEventListener('statechange', () => active.state === 'activated' && resolve());
    });
  });
}
