// Inside a page of somebody else the lesson is small, whole and polite.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { browser, closeBrowser, position, serve, served } from './harness.mjs';

let site;
let server;

before(async () => {
  site = await mkdtemp(join(tmpdir(), 'zooscope-host-'));
  const frame = (below) => `<!doctype html><html lang="en"><title>A course</title><link rel="icon" href="data:,"><body style="margin: 0">
    <div style="height: ${below}px"><button id="own">The host's own button</button></div>
    <iframe src="${served()}?embed=1#/lesson/five-server-startup?lang=en" width="640" height="480" style="border: 0" title="ZooScope"></iframe>
    <div style="height: 3000px"></div></body></html>`;
  await writeFile(join(site, 'index.html'), frame(60));
  await writeFile(join(site, 'below.html'), frame(1_500));
  server = await serve(site);
});

after(async () => {
  await closeBrowser();
  await server?.stop();
  await rm(site, { recursive: true, force: true });
});

/** Opens a host page; its origin differs from the frame's in name and port. */
async function openHost(name = 'index.html') {
  const context = await (await browser()).newContext({ viewport: { width: 900, height: 800 }, locale: 'en-US' });
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error}`));
  await page.goto(new URL(name, server.base).href.replace('127.0.0.1', 'localhost'));
  const frame = page.frames().find((each) => each.url().startsWith(served()));
  await frame.locator('body[data-zooscope-ready="true"]').waitFor({ state: 'attached' });
  const close = async () => {
    await context.close();
    assert.deepEqual(problems, []);
  };
  return { page, frame, close };
}

test('stage, story and transport fit into 640x480, and nothing else is shown', async () => {
  const { frame, close } = await openHost();
  const hidden = {};
  for (;;) {
    const { index, count } = await position(frame);
    const outside = await frame.evaluate(() => {
      const names = ['[data-action="step-back"]', '[data-action="step-forward"]', '[data-action="play"]', 'h1', ...['1', '2', '3', '4', '5'].map((id) => `[data-server="${id}"] .body`)];
      return names.filter((selector) => {
        const box = document.querySelector(selector).getBoundingClientRect();
        return !(box.width > 0 && box.left >= -1 && box.top >= -1 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1);
      });
    });
    for (const selector of outside) (hidden[selector] ??= []).push(index);
    const { scrollWidth, scrollHeight } = await frame.evaluate(() => ({ scrollWidth: document.scrollingElement.scrollWidth, scrollHeight: document.scrollingElement.scrollHeight }));
    if (scrollWidth > 640 || scrollHeight > 480) (hidden['the rest of the page'] ??= []).push(`${index}: ${scrollWidth}x${scrollHeight}`);
    if (index === count) break;
    await frame.locator('[data-action="step-forward"]').click();
  }
  assert.deepEqual(hidden, {}, 'what is not in view, and at which events');
  assert.equal(await frame.locator('.prose p').first().isVisible(), true);
  for (const selector of ['[role="tablist"]', 'svg.timeline', 'nav.tools a']) {
    const shown = await frame.locator(selector).locator('visible=true').count();
    assert.equal(shown, 0, `${selector} is not for embedding`);
  }
  assert.equal(await frame.locator('[data-tally-for]').count(), 5, 'the contract holds all the same');
  await close();
});

test('the host keeps its keys and its focus', async () => {
  const { page, frame, close } = await openHost();
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true, 'the frame takes no focus');
  for (const key of ['ArrowRight', 'l', 'End']) await page.keyboard.press(key);
  // To its very end: the browser scrolls smoothly, and a scroll still under way would carry off what comes next.
  await page.waitForFunction(() => scrollY > 1_000 && scrollY + innerHeight >= document.documentElement.scrollHeight - 1);
  await page.locator('#own').focus();
  await page.keyboard.press('ArrowRight');
  assert.equal((await position(frame)).index, 0);
  assert.equal(await frame.locator('html').getAttribute('lang'), 'en');
  await page.waitForTimeout(300);
  await page.evaluate(() => scrollTo(0, 0));

  await frame.locator('[data-action="step-forward"]').click();
  assert.equal((await position(frame)).index, 1);
  await page.keyboard.press('ArrowRight');
  assert.ok((await position(frame)).index > 1, 'once the reader is in it, its keys work');
  assert.equal(await page.evaluate(() => scrollY), 0);

  await page.locator('#own').focus();
  const { index } = await position(frame);
  await page.keyboard.press('ArrowLeft');
  assert.equal((await position(frame)).index, index);
  await close();
});

test('the host keeps its scrolling', async () => {
  const { page, close } = await openHost();
  for (const at of [[150, 200], [450, 250], [320, 500]]) {
    await page.evaluate(() => scrollTo(0, 0));
    await page.mouse.move(...at);
    for (let turn = 0; turn < 4; turn += 1) await page.mouse.wheel(0, 300);
    await page.waitForFunction(() => scrollY > 200, undefined, { timeout: 3_000 }).catch(() => {});
    assert.ok((await page.evaluate(() => scrollY)) > 200, `the wheel over the frame at ${at} scrolls the host`);
  }
  await close();

  const below = await openHost('below.html');
  await below.page.waitForTimeout(300);
  assert.equal(await below.page.evaluate(() => scrollY), 0, 'a frame below does not pull the host to itself');
  assert.equal(await below.page.evaluate(() => document.activeElement === document.body), true);
  await below.close();
});
