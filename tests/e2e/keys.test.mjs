// Every key and every button of the transport does what the help says, and no more.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { snapshot, walk, walkUntil } from './contract.mjs';
import { closeBrowser, drawn, openPage, position } from './harness.mjs';

after(closeBrowser);

const dialog = '[role="dialog"]';
const inspector = '[data-inspector]';
const action = (name) => `[data-action="${name}"]`;
const index = async (page) => (await position(page)).index;

/** The element with the focus, in a few words. */
const focused = (page) => page.evaluate(() => {
  const { tagName, id, dataset, className } = document.activeElement;
  return [tagName, id, JSON.stringify(dataset), String(className?.baseVal ?? className)].join(' ');
});

const assertFocusKept = async (page, where) => {
  assert.equal(await page.evaluate(() => document.activeElement === null || document.activeElement === document.body), false, `the focus is lost ${where}`);
};

test('the buttons of the transport step, jump and play', async () => {
  const { page, close } = await openPage();
  const press = async (name) => {
    // At an end a button is dimmed, but it can still be pressed.
    await page.locator(action(name)).click({ force: true });
    return position(page);
  };
  const first = await press('step-forward');
  assert.deepEqual([first.index, first.stage], [1, 1]);
  for (const stage of [2, 3, 4, 5]) assert.equal((await press('stage-forward')).stage, stage);
  assert.equal((await snapshot(page)).servers[5].state, 'LOOKING', 'a jump lands on the start itself');
  const end = await press('stage-forward');
  assert.equal(end.index, end.count);
  assert.equal((await press('stage-forward')).index, end.count, 'there is no stage after the last');
  assert.equal((await press('step-back')).stage, 5);
  assert.equal((await press('stage-back')).stage, 5, 'first to the beginning of this stage');
  for (const stage of [4, 3, 2, 1, 0]) assert.equal((await press('stage-back')).stage, stage);
  assert.equal((await press('step-back')).index, 0);
  await press('play');
  assert.equal(await page.locator(action('play')).count(), 0);
  await press('pause');
  assert.equal(await page.locator(action('pause')).count(), 0);
  await close();
});

test('arrows with Shift jump to stages, Home and End to the ends', async () => {
  const { page, close } = await openPage();
  for (const stage of [1, 2, 3]) {
    await page.keyboard.press('Shift+ArrowRight');
    assert.equal((await position(page)).stage, stage);
  }
  await page.keyboard.press('Shift+ArrowLeft');
  assert.equal((await position(page)).stage, 2);
  await page.keyboard.press('End');
  const end = await position(page);
  assert.equal(end.index, end.count);
  await page.keyboard.press('Home');
  assert.equal(await index(page), 0);
  await page.keyboard.press('Control+ArrowRight');
  assert.equal(await index(page), 0, 'keys with Ctrl belong to the browser');
  await close();
});

test('space plays up to the open question, then past it, and pauses', async () => {
  const { page, close } = await openPage();
  await page.locator('[data-speed]').last().click();
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('Space');
  await page.locator(action('pause')).waitFor();
  await page.locator('[data-ask]').waitFor();
  await page.locator(action('play')).waitFor();
  const asked = await index(page);
  await page.waitForTimeout(1_000);
  assert.equal(await index(page), asked, 'it waits at the question');
  await page.keyboard.press('Space');
  await page.waitForFunction((at) => Number(document.querySelector('[data-zooscope-position]').dataset.eventIndex) > at, asked);
  assert.equal(await page.locator(action('pause')).count(), 1, 'it plays on');
  await page.keyboard.press('Space');
  const paused = await index(page);
  await page.waitForTimeout(1_000);
  assert.equal(await index(page), paused);
  await close();
});

test('a press while the page plays takes over', async () => {
  const { page, close } = await openPage();
  await page.keyboard.press('Space');
  await page.keyboard.press('End');
  assert.equal(await page.locator(action('pause')).count(), 0);
  await close();
});

