// The address is the moment: it survives a reload, the back button and a friend's browser, and a bad one does no harm.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { snapshot } from './contract.mjs';
import { closeBrowser, openPage, position, ready, served } from './harness.mjs';

after(closeBrowser);

const flagship = '#/lesson/five-server-startup';

const press = async (page, key, times) => {
  for (let time = 0; time < times; time += 1) await page.keyboard.press(key);
};

/** The link to this moment. */
async function share(page) {
  await page.locator('[data-action="share"]').click();
  const link = await page.locator('[data-share-link]').inputValue();
  return link;
}

for (const [when, rest] of [['after a moment', 400], ['at once', 0]]) {
  test(`a reload ${when} keeps lesson, language and position`, async () => {
    const { page, close } = await openPage({ path: '#/lesson/two-hundred-milliseconds', lang: 'zh' });
    await press(page, 'ArrowRight', 11);
    await page.keyboard.press('l');
    const moment = await snapshot(page);
    await page.waitForTimeout(rest);
    await page.reload();
    await ready(page);
    assert.deepEqual(await snapshot(page), moment);
    assert.equal(await page.locator('[data-parameter]').count(), 1);
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await close();
  });
}

test('stepping fills no history: one press of back returns to the former lesson', async () => {
  const { page, close } = await openPage({ lang: 'en' });
  await press(page, 'ArrowRight', 9);
  const moment = await snapshot(page);
  await page.waitForTimeout(400);
  await page.locator('[data-action="help"]').click();
  await page.getByRole('dialog').locator('a[href*="two-hundred-milliseconds"]').click();
  await page.locator('[data-parameter]').waitFor();
  assert.equal((await position(page)).index, 0);
  await press(page, 'ArrowRight', 4);
  await page.waitForTimeout(400);
  await page.goBack();
  await page.locator('[data-parameter]').waitFor({ state: 'detached' });
  assert.deepEqual(await snapshot(page), moment);
  await page.goForward();
  await page.locator('[data-parameter]').waitFor();
  await close();
});

test('a shared link opens the same moment elsewhere, in its own language', async () => {
  const { page, close } = await openPage({ lang: 'en' });
  await press(page, 'ArrowRight', 31);
  const moment = await snapshot(page);
  const link = await share(page);
  assert.ok(link.startsWith(served()) && link.split('#')[1].length <= 200, link);
  await close();

  const friend = await openPage({ path: link, lang: 'zh', theme: 'dark' });
  assert.deepEqual(await snapshot(friend.page), moment);
  assert.equal(await friend.page.locator('html').getAttribute('lang'), 'en');
  assert.equal(await friend.page.getByRole('alert').count(), 0);
  await friend.close();
});

test('a link survives a program that escapes its plus sign', async () => {
  const { page, close } = await openPage({ path: `${flagship}?at=third-vote%2B1` });
  const escaped = await snapshot(page);
  await close();
  const plain = await openPage({ path: `${flagship}?at=third-vote+1` });
  assert.deepEqual(escaped, await snapshot(plain.page));
  assert.ok(escaped.index > 0);
  await plain.close();
});

test('a link of another engine says so and opens the nearest beat', async () => {
  const { page, close } = await openPage({ path: `${flagship}?at=four-joins+0&v=99`, lang: 'en' });
  assert.match(await page.getByRole('alert').innerText(), /99/);
  assert.equal((await position(page)).stage, 4);
  await close();
});

const bad = [
  '#/nowhere',
  '#/lesson/unknown',
  '#/lesson/%3Cscript%3E',
  '#/r/zzzz',
  '#/r/%00%FF',
  `#/r/${'A'.repeat(5_000)}`,
  `${flagship}?at=no-such-beat+1`,
  `${flagship}?at=third-vote+4294967295`,
  `${flagship}?at=third-vote+99999999999999999999`,
  `${flagship}?at=+100000`,
];

test('a bad address opens something and says so', async () => {
  const silent = [];
  for (const path of bad) {
    const { page, close } = await openPage({ path, lang: 'zh' });
    const { count } = await position(page);
    assert.ok(count > 0, `${path.slice(0, 60)} opens a lesson`);
    if ((await page.getByRole('alert').count()) !== 1) silent.push(path);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    assert.equal((await position(page)).index, 1, 'and it can be stepped');
    await close();
  }
  assert.deepEqual(silent, [], 'these say nothing');
});

test('a bad address typed over a good one keeps what is on stage', async () => {
  const { page, close } = await openPage({ lang: 'en' });
  await press(page, 'ArrowRight', 12);
  const moment = await snapshot(page);
  for (const path of ['#/lesson/unknown', '#/r/zzzz', '#/nowhere']) {
    await page.evaluate((hash) => { location.hash = hash; }, path);
    await page.getByRole('alert').waitFor();
    assert.deepEqual(await snapshot(page), moment, path);
    await page.getByRole('alert').getByRole('button').click();
    assert.equal(await page.getByRole('alert').count(), 0);
  }
  await close();
});

