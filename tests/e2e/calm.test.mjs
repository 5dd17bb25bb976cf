// Nothing moves, changes or is given away that should not.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { snapshot, walk, walkUntil } from './contract.mjs';
import { browser, closeBrowser, openPage, position } from './harness.mjs';

after(closeBrowser);

const flagship = '#/lesson/five-server-startup';

/** All words on the page, labels included, hidden or not. */
const words = (page) => page.evaluate(() => {
  const labels = [...document.querySelectorAll('#app [aria-label], #app [title]')].flatMap(({ ariaLabel, title }) => [ariaLabel, title]);
  const drawn = [...document.querySelectorAll('#app svg text, #app svg title')].map(({ textContent }) => textContent);
  return [document.querySelector('#app').innerText, ...drawn, ...labels].join('\n');
});

test('a page at rest changes nothing', async () => {
  const rest = async (path, prepare) => {
    const { page, close } = await openPage({ path });
    await prepare(page);
    // Envelopes land and the address is written within a second.
    await page.waitForTimeout(1_000);
    const records = await page.evaluate(() => new Promise((resolve) => {
      const seen = [];
      const observer = new MutationObserver((changes) => seen.push(...changes.map(({ type, target, attributeName }) => `${type} ${attributeName ?? ''} of ${target.nodeName}`)));
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      setTimeout(() => resolve(seen), 2_000);
    }));
    assert.deepEqual(records, [], path);
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0, path);
    await close();
  };
  await Promise.all([
    rest(flagship, async () => {}),
    rest(`${flagship}?at=third-vote+0`, (page) => page.keyboard.press('ArrowRight')),
    rest(flagship, (page) => page.keyboard.press('End')),
    rest(flagship, async (page) => {
      await page.keyboard.press('Space');
      await page.waitForTimeout(500);
      await page.keyboard.press('Space');
    }),
    rest('#/sandbox', async () => {}),
  ]);
});

test('a step moves what is on the stage and replaces nothing', async () => {
  const { page, close } = await openPage();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await page.evaluate(() => { window.before = [...document.querySelectorAll('[data-server]')]; });
  await walk(page, 'ArrowRight', position);
  const kept = await page.evaluate(() => [...document.querySelectorAll('[data-server]')].every((element, index) => element === window.before[index]));
  assert.equal(kept, true, 'the five servers are the same elements as before');
  await close();
});

test('envelopes fly, but not for those who asked for less motion', async () => {
  const moving = async (reducedMotion) => {
    const { page, close } = await openPage({ reducedMotion });
    let most = 0;
    await walk(page, 'ArrowRight', async () => {
      most = Math.max(most, await page.evaluate(() => document.getAnimations().length));
      return position(page);
    });
    await page.keyboard.press('ArrowLeft');
    most = Math.max(most, await page.evaluate(() => document.getAnimations().length));
    await page.keyboard.press('t');
    most = Math.max(most, await page.evaluate(() => document.getAnimations().length));
    await close();
    return most;
  };
  assert.ok((await moving('no-preference')) > 0, 'there is motion');
  assert.equal(await moving('reduce'), 0);
});

for (const lang of ['zh', 'en']) {
  test(`no word tells what has not happened yet, ${lang}`, async () => {
    const { page, close } = await openPage({ path: `${flagship}?lang=${lang}` });
    const seen = new Set();
    const early = [];
    await walk(page, 'ArrowRight', async () => {
      const moment = await snapshot(page);
      for (const { state } of Object.values(moment.servers)) seen.add(state);
      if (Object.values(moment.tables).flat().some(({ stale }) => stale)) seen.add('stale');
      const text = await words(page);
      const telling = { LOOKING: /LOOKING/, FOLLOWING: /FOLLOWING/, LEADING: /LEADING/, stale: /旧票|\bstale\b/i };
      for (const [name, pattern] of Object.entries(telling)) {
        if (pattern.test(text) && !seen.has(name)) early.push(`${name} at ${moment.index}: ${text.match(new RegExp(`.*(?:${pattern.source}).*`, 'i'))[0]}`);
      }
      return moment;
    });
    assert.deepEqual(early, []);
    assert.deepEqual([...seen].sort(), ['DOWN', 'FOLLOWING', 'LEADING', 'LOOKING', 'stale']);
    await close();
  });
}

/** How many pixels of an element have a colour of a state in the light theme. */
async function coloured(page, selector) {
  await page.waitForTimeout(100);
  const picture = (await page.locator(selector).first().screenshot()).toString('base64');
  const reader = await (await browser()).newPage();
  const counts = await reader.evaluate(async (data) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    const { data: pixels } = canvas.getImageData(0, 0, image.width, image.height);
    const states = { LOOKING: [0xa8, 0x62, 0x00], FOLLOWING: [0x00, 0x72, 0xb2], LEADING: [0x00, 0x7a, 0x59] };
    return Object.fromEntries(Object.entries(states).map(([name, colour]) => {
      let count = 0;
      for (let at = 0; at < pixels.length; at += 4) {
        if (colour.every((part, index) => Math.abs(pixels[at + index] - part) < 24)) count += 1;
      }
      return [name, count];
    }));
  }, picture);
  await reader.close();
  return counts;
}

test('the diagram is blank beyond the furthest step, and stays known after going back', async () => {
  const { page, close } = await openPage({ lang: 'en' });
  const diagram = 'svg.timeline';
  assert.deepEqual(await coloured(page, diagram), { LOOKING: 0, FOLLOWING: 0, LEADING: 0 });
  await walkUntil(page, 'ArrowRight', ({ tally }) => tally[3] === 3);
  const voted = await coloured(page, diagram);
  assert.ok(voted.LOOKING > 20, JSON.stringify(voted));
  assert.deepEqual([voted.FOLLOWING, voted.LEADING], [0, 0]);
  await page.keyboard.press('End');
  const all = await coloured(page, diagram);
  assert.ok(all.LOOKING > 20 && all.FOLLOWING > 20 && all.LEADING > 20, JSON.stringify(all));
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator(diagram).first().isVisible(), true);
  await close();
});

test('a pointer on the diagram leads to its moment', async () => {
  const { page, close } = await openPage();
  const diagram = await page.locator('svg.timeline').first().boundingBox();
  await page.mouse.move(diagram.x + diagram.width - 4, diagram.y + diagram.height / 2);
  await page.mouse.down();
  const end = await position(page);
  assert.equal(end.index, end.count);
  await page.mouse.move(diagram.x + diagram.width / 2, diagram.y + diagram.height / 2, { steps: 5 });
  const middle = await position(page);
  assert.ok(middle.index > 0 && middle.index < middle.count, `it follows the pointer to ${middle.index}`);
  await page.mouse.up();
  await page.mouse.move(diagram.x + diagram.width / 4, diagram.y + diagram.height / 2);
  assert.equal((await position(page)).index, middle.index, 'until it is let go');
  await close();
});
