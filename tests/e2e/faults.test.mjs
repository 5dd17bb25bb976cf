// With a fault switched on promises break, and the page says which, by whom, and where it began; the switches are on the
// page itself, and what was switched is in the address.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { snapshot } from './contract.mjs';
import { accessibilityViolations, closeBrowser, drawn, openPage, position, run } from './harness.mjs';

after(closeBrowser);

const phone = { width: 390, height: 844, touch: true, isMobile: true };
const action = (name) => `[data-action="${name}"]`;
const faultSwitch = (name) => `[role="switch"][data-fault="${name}"]`;
const dialog = '[role="dialog"]';
const broken = '[data-broken]';
const badge = '[data-faults]';

/** A learner acknowledges a proposal before NEWLEADER; and one acknowledges NEWLEADER with nothing on its disk. */
const early = run('ensemble_3_latency=2ms_faults=early-acks;start_all;settle;write_3_a;settle;crash_1;write_3_b;settle;crash_2;crash_3;start_3;start_1;settle');
const unflushed = run('ensemble_3_latency=2ms_faults=unflushed-acks;start_all;settle;write_3_a;write_3_b;settle');
/** Server 1 comes to lead only because its vote counts what its log holds. */
const honest = run('ensemble_3_latency=2ms;start_all;settle;write_3_a;settle;cut_2-3;write_3_x;crash_3_after_flush_1.2;until_state_1_=_LEADING');

const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

