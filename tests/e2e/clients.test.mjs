// Clients on the page: their lesson, their command lines, and every server's tree beside them.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { walk } from './contract.mjs';
import { accessibilityViolations, closeBrowser, drawn, openPage, position, ready, run } from './harness.mjs';

after(closeBrowser);

/** A run in which three servers serve and client a is connected with server 1. */
const RUN = run('ensemble_3;start_all;settle;client_a_connect_1,2,3;settle');

/** The paths that each server's tree shows. */
const trees = (page) => page.evaluate(() => Object.fromEntries([...document.querySelectorAll('[data-replica]')].map((replica) => [
  replica.dataset.replica,
  [...replica.querySelectorAll('[data-znode]')].map((row) => row.dataset.znode).join(' '),
])));

/** What stands in the command line of a client, also when its card is out of view and so not drawn. */
const lines = (page, client) => page.locator(`[data-client-card="${client}"] .lines li`).allTextContents();

/** Types a line at a client, or at the ensemble when the name is empty. */
async function type(page, client, line) {
  await page.locator(`[data-console="${client}"]`).fill(line);
  await page.keyboard.press('Enter');
  await drawn(page);
}

test('the lesson about ephemeral nodes is walked forwards and backwards by keyboard, in both languages', async () => {
  for (const lang of ['zh', 'en']) {
    const { page, close } = await openPage({ path: `#/lesson/ephemeral-node?lang=${lang}` });
    const observe = async () => ({
      ...await position(page),
      client: await page.locator('[data-client-card="a"]').getAttribute('data-client-state'),
      story: await page.locator('.story .prose').innerText(),
    });
    const begin = await observe();
    assert.ok(begin.index > 0 && begin.stage === 0, 'it begins when the ensemble serves');
    const seen = await walk(page, 'ArrowRight', observe);
    assert.equal(seen.at(-1).index, begin.count);
    assert.equal(seen.at(-1).stage, 6);
    assert.ok(seen.every(({ client }) => client === 'SyncConnected'));
    const said = new Set(seen.map(({ story }) => story));
    assert.ok(said.size >= 10, `${said.size} different texts`);
    for (let place = seen.length - 2; place >= 0; place -= 1) {
      await page.keyboard.press('ArrowLeft');
      assert.deepEqual(await observe(), seen[place], `back at ${seen[place].index}`);
    }
    assert.deepEqual(await accessibilityViolations(page), []);
    await close();
  }
});