test('a digit selects a server and says why it is so', async () => {
  for (const [lang, words] of [['zh', /为什么.*？/], ['en', /^Why .*\?/]]) {
    const { page, close } = await openPage({ lang });
    await page.keyboard.press('End');
    for (const id of ['1', '3', '4']) {
      await page.keyboard.press(id);
      const panel = page.locator(inspector);
      assert.match(await panel.getByRole('heading', { level: 2 }).textContent(), new RegExp(id));
      for (const question of await panel.getByRole('heading', { level: 3 }).allTextContents()) assert.match(question, words);
      const answers = await panel.getByRole('listitem').allTextContents();
      assert.ok(answers.length >= 2 && answers.every((answer) => answer.trim().length > 5), `${id}: ${answers}`);
      assert.equal(await page.locator(`[data-server="${id}"]`).getAttribute('aria-pressed'), 'true');
    }
    await assertApart(page, inspector, '[data-server="4"]');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator(inspector).count(), 0);
    await page.keyboard.press('9');
    assert.equal(await page.locator(inspector).count(), 0, 'there is no server 9');
    await close();
  }
});

test('why did 4 not win, and why did 1 keep its vote?', async () => {
  const { page, close } = await openPage({ lang: 'en' });
  await page.keyboard.press('End');
  await page.keyboard.press('4');
  const text = await page.locator(inspector).innerText();
  assert.match(text, /3/);
  assert.match(text, /quorum|LEADING|confirm/i);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('1');
  assert.match(await page.locator(inspector).innerText(), /itself|own|1/);
  await close();
});

test('a letter each for language, theme, grain, projector and help', async () => {
  const { page, close } = await openPage({ lang: 'zh' });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.keyboard.press('l');
  await page.locator('html[lang="en"]').waitFor();
  await page.keyboard.press('l');
  await page.locator('html[lang^="zh"]').waitFor();

  const light = await ground();
  await page.keyboard.press('t');
  await page.waitForFunction((before) => getComputedStyle(document.body).backgroundColor !== before, light);
  await page.keyboard.press('t');
  await page.waitForFunction((before) => getComputedStyle(document.body).backgroundColor === before, light);

  const story = [];
  for (let step = 0; step < 4; step += 1) {
    await page.keyboard.press('ArrowRight');
    story.push(await index(page));
  }
  const from = story[1];
  assert.ok(story[2] > from + 1, 'there are events between these two');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('d');
  await page.keyboard.press('ArrowRight');
  assert.equal(await index(page), from + 1);
  await page.keyboard.press('d');
  await page.keyboard.press('ArrowRight');
  assert.equal(await index(page), story[2], 'back on the story');

  await page.keyboard.press('p');
  await page.waitForTimeout(300);
  assert.ok((await smallestText(page)).size >= 24, JSON.stringify(await smallestText(page)));
  await page.keyboard.press('p');

  await page.keyboard.press('?');
  await page.locator(dialog).waitFor();
  await page.keyboard.press('Escape');
  await page.locator(dialog).waitFor({ state: 'detached' });
  await close();
});

test('single-character keys can be switched off, and stay off', async () => {
  const { page, close } = await openPage({ lang: 'en' });
  await page.locator(action('help')).click();
  await page.getByLabel('Single letters are keys').uncheck();
  await page.keyboard.press('Escape');
  for (const key of ['l', 't', 'd', 'p', '3', '?']) await page.keyboard.press(key);
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.equal(await page.locator('html').getAttribute('data-projector'), 'false');
  assert.equal(await page.locator(inspector).count(), 0);
  assert.equal(await page.locator(dialog).count(), 0, '? is a single character, too');
  await page.keyboard.press('ArrowRight');
  assert.equal(await index(page), 1, 'arrows are no letters');
  await close();
});

