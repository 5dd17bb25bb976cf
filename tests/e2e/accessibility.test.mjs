// The page can be read by everybody: nothing is a serious barrier, and every step is spoken.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { walk } from './contract.mjs';
import { accessibilityViolations, closeBrowser, openPage, position } from './harness.mjs';

after(closeBrowser);

/** Looks for barriers once everything has come to rest. */
async function check(page, where, found) {
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))));
  for (const violation of await accessibilityViolations(page)) {
    // The same finding on a later view says nothing new.
    if (!found.some((known) => known.endsWith(violation))) found.push(`${where}: ${violation}`);
  }
}

for (const [lang, theme] of [['zh', 'light'], ['zh', 'dark'], ['en', 'light'], ['en', 'dark']]) {
  test(`no serious barrier in the lesson and around it, ${lang}, ${theme}`, async () => {
    const { page, close } = await openPage({ lang, theme });
    const found = [];
    await check(page, 'start', found);
    await page.locator('[data-action="stage-forward"]').click();
    for (let step = 0; step < 12; step += 1) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('3');
    await check(page, 'middle, inspector open', found);
    await page.keyboard.press('End');
    await check(page, 'end', found);
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await check(page, 'help', found);
    await page.keyboard.press('Escape');
    if (theme === 'light') {
      await page.locator('#tab-log').click();
      await check(page, 'log', found);
      await page.locator('#tab-trace').click();
      await check(page, 'events', found);
      await page.locator('#tab-real-log').click();
      await page.locator('[data-log-step]').first().waitFor();
      await check(page, 'real log', found);
    }
    assert.deepEqual(found, []);
    await close();
  });

  test(`no serious barrier on a phone and in the sandbox, ${lang}, ${theme}`, async () => {
    const found = [];
    const phone = await openPage({ lang, theme, width: 390, height: 844, touch: true, isMobile: true, path: '#/lesson/five-server-startup?at=third-vote+0' });
    await check(phone.page, 'phone, question', found);
    await phone.page.getByRole('button', { name: lang === 'zh' ? '选票' : 'Ballots', exact: true }).click();
    await check(phone.page, 'phone, ballots', found);
    await phone.close();
    const { page, close } = await openPage({ lang, theme, path: '#/sandbox' });
    await check(page, 'sandbox', found);
    assert.deepEqual(found, []);
    await close();
  });
}

for (const lang of ['zh', 'en']) {
  test(`every step is spoken in one sentence, ${lang}`, async () => {
    const { page, close } = await openPage({ lang });
    const live = '[aria-live="polite"]';
    assert.equal(await page.locator(live).count(), 1, 'there is one live region');
    const moments = await walk(page, 'ArrowRight', async () => ({ ...(await position(page)), sentence: await page.locator(live).textContent() }));
    const spoken = moments.map(({ sentence }) => sentence);
    const wrong = spoken.filter((sentence, index) => {
      const ends = sentence.match(lang === 'zh' ? /[。？！]/gu : /[.?!](?=\s|$)/gu) ?? [];
      const ofLanguage = /\p{Script=Han}/u.test(sentence) === (lang === 'zh');
      return !ofLanguage || ends.length > 1 || sentence.length < 5 || sentence === spoken[index - 1];
    });
    assert.deepEqual(wrong, [], 'spoken twice, in several sentences or in the other language');

    // The other language is spoken as well, and the document says which it is.
    await page.keyboard.press('l');
    const other = lang === 'zh' ? 'en' : 'zh';
    assert.match(await page.locator('html').getAttribute('lang'), new RegExp(`^${other}`));
    assert.equal(/\p{Script=Han}/u.test(await page.locator(live).textContent()), other === 'zh');
    await close();
  });

  test(`a server's name says what its attributes say, ${lang}`, async () => {
    const { page, close } = await openPage({ lang });
    await walk(page, 'ArrowRight', async () => {
      const silent = await page.evaluate(() => [...document.querySelectorAll('[data-server]')].flatMap(({ ariaLabel, tabIndex, dataset: { server, state, vote } }) => {
        const parts = state === 'DOWN' ? [server] : [server, state, vote];
        return tabIndex === 0 && parts.every((part) => ariaLabel.includes(part)) ? [] : [ariaLabel];
      }));
      assert.deepEqual(silent, []);
      return position(page);
    });
    await close();
  });
}

test('while it plays, the live region speaks at most every two seconds', async () => {
  const { page, close } = await openPage({ path: '#/lesson/five-server-startup?at=four-up+0', lang: 'en' });
  await page.locator('[data-speed]').last().click();
  await page.evaluate(() => {
    window.spokenAt = [];
    const live = document.querySelector('[aria-live="polite"]');
    new MutationObserver(() => {
      if (document.querySelector('[data-action="pause"]')) window.spokenAt.push([performance.now(), live.textContent]);
    }).observe(live, { subtree: true, childList: true, characterData: true });
  });
  await page.locator('[data-action="play"]').click();
  await page.waitForTimeout(5_000);
  const spoken = await page.evaluate(() => window.spokenAt);
  assert.ok(spoken.length >= 1 && spoken.length <= 3, JSON.stringify(spoken));
  spoken.slice(1).forEach(([at, text], index) => {
    assert.ok(at - spoken[index][0] > 1_900, JSON.stringify(spoken));
    assert.notEqual(text, spoken[index][1]);
  });
  await close();
});
