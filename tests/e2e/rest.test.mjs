// The first lesson comes first, and the rest whenever it comes: nobody notices, unless it does not come at all.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { snapshot, walk } from './contract.mjs';
import { FIRST_VIEWS, walkThroughFirstLesson } from './first-lesson.mjs';
import { closeBrowser, closeContext, drawn, openPage, run } from './harness.mjs';

after(closeBrowser);

const REST = '**/zooscope-rest.lzma';

/** A run that needs the rest: a client and what it types. */
const CLIENT_RUN = run('ensemble_3;start_all;settle;client_a_connect_1;settle;a~_create_/n_x;settle');

/** Opens the first lesson with the first request for the rest held back, and what happens to the next ones. */
async function openWithoutRest({ next, ...view }) {
  const held = [];
  const answer = (route) => {
    // The offline copy takes all files, whatever the page has.
    if (route.request().serviceWorker()) return route.continue();
    return held.push(route) === 1 ? undefined : next(route);
  };
  const prepare = (context) => context.route(REST, answer);
  const opened = await openPage({ ...view, prepare });
  // Whoever is faster than even this would have the only request held back, and wait for ever.
  while (held.length === 0) await opened.page.waitForTimeout(20);
  return { held, ...opened };
}

for (const view of FIRST_VIEWS) {
  test(`the first lesson goes without the rest, ${view.lang} at ${view.width}`, async () => {
    const { page, held, close } = await openWithoutRest({ ...view, next: (route) => route.abort() });
    await walkThroughFirstLesson(page);
    assert.equal(held.length, 1, 'if not: `cargo xtask later` finds out again what the first lesson runs');
    await close();
  });
}

test('whoever is faster than the network gets the rest at once, and it may come again', async () => {
  const { page, held, close } = await openWithoutRest({ next: (route) => route.continue() });
  await page.evaluate((hash) => { location.hash = hash; }, CLIENT_RUN);
  const seen = await walk(page, 'ArrowRight');
  assert.equal(held.length, 2);
  await held[0].continue();
  await page.waitForResponse(REST);
  await drawn(page);
  await page.keyboard.press('Home');
  assert.deepEqual(await walk(page, 'ArrowRight'), seen);
  await close();
});

test('a page that begins with what needs the rest waits for it', async () => {
  const { page, requests, close } = await openPage({ path: CLIENT_RUN });
  assert.ok((await snapshot(page)).count > 0);
  assert.equal(requests.filter((url) => url.endsWith('/zooscope-rest.lzma')).length, 1);
  await close();
});

test('a browser that compiles nothing large at once waits for the rest', async () => {
  const prepare = (context) => context.addInitScript(() => {
    const { Module } = WebAssembly;
    WebAssembly.Module = function (bytes) {
      if (bytes.length > 4_096) throw new RangeError('WebAssembly.Compile is disallowed on the main thread');
      return new Module(bytes);
    };
  });
  const { page, requests, close } = await openPage({ prepare });
  assert.equal(requests.filter((url) => url.endsWith('/zooscope-rest.lzma')).length, 1);
  await page.evaluate((hash) => { location.hash = hash; }, CLIENT_RUN);
  await walk(page, 'ArrowRight');
  await close();
});

/** Opens the first lesson, goes on to what needs the rest, and returns the cause that the page shows. */
async function failure(prepare) {
  const { page, context } = await openPage({ prepare });
  await page.evaluate((hash) => { location.hash = hash; }, CLIENT_RUN);
  await page.getByText('没能启动').waitFor();
  await page.getByText('could not start').waitFor();
  const cause = await page.locator('#zooscope-failure-cause').innerText();
  await closeContext(context);
  return cause;
}

test('a rest that does not come is reported when it is needed, in both languages', async () => {
  assert.match(await failure((context) => context.route(REST, (route) => route.abort())), /load/);
  assert.match(await failure((context) => context.route(REST, (route) => route.fulfill({ status: 404 }))), /zooscope-rest\.lzma: 404/);
  assert.match(await failure((context) => context.route(REST, (route) => route.fulfill({ body: 'Please log in.' }))), /damaged or incomplete/);
});

test('the rest of another build does not join', async () => {
  const other = async (route) => {
    const response = await route.fetch();
    const glue = await response.text();
    const seam = /imports\['([0-9a-f]{8})'\]/;
    assert.match(glue, seam);
    await route.fulfill({ response, body: glue.replace(seam, "imports['00000000']") });
  };
  assert.match(await failure((context) => context.route('**/zooscope.js', other)), /[0-9a-f]{8}/);
});
