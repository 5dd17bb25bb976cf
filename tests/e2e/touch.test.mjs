// On a phone everything works by tapping, and everything that matters fits on the screen.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { snapshot, states, walk } from './contract.mjs';
import { closeBrowser, openPage, position } from './harness.mjs';

after(closeBrowser);

const phone = { width: 390, height: 844, touch: true, isMobile: true };
const action = (name) => `[data-action="${name}"]`;

/** What the student on the phone answers; three of the five are wrong. */
const answers = { 'two-enough': 'yes', 'who-leads': 'three', 'at-once': 'now', 'larger-id': 'follows', 'and-five': 'four-helps' };
const right = { 'two-enough': 'no', 'who-leads': 'three', 'at-once': 'silence', 'larger-id': 'follows', 'and-five': 'follows' };

const han = /\p{Script=Han}/u;

for (const lang of ['zh', 'en']) {
  test(`the lesson is played and its questions are answered by tapping, ${lang}`, async () => {
    const { page, close } = await openPage({ ...phone, lang });
    const judged = {};
    for (;;) {
      const ask = page.locator('[data-ask]');
      const name = (await ask.count()) > 0 ? await ask.getAttribute('data-ask') : undefined;
      const option = page.locator(`[data-option="${answers[name]}"]`);
      if (name && (await option.getAttribute('aria-pressed')) === 'false') {
        await option.tap();
        assert.equal(await option.getAttribute('aria-pressed'), 'true');
      }
      for (const verdict of await page.locator('[data-verdict]').all()) {
        const question = await verdict.getAttribute('data-verdict');
        judged[question] ??= { text: await verdict.innerText(), right: await verdict.getAttribute('data-right') };
      }
      const { index, count } = await position(page);
      if (index === count) break;
      await page.locator(action('step-forward')).tap();
      assert.ok((await position(page)).index > index, 'one tap, one new index');
    }
    assert.deepEqual(Object.fromEntries(Object.entries(judged).map(([name, verdict]) => [name, verdict.right])), right);
    const [yes, no] = lang === 'zh' ? [/猜对了/, /不是这样/] : [/Right/, /Not so/];
    for (const [name, { text }] of Object.entries(judged)) {
      const isRight = answers[name] === right[name];
      assert.match(text, isRight ? yes : no, name);
      assert.doesNotMatch(text, isRight ? no : yes, name);
      assert.equal(han.test(text), lang === 'zh', text);
      assert.ok(text.length > 20 && /\d/.test(text), `the explanation has this run's values: ${text}`);
    }
    await page.locator(action('stage-back')).tap();
    await page.locator(action('stage-back')).tap();
    await page.locator(action('step-back')).tap();
    assert.equal((await position(page)).stage, 3);
    await close();
  });
}

test('every wrong option has an explanation of its own', async () => {
  const { page, close } = await openPage({ lang: 'en' });
  // Steps to each question, answers it and reads the verdict; then goes back for the next option.
  const texts = {};
  for (;;) {
    const { index, count } = await position(page);
    const ask = page.locator('[data-ask]');
    const name = (await ask.count()) > 0 ? await ask.getAttribute('data-ask') : undefined;
    if (name && !texts[name]) {
      texts[name] = [];
      for (const option of await page.locator('[data-option]').all()) {
        await option.click();
        // A verdict is gone again later, so every step is drawn before it is looked for.
        while ((await page.locator(`[data-verdict="${name}"]`).count()) === 0) {
          const before = (await position(page)).index;
          await page.keyboard.press('ArrowRight');
          assert.ok((await position(page)).index > before, `${name} is judged before the end`);
        }
        texts[name].push(await page.locator(`[data-verdict="${name}"] p`).nth(1).innerText());
        while ((await position(page)).index > index) await page.keyboard.press('ArrowLeft');
      }
    }
    if (index === count) break;
    await page.keyboard.press('ArrowRight');
  }
  assert.deepEqual(Object.keys(texts), Object.keys(answers));
  for (const [name, explanations] of Object.entries(texts)) {
    assert.equal(new Set(explanations).size, explanations.length, `${name}: ${explanations}`);
  }
  await close();
});

