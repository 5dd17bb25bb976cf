// The second lesson's slider, and the log of a real ensemble beside the first.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { snapshot } from './contract.mjs';
import { closeBrowser, dist, openPage, position, ready } from './harness.mjs';

after(closeBrowser);

const leaderOf = ({ servers }) => Object.keys(servers).filter((id) => servers[id].state === 'LEADING').join();

/** Drags the slider to a value. */
async function drag(page, value) {
  await page.locator('[data-parameter]').fill(String(value));
}

test('server 4 wins when it comes 100 ms late, and 3 stays when it comes 300 ms late', async () => {
  for (const lang of ['zh', 'en']) {
    const { page, close } = await openPage({ path: `#/lesson/two-hundred-milliseconds?lang=${lang}` });
    const tried = () => page.getByRole('listitem').filter({ hasText: /ms → / }).allInnerTexts();
    assert.equal(await page.locator('[data-parameter]').count(), 1);
    await drag(page, 100);
    assert.deepEqual(await tried(), [], 'nothing was tried yet');
    await page.locator('[data-action="step-forward"]').focus();
    await page.keyboard.press('End');
    const early = await snapshot(page);
    assert.deepEqual([leaderOf(early), early.index], ['4', early.count]);
    assert.equal(early.servers[3].state, 'FOLLOWING');

    await drag(page, 300);
    await page.locator('[data-action="step-forward"]').focus();
    await page.keyboard.press('End');
    const late = await snapshot(page);
    assert.deepEqual([leaderOf(late), late.index], ['3', late.count]);
    assert.match((await tried()).join(), /100 ms → 4.*300 ms → 3/);

    await page.waitForTimeout(400);
    await page.reload();
    await ready(page);
    assert.equal(await page.locator('[data-parameter]').inputValue(), '300');
    assert.deepEqual(await snapshot(page), late);
    await close();
  }
});

test('there is one edge, and it lies beyond 200 ms after the start of 3', async () => {
  const { page, close } = await openPage({ path: '#/lesson/two-hundred-milliseconds?lang=en' });
  await page.keyboard.press('End');
  const slider = page.locator('[data-parameter]');
  const { min, max, step } = await slider.evaluate(({ min, max, step }) => ({ min: Number(min), max: Number(max), step: Number(step) }));
  const leaders = {};
  for (let value = min; value <= max; value += step) {
    await drag(page, value);
    leaders[value] = leaderOf(await snapshot(page));
  }
  const values = Object.keys(leaders).map(Number);
  const edge = values.find((value) => leaders[value] === '3');
  assert.ok(values.every((value) => leaders[value] === (value < edge ? '4' : '3')), JSON.stringify(leaders));
  assert.ok(edge > 200, `the edge is at ${edge} ms`);
  await close();
});

/** The rows of the log with a step of ours. */
const linked = (page) => page.locator('[data-log-step]');

test('the real log is loaded when it is first looked at, and its lines lead to our steps', async () => {
  const { page, requests, close } = await openPage({ lang: 'en' });
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tab', { name: 'Events' }).click();
  await page.waitForTimeout(300);
  const logs = () => requests.filter((url) => url.includes('/assets/'));
  assert.deepEqual(logs(), []);
  await page.getByRole('tab', { name: 'Real log' }).click();
  await linked(page).first().waitFor();
  assert.equal(logs().length, 1);

  const rows = await linked(page).evaluateAll((elements) => elements.map((element) => ({ step: Number(element.dataset.logStep), text: element.textContent })));
  const { count } = await position(page);
  assert.ok(rows.length > 30 && rows.every(({ step }) => step >= 1 && step <= count), `${rows.length} rows`);
  assert.match(await page.locator('[data-real-log]').innerText(), /order differs/);

  // What a line says is what our server did in that step.
  for (const id of ['1', '2', '3', '4', '5']) {
    const state = id === '3' ? 'LEADING' : 'FOLLOWING';
    const row = linked(page).filter({ hasText: `[${id}]` }).filter({ hasText: `state ${state}` });
    assert.equal(await row.count(), 1, `server ${id} becomes ${state} once`);
    await row.click();
    const there = await snapshot(page);
    assert.equal(there.index, Number(await row.getAttribute('data-log-step')));
    assert.equal(there.servers[id].state, state, `at ${there.index}`);
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('d');
    await page.keyboard.press('ArrowLeft');
    assert.equal((await snapshot(page)).servers[id].state, 'LOOKING', 'and not one step before');
    await page.keyboard.press('d');
  }
  assert.equal(logs().length, 1, 'it is loaded once');
  await close();
});

test('the single file has the real log in it', async () => {
  const base = pathToFileURL(`${dist}zooscope.html`).href;
  const { page, requests, close } = await openPage({ base, lang: 'zh' });
  await page.getByRole('tab', { name: '真实日志' }).click();
  await linked(page).first().waitFor();
  assert.deepEqual(requests, [base]);
  await close();
});

test('a log that cannot be loaded says so', async () => {
  const prepare = (context) => context.route('**/assets/real/**', (route) => route.fulfill({ status: 200, body: 'not a log' }));
  const { page, close } = await openPage({ prepare, lang: 'en' });
  await page.getByRole('tab', { name: 'Real log' }).click();
  await page.getByRole('alert').waitFor();
  await close();
});