test('a tab list, a slider and a text field keep their keys', async () => {
  const { page, close } = await openPage({ path: '#/lesson/two-hundred-milliseconds?lang=en' });
  await page.keyboard.press('ArrowRight');
  const here = await index(page);

  await page.getByRole('tab').first().focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.getByRole('tab').nth(1).getAttribute('aria-selected'), 'true');
  assert.equal(await page.getByRole('tab').nth(1).evaluate((tab) => tab === document.activeElement), true);
  assert.equal(await index(page), here);

  const slider = page.locator('[data-parameter]');
  const value = Number(await slider.inputValue());
  await slider.focus();
  await page.keyboard.press('ArrowRight');
  assert.ok(Number(await slider.inputValue()) > value);
  assert.equal(await index(page), here);
  await assertFocusKept(page, 'by the slider');

  await page.locator(action('share')).click();
  await page.locator('[data-share-link]').focus();
  for (const key of ['ArrowRight', 'End', 'l', '3', 'Space', '?']) await page.keyboard.press(key);
  assert.equal(await index(page), here);
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.equal(await page.locator(action('pause')).count(), 0);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator(dialog).count(), 0, 'Escape closes even from a text field');
  await close();
});

test('space and Enter press the button with the focus', async () => {
  const { page, close } = await openPage({ lang: 'zh' });
  await page.locator(action('language')).focus();
  await page.keyboard.press('Space');
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.equal(await page.locator(action('pause')).count(), 0, 'it does not play as well');
  await page.locator('[data-server="2"]').focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.locator(inspector).count(), 1);
  await close();
});

test('stepping never loses the focus', async () => {
  const { page, close } = await openPage();
  for (const selector of [action('step-forward'), '[data-server="3"]']) {
    await page.keyboard.press('Home');
    await page.locator(selector).focus();
    await page.evaluate(() => { window.held = document.activeElement; });
    const lost = [];
    const observe = async () => {
      const moment = await page.evaluate(() => {
        const { eventIndex, eventCount } = document.querySelector('[data-zooscope-position]').dataset;
        return { index: Number(eventIndex), count: Number(eventCount), kept: document.activeElement === window.held };
      });
      if (!moment.kept) lost.push(moment.index);
      return moment;
    };
    await walk(page, 'ArrowRight', observe);
    await walk(page, 'ArrowLeft', observe);
    assert.deepEqual(lost, [], `${selector} has lost the focus at these events`);
  }
  await close();
});

test('an answer or an envelope that leaves the page takes no focus with it', async () => {
  const { page, close } = await openPage();
  await walkUntil(page, 'ArrowRight', async () => (await page.locator('[data-ask]').count()) > 0);
  await page.locator('[data-option]').first().focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('[data-option][aria-pressed="true"]').count(), 1);
  await assertFocusKept(page, 'by the answer');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await assertFocusKept(page, 'with the question');

  await walkUntil(page, 'ArrowRight', ({ messages }) => messages.length > 2);
  await page.locator('[data-message]').first().focus();
  await page.keyboard.press('End');
  await assertFocusKept(page, 'with the envelope');
  await close();
});

test('an envelope says what it carries, by Enter and by a press', async () => {
  for (const [width, touch] of [[1280, false], [390, true]]) {
    const { page, close } = await openPage({ width, height: 844, touch, lang: 'en' });
    await walkUntil(page, 'ArrowRight', ({ messages }) => messages.length > 2);
    await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))));
    const said = async (message) => {
      await drawn(page);
      const [from, to] = [await message.getAttribute('data-from'), await message.getAttribute('data-to')];
      assert.match(await page.locator('[data-inspector] h2').innerText(), new RegExp(`${from} → ${to}$`));
      assert.equal(await message.getAttribute('class'), 'envelope selected');
    };
    const [first, last] = [page.locator('[data-message]').first(), page.locator('[data-message]').last()];
    await first.focus();
    await page.keyboard.press('Enter');
    await said(first);
    await page.keyboard.press('Escape');
    await drawn(page);
    assert.equal(await page.locator('[data-inspector]').count(), 0);
    await (touch ? last.tap({ force: true }) : last.click({ force: true }));
    await said(last);
    await close();
  }
});

