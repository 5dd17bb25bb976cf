// The page's public contract (README), read as a whole, and the steps through it.

import assert from 'node:assert/strict';
import { drawn } from './harness.mjs';

/** What the contract says about this moment. Two snapshots are equal when the page shows the same moment. */
export async function snapshot(page) {
  await drawn(page);
  return page.evaluate(() => {
    const all = (selector, root = document) => [...root.querySelectorAll(selector)];
    const { eventIndex, eventCount, stage } = document.querySelector('[data-zooscope-position]').dataset;
    return {
      index: Number(eventIndex),
      count: Number(eventCount),
      stage: Number(stage),
      servers: Object.fromEntries(all('[data-server]').map(({ dataset }) => [
        dataset.server,
        { state: dataset.state, vote: dataset.vote, phase: dataset.phase },
      ])),
      tally: Object.fromEntries(all('[data-quorum] [data-tally-for]').map(({ dataset }) => [dataset.tallyFor, Number(dataset.votes)])),
      quorum: Number(document.querySelector('[data-quorum]').dataset.quorum),
      tables: Object.fromEntries(all('[data-table-of]').map((table) => [
        table.dataset.tableOf,
        all('[data-sender]', table).map(({ dataset: row }) => ({
          sender: row.sender,
          vote: row.vote,
          state: row.senderState,
          round: Number(row.round),
          stale: row.stale === 'true',
        })),
      ])),
      messages: all('[data-message]').map(({ dataset }) => [dataset.message, dataset.from, dataset.to, dataset.kind].join(' ')).sort(),
    };
  });
}

/** The tally in the words of the lesson: `2:2 3:1`, candidates without a vote included. */
export function tally({ tally: votes }) {
  return Object.entries(votes).map(([candidate, count]) => `${candidate}:${count}`).join(' ');
}

/** The states of the servers in order, down ones left out: `FOLLOWING LOOKING`. */
export function states({ servers }) {
  return Object.values(servers).map(({ state }) => state).filter((state) => state !== 'DOWN').join(' ');
}

/** How many senders in a server's own table vote for each candidate: `{ 3: 3, 4: 1 }`. */
export function known({ tables }, server) {
  const counts = {};
  for (const { vote } of tables[server] ?? []) counts[vote] = (counts[vote] ?? 0) + 1;
  return counts;
}

/** The last moment of a stage. */
export function endOf(moments, stage) {
  return moments.findLast((moment) => moment.stage === stage);
}

/** Presses a key until the index no longer changes; each press must show another index by the next frame. */
export async function walk(page, key, observe = snapshot) {
  const seen = [await observe(page)];
  const forward = key === 'ArrowRight';
  for (;;) {
    await page.keyboard.press(key);
    let next = await observe(page);
    const { index, count } = seen.at(-1);
    if (next.index === index && index !== (forward ? count : 0)) {
      // The browser may answer for a key before its page has seen it; by the next frame the page has.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve())));
      next = await observe(page);
    }
    if (index === (forward ? count : 0)) {
      assert.equal(next.index, index, 'there is nothing beyond the end');
      return seen;
    }
    assert.ok(forward ? next.index > index : next.index < index, `${key} at ${index} of ${count} moves at once, not to ${next.index}`);
    seen.push(next);
  }
}

/** Presses a key until a condition holds. */
export async function walkUntil(page, key, reached) {
  for (;;) {
    const moment = await snapshot(page);
    if (await reached(moment)) return moment;
    await page.keyboard.press(key);
    assert.notEqual((await snapshot(page)).index, moment.index, `the moment was looked for in vain up to ${moment.index}`);
  }
}