test('no message covers its client, and stages in the diagram of a long run do not overprint each other', async () => {
  // Where messages rest; on their way there they fly over the client that sends them.
  const { page, close } = await openPage({ path: '#/lesson/ephemeral-node?lang=en', reducedMotion: 'reduce' });
  const covered = () => page.evaluate(() => {
    const part = (client, message) => {
      const [a, b] = [client.getBoundingClientRect(), message.getBoundingClientRect()];
      const [width, height] = [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
      return (Math.max(width, 0) * Math.max(height, 0)) / (a.width * a.height);
    };
    const clients = [...document.querySelectorAll('[data-client]')];
    const messages = [...document.querySelectorAll('[data-message]')];
    return messages.flatMap((message) => clients
      .filter(({ dataset }) => [message.dataset.from, message.dataset.to].includes(dataset.client))
      .map((client) => ({ kind: message.dataset.kind, client: client.dataset.client, part: part(client.querySelector('rect') ?? client, message) })));
  });
  const moments = await walk(page, 'ArrowRight', async () => ({ ...await position(page), covered: await covered() }));
  const all = moments.flatMap((moment) => moment.covered);
  assert.ok(all.some(({ kind }) => kind === 'closeSession'), 'all kinds are seen');
  assert.deepEqual(all.filter(({ part }) => part > 0.3), []);
  await close();

  const long = await openPage({ path: `${run('ensemble_3;start_1;settle;start_2;settle;start_3;settle;client_a_connect_1;settle;advance_120s')}?lang=en` });
  await long.page.keyboard.press('End');
  await drawn(long.page);
  const labels = await long.page.locator('.flag text').evaluateAll((all) => all.filter((text) => text.textContent.trim()).map((text) => {
    const { left, right } = text.getBoundingClientRect();
    return { text: text.textContent, left, right };
  }));
  assert.ok(labels.length > 0);
  labels.slice(1).forEach((label, place) => assert.ok(label.left >= labels[place].right, JSON.stringify(labels)));
  await long.close();
});

test('when the session expires, node and owner are gone first at the leader, and the watch is used up', async () => {
  const { page, close } = await openPage({ path: '#/lesson/ephemeral-node?lang=en&at=gone' });
  await page.locator('#tab-tree').click();
  const gone = await trees(page);
  assert.equal(gone[3], '/ /members');
  assert.equal(gone[1], '/ /members /members/b');
  assert.equal(await page.locator('[data-replica="1"] [data-znode="/members/b"]').getAttribute('data-owner'), 'b');
  // The arrows and Home and End belong to the tabs while one of them has the focus.
  await page.locator('[data-action="step-forward"]').focus();
  await page.keyboard.press('End');
  await drawn(page);
  assert.deepEqual(new Set(Object.values(await trees(page))), new Set(['/ /members']));
  await close();
});

test('what is typed at a client is done by the ensemble, and the address has it', async () => {
  for (const [lang, touch, width] of [['zh', false, 1280], ['en', true, 390]]) {
    const { page, close } = await openPage({ path: `${RUN}?lang=${lang}`, lang, touch, width, height: touch ? 844 : 720 });
    await page.keyboard.press('End');
    if (touch) await page.getByRole('button', { name: 'Details' }).tap();
    await type(page, 'a', 'create -e /app "two words; 100%"');
    assert.deepEqual((await lines(page, 'a')).slice(-2), ['> create -e /app "two words; 100%"', 'Created /app']);
    await type(page, 'a', 'get /nope');
    assert.equal((await lines(page, 'a')).at(-1), 'Node does not exist: /nope');
    await page.locator('#tab-tree')[touch ? 'tap' : 'click']();
    assert.deepEqual(await trees(page), { 1: '/ /app', 2: '/ /app', 3: '/ /app' });
    const { index, count } = await position(page);
    assert.equal(index, count);

    await page.waitForTimeout(400);
    await page.reload();
    await ready(page);
    assert.deepEqual(await position(page), { index, count, stage: 6 });
    // Each command is a stage, so the one before is a press away.
    const [back, forward] = await Promise.all(['back', 'forward'].map((way) => page.locator(`[data-action="stage-${way}"]`)));
    await back[touch ? 'tap' : 'click']();
    assert.equal((await position(page)).stage, 6);
    await back[touch ? 'tap' : 'click']();
    assert.equal((await position(page)).stage, 5);
    assert.match(await page.locator('#story h1').innerText(), /^a> create -e \/app "two words; 100%"$/);
    await forward[touch ? 'tap' : 'click']();
    assert.equal(await page.locator('#story h1').innerText(), 'a> get /nope');
    await close();
  }
});

test('a long command line shows its newest line and brings back what was typed', async () => {
  const typed = Array.from({ length: 12 }, (_, number) => `a~_create_/n${number}_x;settle`);
  const { page, close } = await openPage({ path: `${RUN};${typed.join(';')}`, lang: 'en' });
  await page.keyboard.press('End');
  // A card that is not drawn yet has no inner text, and the newest line is scrolled to once the card is drawn.
  const inView = (text) => page.waitForFunction((text) => {
    const [frame, line] = [document.querySelector('.lines'), [...document.querySelectorAll('.lines li')].at(-1)];
    if (line?.textContent !== text) return false;
    const [around, shown] = [frame.getBoundingClientRect(), line.getBoundingClientRect()];
    return shown.height > 0 && shown.top >= around.top && shown.bottom <= around.bottom + 1;
  }, text);
  await inView('Created /n11');
  await page.locator('[data-console="a"]').fill('get /n3');
  await page.keyboard.press('Enter');
  await page.locator('.lines li', { hasText: '> get /n3' }).waitFor();
  await page.keyboard.press('End');
  await page.locator('.lines li').last().waitFor();
  await inView('x');

  const field = page.locator('[data-console="a"]');
  const recalled = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
    return field.inputValue();
  };
  await field.focus();
  assert.equal(await recalled('ArrowUp'), 'get /n3');
  assert.equal(await recalled('ArrowUp', 'ArrowUp'), 'create /n10 x');
  assert.equal(await recalled('ArrowDown'), 'create /n11 x');
  assert.equal(await recalled('ArrowDown', 'ArrowDown', 'ArrowDown'), '');
  assert.equal(await recalled('ArrowUp'), 'get /n3');
  await close();
});