test('no link that was cut or garbled breaks the page', async () => {
  const { page, close } = await openPage({ path: '#/sandbox', lang: 'en' });
  const run = await assemble(page, ['3', '1', '2'], { fill: true, predict: '3' });
  const recording = run.split('#/r/')[1].split('?')[0];
  const garbled = [];
  for (let length = 1; length < recording.length; length += 3) garbled.push(recording.slice(0, length));
  for (let at = 0; at < recording.length; at += 1) {
    for (const letter of ['A', '_']) garbled.push(recording.slice(0, at) + letter + recording.slice(at + 1));
  }
  for (const text of garbled) {
    await page.evaluate((hash) => { location.hash = hash; }, `#/r/${text}`);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    const alive = await page.evaluate(() => document.querySelector('[data-zooscope-position]') !== null && document.querySelectorAll('[data-server]').length > 0);
    assert.ok(alive, text);
  }
  await page.keyboard.press('Home');
  await page.keyboard.press('End');
  const { index, count } = await position(page);
  assert.equal(index, count);
  await close();
});

/** As recorded from a real ensemble: the order of starting, each after the former had settled, and who led. */
const recorded = [
  [['3', '4', '5', '1', '2'], '5', 'zh', '5'],
  [['5', '4', '3', '2', '1'], '5', 'en', '1'],
  [['3', '1', '2', '5', '4'], '3', 'zh', '5'],
  [['3', '1', '2', '5', '4'], '3', 'en', '3'],
];

for (const [order, leader, lang, predict] of recorded) {
  test(`your turn: ${order.join('-')} is led by ${leader}, as in a real ensemble; ${predict} is expected, ${lang}`, async () => {
    const { page, close } = await openPage({ path: '#/sandbox', lang });
    const link = await assemble(page, order, { predict });
    assert.ok(link.split('#')[1].length <= 200, link);
    const outcome = page.locator('[data-outcome]');
    assert.equal(await outcome.count(), 0, 'nothing is given away before the end');
    await page.keyboard.press('End');
    const moment = await snapshot(page);
    assert.equal(await outcome.getAttribute('data-outcome'), leader);
    assert.equal(moment.servers[leader].state, 'LEADING');
    const words = await outcome.innerText();
    const [yes, no] = lang === 'zh' ? [/猜对了/, /不是这样/] : [/Right/, /Not so/];
    assert.match(words, predict === leader ? yes : no);
    // Either the comparison that decided or the quorum that was there already.
    if (leader === '5') assert.match(words, lang === 'zh' ? /编号最大/ : /largest id/);
    else assert.match(words, lang === 'zh' ? /过半/ : /quorum/);
    await close();

    const friend = await openPage({ path: link, lang });
    assert.equal(await friend.page.locator('[data-outcome]').count(), 0);
    await friend.page.keyboard.press('End');
    assert.deepEqual(await snapshot(friend.page), moment);
    assert.equal(await friend.page.locator('[data-outcome]').getAttribute('data-outcome'), leader);
    await friend.close();
  });
}

test('your turn: too few servers have no leader, and starting all at once is possible', async () => {
  const { page, close } = await openPage({ path: '#/sandbox', lang: 'en' });
  await assemble(page, ['1', '2', '3'], { servers: '7', predict: 'none' });
  await page.keyboard.press('End');
  assert.equal(await page.locator('[data-outcome]').getAttribute('data-outcome'), 'none');
  assert.match(await page.locator('[data-outcome]').innerText(), /Right[^]*4/);
  await page.locator('a[href*="sandbox"]').first().click();
  await page.locator('[data-run]').waitFor();
  await assemble(page, [], { servers: '4', fill: true, wait: 'none', predict: '4' });
  await page.keyboard.press('End');
  const { servers } = await snapshot(page);
  const leaders = Object.keys(servers).filter((id) => servers[id].state === 'LEADING');
  assert.deepEqual(leaders, [await page.locator('[data-outcome]').getAttribute('data-outcome')]);
  await close();
});

/** Fills in the form, runs it and returns the link of the run. */
async function assemble(page, order, { servers = '5', fill = false, wait = 'settle', predict }) {
  await page.locator(`[data-servers="${servers}"]`).click();
  for (const id of order) await page.locator(`[data-start="${id}"]`).click();
  if (fill) await page.locator('[data-fill]').click();
  await page.locator(`[data-wait="${wait}"]`).click();
  await page.locator(`[data-predict="${predict}"]`).click();
  await page.locator('[data-run]').click();
  await page.waitForURL(/#\/r\//);
  return page.url();
}