test('a play button, the language and the theme by tap', async () => {
  const { page, close } = await openPage({ ...phone, lang: 'zh' });
  await page.locator(action('play')).tap();
  await page.locator(action('pause')).tap();
  assert.equal(await page.locator(action('play')).count(), 1);

  await page.locator(action('language')).tap();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.match(await page.locator('h1').innerText(), /^[\x20-\x7e]+$/);

  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.locator(action('menu')).tap();
  const theme = page.locator(action('theme')).locator('visible=true');
  assert.equal(await theme.count(), 1, 'the theme has its button of the contract on a phone, too');
  await theme.tap();
  assert.notEqual(await ground(), light);
  await close();
});

test('the ballots and the diagram open as sheets and close again', async () => {
  const { page, close } = await openPage({ ...phone, lang: 'en' });
  for (let step = 0; step < 3; step += 1) await page.locator(action('step-forward')).tap();
  const tally = page.locator('[data-tally-for="1"]');
  const inView = (locator) => locator.evaluate((element) => {
    const { left, right, top, width, height } = element.getBoundingClientRect();
    return width > 20 && height > 20 && left >= 0 && right <= innerWidth && top >= 0 && top < innerHeight;
  });
  /** Whether something is in view once sheets have come to rest. */
  const settles = async (locator) => {
    await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))));
    return inView(locator);
  };
  assert.equal(await settles(tally), false, 'closed at first');
  await page.getByRole('button', { name: 'Ballots' }).tap();
  assert.equal(await settles(tally), true);
  assert.equal(await overflow(page), 0, 'with the sheet open');
  await page.getByRole('tab', { name: 'Events' }).tap();
  await page.locator('aside').getByRole('button', { name: 'Close' }).tap();
  assert.equal(await settles(tally), false);

  await page.getByRole('button', { name: 'Diagram' }).tap();
  const sheet = page.getByRole('dialog');
  // The drawing is wider than the phone and scrolls within the sheet.
  assert.equal(await settles(sheet), true);
  assert.equal(await sheet.getByRole('img').isVisible(), true);
  assert.equal(await overflow(page), 0, 'with the diagram open');
  const { index } = await position(page);
  await sheet.getByRole('button', { name: 'Close' }).tap();
  assert.equal(await sheet.count(), 0);
  assert.equal((await position(page)).index, index, 'closing moves nothing');
  // It opens where the reader is, also at the end.
  const forward = page.locator(action('stage-forward'));
  while ((await forward.getAttribute('aria-disabled')) !== 'true') await forward.tap();
  await page.getByRole('button', { name: 'Diagram' }).tap();
  const [here, frame] = await Promise.all(['.playhead', ''].map((part) => sheet.locator(`.sheet-diagram ${part}`.trim()).boundingBox()));
  assert.ok(here.x >= frame.x && here.x + here.width <= frame.x + frame.width + 1, `${here.x} in ${frame.x} + ${frame.width}`);
  await sheet.getByRole('button', { name: 'Close' }).tap();
  for (let stage = 0; stage < 4; stage += 1) await page.locator(action('stage-back')).tap();

  await page.locator('[data-server="1"]').tap();
  assert.equal(await page.locator('[data-inspector]').count(), 1);
  await page.locator('[data-inspector]').getByRole('button', { name: 'Close' }).tap();
  assert.equal(await page.locator('[data-inspector]').count(), 0);
  await page.locator(action('step-forward')).tap();
  assert.ok((await position(page)).index > index);
  await close();
});