test('with two clients the answer of the upper one comes into view with its prompt', async () => {
  const typed = Array.from({ length: 12 }, (_, number) => `a~_create_/n${number}_x;settle`);
  const { page, close } = await openPage({ path: `${RUN};${typed.join(';')}`, lang: 'en', height: 800 });
  await page.keyboard.press('End');
  await page.locator('[data-connect="2"]').click();
  await type(page, 'b', 'stat /n1');
  // As far down as the panel goes with the prompt of a still in it.
  await page.evaluate(() => {
    const [panel, field] = [document.querySelector('#rail-panel'), document.querySelector('[data-console="a"]')];
    panel.scrollTop += field.getBoundingClientRect().top - panel.getBoundingClientRect().top - 4;
  });
  await page.locator('[data-console="a"]').focus();
  await page.keyboard.type('get /n3');
  await page.keyboard.press('Enter');
  await drawn(page);
  const [answer, panel] = await page.evaluate(() => [document.querySelector('[data-client-card="a"] .lines'), document.querySelector('#rail-panel')]
    .map((element) => element.getBoundingClientRect()).map(({ top, bottom }) => ({ top, bottom })));
  assert.ok(answer.bottom > panel.top + 60, `lines end at ${answer.bottom}, the panel begins at ${panel.top}`);
  assert.equal((await lines(page, 'a')).at(-1), 'x');
  await close();
});

test('a client is killed by a press, its session runs down, and another one comes', async () => {
  const { page, close } = await openPage({ path: `${RUN}?lang=en` });
  await page.keyboard.press('End');
  await page.locator('[data-connect="2"]').click();
  assert.equal(await page.locator('[data-client="b"]').getAttribute('data-connected'), '2');
  await type(page, 'b', 'create -e /mine');
  await page.locator('[data-client-card="b"] [data-command="crash b"]').click();
  assert.equal(await page.locator('[data-client="b"]').count(), 0, 'who is gone is not on the stage');
  await page.locator('.commands > summary').click();
  await type(page, '', 'advance 14s');
  await page.locator('#tab-tree').click();
  assert.deepEqual(await trees(page), { 1: '/', 2: '/', 3: '/' });
  await close();
});

test('a mistake is named in the reader’s language, and nothing is lost', async () => {
  for (const [lang, expected] of [['zh', /命令没有执行：第 9 个字符，集群里没有服务器 9/], ['en', /not carried out: character 9, there is no server 9 in this ensemble/]]) {
    const { page, close } = await openPage({ path: `${RUN}?lang=${lang}` });
    await page.keyboard.press('End');
    const before = await position(page);
    await page.locator('.commands > summary').click();
    await type(page, '', 'crash 1,9 <b>');
    assert.match(await page.getByRole('alert').innerText(), expected);
    await type(page, '', 'show state');
    assert.match(await page.getByRole('alert').innerText(), lang === 'zh' ? /expect、show 和 trace 只用在脚本里/ : /`expect`, `show` and `trace` are for scripts/);
    assert.deepEqual(await position(page), before);
    await close();
  }
});

