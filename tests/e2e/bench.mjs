// Measures the page in the browser and prints one line per number, separated by tabs: `cargo xtask bench` reads them.
//
//   request  SITE  PATH                     one request of the first view of a site, ours or a peer's
//   table    TITLE                          the rows that follow stand below this title
//   row      WHAT  BUDGET  MEASURED  KEPT   one line of the table; KEPT is true, false or empty

import { browser, closeBrowser, openPage } from './harness.mjs';
import { measureNineServers } from './bench-run.mjs';
import { measureStart } from './bench-start.mjs';
import { percent, row, SETTLE_MS, table, watch, WATCH_MS } from './bench-tools.mjs';

try {
  await measureStart();
  await measureIdleAndPlay();
  await measureNineServers();
  await measureShareLink();
} finally {
  await closeBrowser();
}

async function measureIdleAndPlay() {
  table('Paused and playing: the flagship, 5 servers');
  // Chromium is never quite idle; what an empty page uses is no cost of ours.
  const blank = await (await browser()).newPage();
  await blank.waitForTimeout(SETTLE_MS);
  const { allProcesses: idle } = await watch(blank);
  await blank.close();
  row('an empty page: all processes of the browser', percent(idle));

  const { page, context } = await openPage();
  // The offline copy is made after the start and is no part of being paused.
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForTimeout(SETTLE_MS);
  const paused = await watch(page);
  row(`paused: DOM mutations in ${WATCH_MS / 1000} s`, `${paused.mutations}`, '0', paused.mutations === 0);
  row('paused: main thread', percent(paused.mainThread), '≤ 1 %', paused.mainThread <= 0.01);
  row('paused: all processes, beyond an empty page', percent(paused.allProcesses - idle), '≤ 1 %', paused.allProcesses - idle <= 0.01);

  const play = page.locator('[data-action="play"]');
  if ((await play.count()) === 0) return row('playing at 1x', 'there is no play button');
  await play.first().click();
  const playing = await watch(page);
  row('playing at 1x: DOM mutations per second', playing.rate.toFixed(0), '≤ 400', playing.rate <= 400);
  row('playing at 1x: main thread', percent(playing.mainThread), '≤ 10 %', playing.mainThread <= 0.1);
  row('playing at 1x: all processes, beyond an empty page', percent(playing.allProcesses - idle), '≤ 10 %', playing.allProcesses - idle <= 0.1);
  await context.close();
}

async function measureShareLink() {
  table('Share link');
  const { page, context } = await openPage();
  const share = page.locator('[data-action="share"]');
  if ((await share.count()) === 0) return row('share link', 'there is no share button');
  await share.first().click();
  const link = await page.locator('[data-share-link]').first().getAttribute('data-share-link');
  const length = link.split('#')[1].length;
  row('share link of the flagship, after #', `${length} characters`, '≤ 200', length <= 200);
  await context.close();
}
