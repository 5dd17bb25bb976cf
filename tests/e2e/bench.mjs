// Measures the page in the browser and prints one line per number, separated by tabs: `cargo xtask bench` reads them.
//
//   request  NAME                           one request of the first view
//   row      WHAT  BUDGET  MEASURED  KEPT   one line of the table; KEPT is true, false or empty

import { browser, closeBrowser, openPage, served } from './harness.mjs';

const RUNS = 5;
/** How long the browser goes on tidying up after a page was opened or closed. */
const SETTLE_MS = 3_000;
const WATCH_MS = 3_000;
const STEPS = 60;

const row = (what, measured, budget = '', kept = '') => console.log(['row', what, budget, measured, kept].join('\t'));

try {
  await measureStart();
  await measureIdleAndPlay();
  await measureSteps();
  await measureShareLink();
} finally {
  await closeBrowser();
}

/** From navigation to usable, each time in a fresh profile, so with a cold cache. */
async function measureStart() {
  const times = [];
  for (let run = 0; run < RUNS; run += 1) {
    const { page, context, requests } = await openPage({ prepare: noteReadiness });
    times.push(await page.evaluate(() => window.zooscopeReadyAt));
    // Requests after the page was usable belong to the offline copy.
    const early = await page.evaluate(() =>
      performance.getEntriesByType('resource').filter((entry) => entry.startTime < window.zooscopeReadyAt).map((entry) => entry.name),
    );
    if (run === 0) {
      for (const url of requests) {
        if (url === page.url().split('#')[0] || early.includes(url)) console.log(`request\t${url.slice(served().length) || 'index.html'}`);
      }
    }
    await context.close();
  }
  row(`navigation to usable, median of ${RUNS}`, `${median(times).toFixed(0)} ms`);
}

/** Notes the moment at which the page can be used, on the clock that starts with the navigation. */
function noteReadiness(context) {
  return context.addInitScript(() => {
    const observer = new MutationObserver(() => {
      if (document.body?.dataset.zooscopeReady !== 'true') return;
      window.zooscopeReadyAt = performance.now();
      observer.disconnect();
    });
    observer.observe(document, { subtree: true, childList: true, attributes: true });
  });
}

async function measureIdleAndPlay() {
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
  row('paused: DOM mutations in 3 s', `${paused.mutations}`, '0', paused.mutations === 0);
  row('paused: main thread', percent(paused.mainThread), '≤ 1 %', paused.mainThread <= 0.01);
  row('paused: all processes, beyond an empty page', percent(paused.allProcesses - idle), '≤ 1 %', paused.allProcesses - idle <= 0.01);

  const play = page.locator('[data-action="play"]');
  if ((await play.count()) === 0) return row('playing at 1x', 'there is no play button');
  await play.first().click();
  const playing = await watch(page);
  const rate = playing.mutations / (WATCH_MS / 1000);
  row('playing at 1x: DOM mutations per second', rate.toFixed(0), '≤ 400', rate <= 400);
  row('playing at 1x: main thread', percent(playing.mainThread), '≤ 10 %', playing.mainThread <= 0.1);
  row('playing at 1x: all processes, beyond an empty page', percent(playing.allProcesses - idle), '≤ 10 %', playing.allProcesses - idle <= 0.1);
  await context.close();
}

/** Counts DOM mutations and processor time for a while. */
async function watch(page) {
  const ofPage = await metrics(page);
  const ofBrowser = await (await browser()).newBrowserCDPSession();
  await page.evaluate(() => {
    window.zooscopeMutations = 0;
    new MutationObserver((records) => {
      window.zooscopeMutations += records.length;
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  const before = [await ofPage(), await processorTime(ofBrowser)];
  await page.waitForTimeout(WATCH_MS);
  const after = [await ofPage(), await processorTime(ofBrowser)];
  const [mainThread, allProcesses] = after.map((value, index) => (value - before[index]) / (WATCH_MS / 1000));
  return { mutations: await page.evaluate(() => window.zooscopeMutations), mainThread, allProcesses };
}

/** Reads the seconds that the main thread of a page has worked. */
async function metrics(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () => {
    const answer = await session.send('Performance.getMetrics');
    return answer.metrics.find(({ name }) => name === 'TaskDuration').value;
  };
}

/** The seconds of processor time that all processes of the browser have used. */
async function processorTime(session) {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** The main thread's work from a key press until the frame that shows its effect has been painted. */
async function measureSteps() {
  const { page, context } = await openPage();
  const work = await metrics(page);
  const times = [];
  for (let step = 0; step < STEPS; step += 1) {
    const before = await work();
    await page.keyboard.press('ArrowRight');
    // The first callback runs before the next frame is painted, a message from it after.
    await page.evaluate(() => new Promise((resolve) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = resolve;
        port2.postMessage(null);
      });
    }));
    times.push(((await work()) - before) * 1000);
  }
  times.sort((left, right) => left - right);
  const p95 = times[Math.ceil(times.length * 0.95) - 1];
  row(`one step: main-thread work, p95 of ${STEPS}`, `${p95.toFixed(1)} ms`, '≤ 16 ms', p95 <= 16);
  await context.close();
}

async function measureShareLink() {
  const { page, context } = await openPage();
  const share = page.locator('[data-action="share"]');
  if ((await share.count()) === 0) return row('share link', 'there is no share button');
  await share.first().click();
  const link = await page.locator('[data-share-link]').first().getAttribute('data-share-link');
  const length = link.split('#')[1].length;
  row('share link of the start page, after #', `${length} characters`, '≤ 200', length <= 200);
  await context.close();
}

function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

function percent(share) {
  return `${(share * 100).toFixed(1)} % of a core`;
}