test('pasted lines are carried out one after the other, and a mistake in one of them stops all', async () => {
  const { page, close } = await openPage({ path: `${RUN}?lang=en` });
  const paste = (name, text) => page.locator(`[data-console="${name}"]`).evaluate((field, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', text);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
  await page.keyboard.press('End');
  await paste('a', '\ncreate /one 1\r\n\ncreate /one/two 2\nls /one');
  await drawn(page);
  assert.deepEqual((await lines(page, 'a')).slice(-4), ['> create /one 1', 'Created /one', '> create /one/two 2', 'Created /one/two']);
  assert.equal(await page.locator('[data-console="a"]').inputValue(), 'ls /one', 'the last line has no end yet');
  await page.locator('[data-console="a"]').press('Enter');
  assert.equal((await lines(page, 'a')).at(-1), '[two]');
  await page.locator('.commands > summary').click();
  const before = await position(page);
  const field = page.locator('[data-console=""]');
  await field.focus();
  await paste('', 'crash 3\na> ls /\ncrash 9\nheal');
  await drawn(page);
  assert.match(await page.getByRole('alert').innerText(), /None of these commands was carried out: line 3, character 7/);
  assert.deepEqual(await position(page), before);
  // All of it stands in the field, to be seen and mended, and an arrow leads out of it only at its ends.
  assert.equal(await field.inputValue(), 'crash 3\na> ls /\ncrash 9\nheal');
  assert.equal(await field.evaluate(({ clientHeight, scrollHeight }) => scrollHeight <= clientHeight), true, 'all of it can be seen');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Home');
  await page.keyboard.press('Delete');
  assert.equal(await field.inputValue(), 'crash 3\na> ls /\nrash 9\nheal');
  await page.keyboard.type('c');
  await page.keyboard.press('End');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('2');
  await page.keyboard.press('Enter');
  await drawn(page);
  assert.equal(await page.getByRole('alert').count(), 0);
  assert.equal(await field.inputValue(), '');
  assert.equal(await field.evaluate(({ rows }) => rows), 1);
  for (const server of [2, 3]) assert.equal(await page.locator(`[data-server="${server}"]`).getAttribute('data-state'), 'DOWN');
  await paste('', 'start 3\nstart 3\n');
  await drawn(page);
  assert.match(await page.getByRole('alert').innerText(), /None of these commands was carried out: line 2, character 1/);
  assert.equal(await field.inputValue(), 'start 3\nstart 3');
  await field.fill('start 3');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('start 2');
  await page.keyboard.press('Enter');
  await drawn(page);
  for (const server of [2, 3]) assert.notEqual(await page.locator(`[data-server="${server}"]`).getAttribute('data-state'), 'DOWN');
  await close();
});

test('whoever connects a client goes on in its command line, and what is typed there is not lost', async () => {
  const { page, close } = await openPage({ path: `${RUN}?lang=en` });
  await page.keyboard.press('End');
  await page.locator('[data-connect="2"]').focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-console="b"]:focus').waitFor();
  await page.keyboard.type('create /typed-at-once');
  await page.keyboard.press('Enter');
  await drawn(page);
  assert.equal((await lines(page, 'b')).at(-1), 'Created /typed-at-once');
  assert.equal(await page.locator('[data-client-card]').count(), 2);
  // Who looks a path up in the tree finds the line half typed.
  await page.keyboard.type('get /typ');
  await page.locator('#tab-tree').click();
  await page.locator('#tab-clients').click();
  assert.equal(await page.locator('[data-console="b"]').inputValue(), 'get /typ');
  // The panel is as far down as it was, and what was unfolded still is.
  await page.locator('.commands > summary').click();
  await page.locator('[data-console=""]').fill('cra');
  const panel = page.locator('#rail-panel');
  await panel.evaluate((panel) => { panel.scrollTop = panel.scrollHeight; });
  const place = await panel.evaluate((panel) => panel.scrollTop);
  assert.ok(place > 100, `${place}`);
  await page.locator('#tab-trace').click();
  assert.equal(await panel.evaluate((panel) => panel.scrollTop), 0, 'another tab begins at its top');
  await page.locator('#tab-clients').click();
  await drawn(page);
  assert.equal(await page.locator('[data-console=""]').isVisible(), true);
  assert.equal(await page.locator('[data-console=""]').inputValue(), 'cra');
  await page.waitForFunction((place) => document.querySelector('#rail-panel').scrollTop === place, place);
  await page.locator('[data-console=""]').fill('');
  await page.locator('.commands > summary').click();
  assert.equal(await page.locator('[data-console=""]').isVisible(), false);
  // So does who looks at another run in between, and what is typed for one client is nobody else's.
  await page.waitForURL(/typed-at-once/);
  const here = page.url();
  await page.goto(`${here.split('#')[0]}#/lesson/ephemeral-node?lang=zh&at=watching`);
  await page.locator('[data-console="a"]').fill('ls /hal');
  await page.goto(`${here.split('#')[0]}#/r/${here.split('#/r/')[1]}`);
  await page.locator('[data-console="b"]').waitFor();
  await drawn(page);
  assert.deepEqual(await page.locator('[data-console]').evaluateAll((all) => all.map(({ dataset, value }) => `${dataset.console}: ${value}`)), ['a: ls /hal', 'b: get /typ', ': ']);
  await close();
});

test('a refused command stands in its field again, and up brings back those before', async () => {
  const { page, close } = await openPage({ path: `${RUN}?lang=en` });
  await page.keyboard.press('End');
  await page.locator('.commands > summary').click();
  const field = page.locator('[data-console=""]');
  const top = await page.locator('.stage').evaluate((stage) => stage.getBoundingClientRect().top);
  await type(page, '', 'crash 3');
  assert.equal(await field.inputValue(), '');
  for (let time = 0; time < 2; time += 1) {
    await type(page, '', 'crsh 2');
    assert.equal(await field.inputValue(), 'crsh 2');
    const [alert, box, panel] = await Promise.all(['.commands [role="alert"]', '[data-console=""]', '#rail-panel'].map((selector) => page.locator(selector).boundingBox()));
    assert.ok(alert.y >= box.y + box.height && alert.y + alert.height <= panel.y + panel.height + 1, 'the mistake is told under the field, in view');
    assert.ok(box.y >= panel.y, 'the field stays in view');
    assert.equal(await page.locator('.stage').evaluate((stage) => stage.getBoundingClientRect().top), top, 'the page stays where it is');
  }
  // Where the field cannot be seen, it is told on top.
  await page.locator('#tab-tree').click();
  assert.equal(await page.locator('.notice').getByRole('button').count(), 1);
  await page.locator('#tab-clients').click();
  assert.equal(await page.getByRole('alert').count(), 1);
  await field.press('ArrowUp');
  assert.equal(await field.inputValue(), 'crsh 2');
  await field.press('ArrowUp');
  assert.equal(await field.inputValue(), 'crash 3');
  await field.press('ArrowDown');
  await field.press('ArrowDown');
  await type(page, '', 'zed> ls /');
  assert.equal(await field.inputValue(), 'zed> ls /');
  await type(page, '', 'crash 2');
  assert.equal(await field.inputValue(), '');
  assert.equal(await page.getByRole('alert').count(), 0);
  assert.equal(await page.locator('[data-server="2"]').getAttribute('data-state'), 'DOWN');
  await close();
});

test('on a phone a mistake is told in the sheet, and that of a button over it, and both can be put away', async () => {
  for (const lang of ['zh', 'en']) {
    const { page, close } = await openPage({ path: `${RUN};pause_2;pause_3?lang=${lang}`, lang, touch: true, width: 390, height: 844 });
    await page.keyboard.press('End');
    await page.getByRole('button', { name: lang === 'zh' ? '细节' : 'Details' }).tap();
    await page.locator('.commands > summary').tap();
    await type(page, '', 'crsh 3');
    const alert = page.getByRole('alert');
    const told = async () => {
      const { y, height } = await alert.boundingBox();
      return { from: y, to: y + height };
    };
    const { y, height } = await page.locator('[data-console=""]').boundingBox();
    let { from, to } = await told();
    assert.ok(from >= y + height && to <= 844, `${from} to ${to} under ${y + height}`);
    await alert.getByRole('button').tap();
    await drawn(page);
    assert.equal(await alert.count(), 0);
    assert.equal(await page.locator('[data-console=""]').isVisible(), true, 'the sheet is still open');
    // Without a quorum no session is ended.
    await page.locator('[data-command="expire a"]').tap();
    await alert.waitFor();
    ({ from, to } = await told());
    const top = await page.locator('.rail').evaluate((rail) => rail.getBoundingClientRect().top);
    assert.ok(from >= 0 && to <= top + 1, `${from} to ${to} against ${top}`);
    await alert.getByRole('button').tap();
    await drawn(page);
    assert.equal(await alert.count(), 0);
    await close();
  }
});

test('a frozen server and a session that is over say so, and the moment after a freeze can be seen', async () => {
  for (const [lang, frozen, over, unled] of [['zh', '已冻结', '会话已经结束，客户端自己还不知道', '没有 Leader 在服务，会话不会过期'], ['en', 'frozen', 'The session is over, and the client does not know yet', 'No leader serves, so no session expires']]) {
    const { page, close } = await openPage({ path: `${RUN}?lang=${lang}`, lang });
    // Before anybody serves no client can come, and the way to where it can is a button.
    await page.locator('[data-go-to-end]').click();
    const { index, count } = await position(page);
    assert.equal(index, count);
    const card = page.locator('[data-client-card="a"]');
    await card.locator('[data-command="pause a"]').click();
    await page.locator('.commands > summary').click();
    await type(page, '', 'advance 15s');
    assert.match(await card.innerText(), new RegExp(over));
    assert.equal(await card.getAttribute('data-client-state'), 'SyncConnected');
    assert.equal(await page.locator('#story h1').innerText(), 'advance 15000ms');
    // Nobody knows of it yet.
    await type(page, '', 'pause 3');
    const leader = page.locator('[data-server="3"]');
    assert.equal(await leader.getAttribute('data-state'), 'LEADING');
    assert.ok((await leader.getAttribute('aria-label')).includes(frozen) && (await leader.locator('.word').textContent()).includes(frozen));
    for (const other of [1, 2]) assert.equal(await page.locator(`[data-server="${other}"]`).getAttribute('data-state'), 'FOLLOWING');
    await leader.click();
    assert.match(await page.locator('[data-inspector]').innerText(), lang === 'zh' ? /进程冻结了/ : /Its process is frozen/);
    await type(page, '', 'stop 1,2');
    await type(page, '', 'crash 3');
    assert.match(await card.innerText(), new RegExp(unled));
    // Too much for a page is refused like anything else: what was typed stands there, to be mended.
    await type(page, '', 'settle 10h');
    assert.equal(await page.locator('[data-console=""]').inputValue(), 'settle 10h');
    assert.match(await page.locator('.commands').getByRole('alert').innerText(), /20000/);
    await close();
  }
});

test('a session made to expire leaves a client that learns of it', async () => {
  const { page, close } = await openPage({ path: `${RUN}?lang=en` });
  await page.keyboard.press('End');
  await page.locator('[data-client-card="a"] [data-command="expire a"]').click();
  assert.equal(await page.locator('[data-client-card="a"]').getAttribute('data-client-state'), 'Expired');
  assert.match((await lines(page, 'a')).at(-1), /state:Expired type:None path:null/);
  assert.match(await page.locator('[data-client-card="a"]').innerText(), /The client is in no session any more; connect begins another\./);
  await type(page, 'a', 'connect');
  assert.equal(await page.locator('[data-client-card="a"]').getAttribute('data-client-state'), 'SyncConnected');
  assert.doesNotMatch(await page.locator('[data-client-card="a"]').innerText(), /connect begins another/);
  // The story is headed by what was done last, at each moment.
  assert.equal(await page.locator('#story h1').innerText(), 'a> connect');
  await page.keyboard.press('Escape');
  await page.locator('#story').focus();
  await page.keyboard.press('Home');
  assert.equal(await page.locator('#story h1').innerText(), 'A run');
  await page.keyboard.press('Shift+ArrowRight');
  assert.equal(await page.locator('#story h1').innerText(), 'Server 1 starts');
  await close();
});

test('a command typed in a lesson opens a run of its own, and the back button leads to the lesson', async () => {
  const { page, close } = await openPage({ path: '#/lesson/ephemeral-node?lang=en&at=watching' });
  const before = await position(page);
  await type(page, 'a', 'create /other');
  assert.ok(page.url().includes(run('ensemble_3;')));
  assert.equal((await lines(page, 'a')).at(-1), 'Created /other');
  await page.waitForTimeout(400);
  await page.goBack();
  await drawn(page);
  assert.match(page.url(), /ephemeral-node/);
  assert.deepEqual(await position(page), before);
  await close();
});

test('a client on the stage leads to its card, which lies in a sheet on a phone', async () => {
  for (const [width, touch] of [[1280, false], [390, true]]) {
    const { page, close } = await openPage({ path: RUN, width, height: 844, touch });
    await page.keyboard.press('End');
    await page.locator('#tab-tree').evaluate((tab) => tab.click());
    await page.locator('[data-client="a"]').focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-client-card="a"]').waitFor({ state: 'visible' });
    await close();
  }
});

test('after a jump in a long run the column beside the stage shows the same moment', async () => {
  const path = `${RUN};a~_create_/n_x;settle;advance_120s;a~_set_/n_y;settle`;
  const { page, close } = await openPage({ path });
  const seen = async () => {
    const { index, count } = await position(page);
    return { index, count, lines: await lines(page, 'a'), left: await page.locator('[data-session]').getAttribute('data-left') };
  };
  await page.keyboard.press('End');
  const end = await seen();
  assert.ok(end.count > 600, `${end.count} events are a long run`);
  assert.equal(end.lines.at(-1), '> set /n y');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowRight');
  assert.deepEqual(await seen(), end, 'as after a single step');
  await page.keyboard.press('Home');
  await drawn(page);
  assert.equal(await page.locator('[data-client-card]').count(), 0);
  await close();
});