test('a key that comes before the page is drawn again is not lost', async () => {
  const { page, close } = await openPage({ lang: 'en' });
  // Within one task nothing is drawn.
  const pressAll = (keys) => page.evaluate((keys) => {
    for (const key of keys) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }, keys);
  await page.keyboard.press('?');
  await pressAll(['Escape', 'End']);
  const { index, count } = await position(page);
  assert.equal(index, count);
  await pressAll(['Home', ' ', ' ']);
  await page.waitForTimeout(1_500);
  assert.equal((await position(page)).index, 0, 'playing was begun and ended');
  await close();
});

test('a dialog takes the focus, keeps it and gives it back', async () => {
  const { page, close } = await openPage({ lang: 'en' });
  for (const name of ['help', 'share']) {
    await page.locator(action(name)).focus();
    await page.keyboard.press('Enter');
    await drawn(page);
    const inside = () => page.locator(dialog).evaluate((element) => element.contains(document.activeElement));
    assert.equal(await inside(), true, name);
    for (let press = 0; press < 20; press += 1) {
      await page.keyboard.press('Tab');
      // From its last element Tab may go to the browser's own controls, but never to what lies below.
      const below = await page.locator(dialog).evaluate((element) => document.activeElement !== document.body && !element.contains(document.activeElement));
      assert.equal(below, false, `Tab number ${press + 1} leaves the dialog ${name}: ${await focused(page)}`);
    }
    await page.keyboard.press('Escape');
    await drawn(page);
    assert.equal(await page.locator(action(name)).evaluate((button) => button === document.activeElement), true, `${name} has the focus again`);
  }
  await close();
});

test('whatever has the focus shows it', async () => {
  const { page, close } = await openPage();
  await walkUntil(page, 'ArrowRight', async () => (await page.locator('[data-ask]').count()) > 0);
  await page.evaluate(() => {
    const properties = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'borderColor', 'backgroundColor', 'stroke', 'strokeWidth'];
    window.lookOf = (element) => [element, ...element.querySelectorAll('*')].map((part) => {
      const style = getComputedStyle(part);
      return properties.map((property) => style[property]).join();
    }).join('|');
    const reachable = 'a[href], button, input, [tabindex]:not([tabindex="-1"])';
    window.looks = new Map([...document.querySelectorAll(reachable)].map((element) => [element, window.lookOf(element)]));
  });
  const seen = new Set();
  for (let press = 0; press < 60; press += 1) {
    await page.keyboard.press('Tab');
    const result = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === document.body) return null;
      const { width, height } = element.getBoundingClientRect();
      return { different: window.lookOf(element) !== window.looks.get(element), onScreen: width > 1 && height > 1 };
    });
    const name = await focused(page);
    if (result === null || seen.has(name)) break;
    seen.add(name);
    assert.deepEqual(result, { different: true, onScreen: true }, name);
  }
  assert.ok(seen.size > 15, `${seen.size} elements were reached`);
  await close();
});

/** Two elements do not cover each other. */
async function assertApart(page, first, second) {
  const [a, b] = await Promise.all([first, second].map((selector) => page.locator(selector).boundingBox()));
  const apart = a.x >= b.x + b.width || b.x >= a.x + a.width || a.y >= b.y + b.height || b.y >= a.y + a.height;
  assert.ok(apart, `${first} covers ${second}: ${JSON.stringify([a, b])}`);
}

/** The smallest text on the screen as it is painted, scaled drawings included. */
function smallestText(page) {
  return page.evaluate(() => {
    const texts = document.createTreeWalker(document.querySelector('#app'), NodeFilter.SHOW_TEXT);
    let smallest = { size: Infinity };
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement;
      const words = texts.currentNode.data.trim();
      const { width, height } = element.getBoundingClientRect();
      if (!/[\p{L}\p{N}]/u.test(words) || element.closest('.offscreen') || !element.checkVisibility({ visibilityProperty: true }) || width < 2 || height < 2) continue;
      const drawing = element.closest('svg');
      const scale = drawing ? element.getScreenCTM().a : 1;
      const size = Math.round(parseFloat(getComputedStyle(element).fontSize) * scale * 10) / 10;
      if (size < smallest.size) smallest = { size, words, at: element.className?.baseVal ?? element.className };
    }
    return smallest;
  });
}