test('everything to tap on a phone is at least 44 pixels high and wide', async () => {
  const { page, close } = await openPage({ ...phone, lang: 'zh' });
  await page.locator(action('step-forward')).tap();
  await page.locator(action('step-forward')).tap();
  assert.equal(await page.locator('[data-ask]').count(), 1);
  const small = await page.evaluate(() => [...document.querySelectorAll('#app button, #app a[href], [data-server]')].flatMap((element) => {
    const { left, width, height } = element.getBoundingClientRect();
    const onScreen = element.checkVisibility() && width > 0 && left >= 0 && left < innerWidth;
    return onScreen && (width < 43.5 || height < 43.5) ? [`${element.textContent || element.ariaLabel}: ${width.toFixed()}x${height.toFixed()}`] : [];
  }));
  assert.deepEqual(small, []);
  await close();
});

for (const [width, height] of [[390, 844], [1280, 600]]) {
  for (const lang of ['zh', 'en']) {
    test(`controls, story and question are all in view at ${width}x${height}, ${lang}`, async () => {
      const { page, close } = await openPage({ width, height, lang, touch: width < 500, isMobile: width < 500 });
      const hidden = {};
      const moments = await walk(page, 'ArrowRight', async () => {
        const moment = await snapshot(page);
        for (const name of await outOfView(page)) (hidden[name] ??= []).push(moment.index);
        if ((await overflow(page)) > 0) (hidden['right edge'] ??= []).push(moment.index);
        for (const name of await cramped(page)) (hidden[name] ??= []).push(moment.index);
        return moment;
      });
      assert.equal(states(moments.at(-1)), 'FOLLOWING FOLLOWING LEADING FOLLOWING FOLLOWING');
      assert.deepEqual(hidden, {}, 'what is not in view, and at which events');
      await close();
    });
  }
}

/** By how many pixels the page is wider than the window. */
function overflow(page) {
  // A phone widens the window itself for a page that is too wide, so the window is no measure.
  return page.evaluate((width) => Math.max(0, document.scrollingElement.scrollWidth - width), page.viewportSize().width);
}

/** Which parts of the right column are too wide for it: tabs that wrap, or content that would scroll sideways. */
function cramped(page) {
  return page.evaluate(() => {
    const panel = document.querySelector('#rail-panel');
    const rows = new Set([...document.querySelectorAll('.tabs [role="tab"]')].map((tab) => tab.offsetTop));
    return [...(rows.size > 1 ? ['tabs'] : []), ...(panel.scrollWidth > panel.clientWidth ? ['right column'] : [])];
  });
}

/** Which of the core controls and words are cut off or covered. */
function outOfView(page) {
  return page.evaluate(() => {
    const core = {
      ...Object.fromEntries(['step-back', 'step-forward', 'stage-back', 'stage-forward', 'play'].map((name) => [name, `[data-action="${name}"]`])),
      heading: 'h1',
      story: '.prose p',
    };
    const elements = Object.entries(core).map(([name, selector]) => [name, document.querySelector(selector)]);
    for (const server of document.querySelectorAll('[data-server]')) elements.push([`server ${server.dataset.server}`, server.querySelector('.body')]);
    for (const option of document.querySelectorAll('[data-option]')) elements.push([`option ${option.dataset.option}`, option]);
    const inView = (element) => {
      if (!element) return false;
      const own = element.getBoundingClientRect();
      let [left, top, right, bottom] = [0, 0, innerWidth, innerHeight];
      for (let parent = element.parentElement; parent; parent = parent.parentElement) {
        if (parent === document.body || getComputedStyle(parent).overflow === 'visible') continue;
        const clip = parent.getBoundingClientRect();
        [left, top, right, bottom] = [Math.max(left, clip.left), Math.max(top, clip.top), Math.min(right, clip.right), Math.min(bottom, clip.bottom)];
      }
      const within = own.width > 0 && own.left >= left - 1 && own.top >= top - 1 && own.right <= right + 1 && own.bottom <= bottom + 1;
      if (!within || element.namespaceURI.endsWith('svg')) return within;
      const there = document.elementFromPoint(own.left + own.width / 2, own.top + own.height / 2);
      return element.contains(there) || Boolean(there?.contains(element));
    };
    return elements.filter(([, element]) => !inView(element)).map(([name]) => name);
  });
}