/** Presses Tab until something has the focus. */
async function tabTo(page, locator) {
  for (let press = 0; press < 60; press += 1) {
    if (await isFocused(locator)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail('the keyboard does not reach it');
}

for (const lang of ['zh', 'en']) {
  test(`what was broken is a button that leads to where it began, ${lang}`, async () => {
    const { page, close } = await openPage({ path: `${early}?lang=${lang}`, lang });
    assert.equal(await page.locator('.invariants').innerText(), lang === 'zh' ? '不变式成立' : 'Invariants hold');
    assert.equal(await page.locator(broken).count(), 0, 'nothing is given away before it happens');
    assert.equal(await page.locator(badge).getAttribute('data-faults'), 'early-acks');
    assert.match(await page.locator(badge).innerText(), lang === 'zh' ? /^已打开故障：/ : /^Fault switched on:/);

    await page.keyboard.press('End');
    const { count } = await position(page);
    const breach = page.locator(broken);
    assert.equal(await breach.getAttribute('data-broken'), 'AckConsistent');
    const words = await breach.innerText();
    assert.match(words, lang === 'zh' ? /AckConsistent[^]*服务器 1、3，zxid 1\.2[^]*对 NEWLEADER 的回答。/ : /AckConsistent[^]*servers 1, 3, zxid 1\.2[^]*answers NEWLEADER\./);
    for (const key of ['Enter', 'Space']) {
      await page.keyboard.press('End');
      await tabTo(page, breach);
      await page.keyboard.press(key);
      const { index } = await position(page);
      assert.equal(index, Number(await breach.getAttribute('data-broken-at')), key);
      assert.ok(index > 0 && index < count);
      assert.equal(await isFocused(breach), true, 'the focus stays where it was');
      assert.equal(await breach.getAttribute('aria-current'), 'step');
    }
    const first = await snapshot(page);
    const spoken = await page.locator('[data-spoken]').innerText();
    assert.match(spoken, lang === 'zh' ? /NEWLEADER.*不变式被破坏：AckConsistent/ : /NEWLEADER.*An invariant is broken: AckConsistent/);

    await page.waitForURL(new RegExp(`at=\\+${first.index}$`));
    const friend = await openPage({ path: page.url(), lang });
    assert.deepEqual(await snapshot(friend.page), first);
    assert.equal(await friend.page.locator(broken).count(), 1);
    await friend.close();

    // The event before, not only the step of the story before, has broken nothing yet.
    await page.keyboard.press('d');
    await page.keyboard.press('ArrowLeft');
    assert.equal((await position(page)).index, first.index - 1);
    assert.equal(await page.locator(broken).count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'story', 'the focus is not lost with the button');
    await close();
  });

  test(`on a phone it is tapped, ${lang}`, async () => {
    const { page, close } = await openPage({ ...phone, path: `${unflushed}?lang=${lang}`, lang });
    await page.locator(action('stage-forward')).tap();
    while ((await page.locator(broken).count()) === 0) await page.locator(action('step-forward')).tap();
    const { index } = await position(page);
    assert.equal(Number(await page.locator(broken).getAttribute('data-broken-at')), index, 'the story stops where something breaks');
    await page.locator(action('step-forward')).tap();
    await page.locator(broken).tap();
    assert.equal((await position(page)).index, index);
    for (const selector of [broken, badge]) {
      const { x, width, height } = await page.locator(selector).boundingBox();
      assert.ok(height >= 43.5 && x >= 0 && x + width <= phone.width, `${selector}: ${x} ${width}x${height}`);
    }
    assert.deepEqual(await accessibilityViolations(page), []);
    await close();
  });

  for (const way of ['tap', 'keyboard']) {
    test(`a fault is switched on in the sandbox by ${way}, runs, and is shared, ${lang}`, async () => {
      const { page, close } = await openPage({ ...(way === 'tap' ? phone : {}), path: `#/sandbox?lang=${lang}`, lang });
      const press = async (selector) => {
        const target = page.locator(selector).first();
        if (way === 'tap') {
          await target.tap();
        } else {
          await tabTo(page, target);
          await page.keyboard.press(selector.includes('switch') ? 'Space' : 'Enter');
        }
        await drawn(page);
      };
      assert.equal(await page.locator(badge).count(), 0);
      await press(action('faults'));
      const one = page.locator(faultSwitch('early-acks'));
      assert.equal(await page.locator(`${dialog} [role="switch"]`).count(), 16);
      assert.equal(await page.locator(`${dialog} [aria-checked="true"]`).count(), 0, 'all are off at first');
      assert.match(await one.innerText(), lang === 'zh' ? /确认收到的提案。\s*ZOOKEEPER-4685/ : /acknowledges proposals.*\.\s*ZOOKEEPER-4685/);
      await press(faultSwitch('early-acks'));
      await press(faultSwitch('cache-hole'));
      await press(faultSwitch('cache-hole'));
      assert.equal(await one.getAttribute('aria-checked'), 'true');
      assert.equal(await page.locator(`${dialog} [aria-checked="true"]`).count(), 1);
      assert.deepEqual(await accessibilityViolations(page), []);
      await press(`${dialog} .close`);
      assert.equal(await page.locator(badge).getAttribute('data-faults'), 'early-acks');
      if (way === 'keyboard') assert.equal(await isFocused(page.locator(badge)), true, 'the dialog gives the focus back');

      for (const selector of ['[data-servers="3"]', '[data-fill]', '[data-predict="3"]', '[data-run]']) await press(selector);
      await page.waitForURL(new RegExp(run('ensemble_3_faults=early-acks;start_1;')));
      assert.equal(await page.locator(badge).getAttribute('data-faults'), 'early-acks');
      if (way === 'tap') await press(action('menu'));
      await press(`${way === 'tap' ? `${dialog} ` : ''}${action('share')}`);
      assert.match(await page.locator('[data-share-link]').inputValue(), /faults=early-acks/);
      await page.keyboard.press('Escape');

      // Off again in the run: the same commands, and the badge has gone with the fault.
      await page.keyboard.press('End');
      await press(badge);
      await press(faultSwitch('early-acks'));
      await page.waitForURL(new RegExp(`${run('ensemble_3;start_1;')}.*at=`));
      await page.keyboard.press('Escape');
      assert.equal(await page.locator(badge).count(), 0);
      assert.equal(await page.evaluate(() => document.activeElement === document.body), false, 'the focus does not go with the badge');
      const { index, count } = await position(page);
      assert.equal(index, count, 'at the end, as before');
      assert.equal(await page.locator('[data-outcome]').getAttribute('data-outcome'), '2');
      await close();
    });
  }

  test(`a run that a fault would never let end is left as it is, ${lang}`, async () => {
    const { page, close } = await openPage({ path: `${honest}?lang=${lang}`, lang });
    await page.keyboard.press('End');
    const moment = await snapshot(page);
    await page.locator(action('faults')).click();
    await page.locator(faultSwitch('memory-vote')).click();
    const refused = page.locator(`${dialog} [role="status"]`);
    assert.match(await refused.innerText(), lang === 'zh' ? /没有切换.*until state 1 = LEADING/ : /Not switched.*until state 1 = LEADING/);
    assert.equal(await page.locator(faultSwitch('memory-vote')).getAttribute('aria-checked'), 'false');
    assert.deepEqual(await snapshot(page), moment);
    await page.locator(faultSwitch('undead-logger')).click();
    assert.equal(await refused.innerText(), '', 'what was refused before is no news any more');
    await close();
  });
}

test('each fault comes with a run that it breaks', async () => {
  const { page, close } = await openPage({ path: '#/sandbox', lang: 'en' });
  const names = await page.locator(action('faults')).click()
    .then(() => page.locator('[data-fault]').evaluateAll((all) => all.map(({ dataset }) => dataset.fault)));
  for (const name of names) {
    await page.getByRole('link', { name: `See it break: ${name}` }).click();
    await page.waitForURL(new RegExp(`faults=${name};`));
    assert.equal(await page.locator(dialog).count(), 0);
    assert.equal((await position(page)).index, 0);
    await page.keyboard.press('End');
    const first = page.locator(broken).first();
    await first.focus();
    await page.keyboard.press('Enter');
    assert.equal((await position(page)).index, Number(await first.getAttribute('data-broken-at')), name);
    assert.equal(await isFocused(first), true, `${name}: what was broken later leaves the page, the focus does not`);
    await page.locator(action('faults')).first().click();
  }
  await close();
});
