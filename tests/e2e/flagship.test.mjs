// The flagship lesson tells the startup election as it is taught, step by step, forwards and back, in every layout.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endOf, known, snapshot, states, tally, walk } from './contract.mjs';
import { closeBrowser, openPage } from './harness.mjs';

/** The story positions in the first layout: all others must show the same. */
let reference;

before(async () => {
  const { page, close } = await openPage({ path: '#/lesson/five-server-startup' });
  reference = await walk(page, 'ArrowRight');
  await close();
});

after(closeBrowser);

/** The tallies of a stage in their order, repetitions left out. */
function tallies(stage) {
  const all = reference.filter((moment) => moment.stage === stage).map(tally);
  return all.filter((text, index) => text !== all[index - 1]);
}

test('the walk begins before the first event and ends with the last', () => {
  const [first, last] = [reference[0], reference.at(-1)];
  assert.deepEqual([first.index, first.stage, tally(first), states(first)], [0, 0, '', '']);
  assert.deepEqual(Object.keys(first.servers), ['1', '2', '3', '4', '5']);
  assert.equal(last.index, last.count);
  assert.equal(last.stage, 5);
});

test('the classroom tally is the lesson', () => {
  assert.deepEqual(tallies(0), ['']);
  assert.deepEqual(tallies(1), ['1:1']);
  assert.deepEqual(tallies(2), ['1:1 2:1', '1:0 2:2']);
  assert.deepEqual(tallies(3), ['1:0 2:2 3:1', '1:0 2:1 3:2', '1:0 2:0 3:3']);
  assert.deepEqual(tallies(4), ['1:0 2:0 3:3 4:1', '1:0 2:0 3:4 4:0']);
  assert.deepEqual(tallies(5), ['1:0 2:0 3:4 4:0 5:1', '1:0 2:0 3:5 4:0 5:0']);
});

test('every tally counts the votes on the stage, against a quorum of three', () => {
  for (const moment of reference) {
    const running = Object.entries(moment.servers).filter(([, { state }]) => state !== 'DOWN');
    const counted = Object.fromEntries(running.map(([id]) => [id, running.filter(([, { vote }]) => vote === id).length]));
    assert.deepEqual(moment.tally, counted, `at ${moment.index}`);
    assert.equal(moment.quorum, 3);
    for (const [id, { state, vote, phase }] of Object.entries(moment.servers)) {
      if (state === 'DOWN') assert.deepEqual([vote, phase], ['', ''], `server ${id} at ${moment.index}`);
      else assert.equal(phase === 'election', state === 'LOOKING', `server ${id} at ${moment.index}: ${phase}`);
    }
  }
});

test('servers decide one by one, and only 3 ever leads', () => {
  assert.equal(states(endOf(reference, 1)), 'LOOKING');
  assert.equal(states(endOf(reference, 2)), 'LOOKING LOOKING');
  assert.equal(states(endOf(reference, 3)), 'FOLLOWING FOLLOWING LEADING');
  assert.equal(states(endOf(reference, 4)), 'FOLLOWING FOLLOWING LEADING FOLLOWING');
  assert.equal(states(endOf(reference, 5)), 'FOLLOWING FOLLOWING LEADING FOLLOWING FOLLOWING');
  reference.slice(1).forEach((moment, index) => {
    const former = reference[index].servers;
    const changed = Object.keys(moment.servers).filter((id) => moment.servers[id].state !== former[id].state);
    assert.ok(changed.length <= 1, `at ${moment.index} the servers ${changed} change in one step`);
  });
  for (const { index, servers } of reference) {
    const leaders = Object.keys(servers).filter((id) => servers[id].state === 'LEADING');
    assert.ok(leaders.length === 0 || leaders.join() === '3', `at ${index} ${leaders} leads`);
  }
  const elected = reference.find((moment) => moment.servers[3].state === 'LEADING');
  assert.equal(tally(elected), '1:0 2:0 3:3');
});

test('what a server knows comes later than the tally, and may be stale', () => {
  const thirdVote = reference.findIndex((moment) => moment.tally[3] === 3);
  const heard = reference.findIndex((moment) => moment.stage === 3 && ['1', '2', '3'].some((id) => known(moment, id)[3] === 3));
  assert.ok(heard > thirdVote, `the tally has three at step ${thirdVote}, a table at step ${heard}`);

  const started = reference.findIndex((moment) => moment.stage === 4);
  const table = reference.findIndex((moment) => known(moment, '4')[3] === 3);
  assert.ok(table >= started + 2, `server 4 starts at step ${started} and knows three votes at step ${table}`);
  assert.deepEqual(known(reference[table], '4'), { 3: 3, 4: 1 });
  assert.deepEqual([reference[table].servers[4].state, reference[table].servers[4].vote], ['LOOKING', '4']);

  const { tables } = reference.at(-1);
  assert.deepEqual(known(reference.at(-1), '5'), { 3: 3, 4: 1, 5: 1 });
  const ofFour = tables[5].find(({ sender }) => sender === '4');
  assert.deepEqual([ofFour.vote, ofFour.stale], ['4', true]);
  assert.ok(tables[5].filter(({ vote }) => vote === '3').every(({ stale }) => !stale));

  for (const moment of reference) {
    for (const id of Object.keys(moment.tables)) assert.ok((known(moment, id)[3] ?? 0) <= 3, `the fourth vote is in no memory, not in that of ${id} at ${moment.index}`);
  }
});

test('with every event a step, stage k begins with the start of server k', async () => {
  const { page, close } = await openPage({ path: '#/lesson/five-server-startup' });
  await page.keyboard.press('d');
  const moments = await walk(page, 'ArrowRight');
  assert.deepEqual(moments.map(({ index }) => index), [...Array(reference.at(-1).count + 1).keys()]);
  for (const { index, stage, servers } of moments) {
    const running = Object.values(servers).filter(({ state }) => state !== 'DOWN').length;
    assert.equal(stage, running, `at ${index}`);
  }
  const story = new Map(reference.map((moment) => [moment.index, moment]));
  for (const moment of moments) {
    if (story.has(moment.index)) assert.deepEqual(moment, story.get(moment.index), 'an event is the same in both grains');
  }
  await close();
});

for (const [width, height] of [[1280, 800], [1280, 600], [390, 844]]) {
  for (const lang of ['zh', 'en']) {
    test(`forwards and back by keyboard alone at ${width}x${height}, ${lang}`, async () => {
      // Without a hash the flagship opens, in the language that the system prefers.
      const { page, close } = await openPage({ width, height, lang });
      assert.match(await page.locator('html').getAttribute('lang'), new RegExp(`^${lang}`));
      assert.deepEqual(await walk(page, 'ArrowRight'), reference);
      const back = await walk(page, 'ArrowLeft');
      assert.deepEqual(back.reverse(), reference);
      assert.deepEqual(await snapshot(page), reference[0]);
      await close();
    });
  }
}
