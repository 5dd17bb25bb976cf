// From navigation to usable, beside other pages that are served in the same way to the same browser.

import { setTimeout as sleep } from 'node:timers/promises';
import { openPage, served } from './harness.mjs';
import { mainThread, median, percent, row, SETTLE_MS, table, watch } from './bench-tools.mjs';

const ROUNDS = 9;
const PATIENCE_MS = 20_000;
/** How long the browser is left alone between two visits, so that the end of one is no burden for the next. */
const BETWEEN_MS = 500;
/** Whether a page moves without being asked shows within this time. */
const MOVES_MS = 1_000;

const OUR_PAGE = { base: served(), selector: 'body[data-zooscope-ready="true"] [data-server]' };
/** In both languages: Chinese letters come from larger fonts. */
const OURS = [
  { name: 'ZooScope', lang: 'en', ...OUR_PAGE },
  { name: 'ZooScope in Chinese', lang: 'zh', ...OUR_PAGE },
];

/** The pages of `--peer`: a name, an address, and what must be visible, if that was said. */
function peers() {
  const lines = (process.env.ZOOSCOPE_PEERS ?? '').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [name, base, selector] = line.split('\t');
    return { name, lang: 'en', base, selector };
  });
}

export async function measureStart() {
  const others = peers();
  const sites = [...OURS, ...others];
  const visits = new Map(sites.map(({ name }) => [name, []]));
  // The first round warms up the browser itself and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    // Taking turns at being first, so that what else the machine does meets all of them.
    for (let turn = 0; turn < sites.length; turn += 1) {
      const site = sites[(round + turn) % sites.length];
      const measured = await measure(site);
      if (round === 0) measured.requests.forEach((path) => console.log(`request\t${site.name}\t${path}`));
      else visits.get(site.name).push(measured);
    }
  }

  table('From navigation to the first step that can be taken: cold cache, pages taking turns');
  const usable = (name) => median(visits.get(name).map(({ usableAt }) => usableAt));
  for (const site of sites) {
    const measured = usable(site.name);
    const ahead = others.every(({ name }) => measured < usable(name));
    const [budget, kept] = OURS.includes(site) ? ['ahead of every peer', others.length > 0 ? ahead : ''] : [];
    row(`${site.name}: usable, median of ${ROUNDS}`, `${measured.toFixed(0)} ms`, budget, kept);
    const worked = median(visits.get(site.name).map((visit) => visit.worked));
    row(`${site.name}: main-thread work by then, read a moment later`, `${(worked * 1000).toFixed(0)} ms`);
  }
  if (others.length === 0) row('other pages', 'none given; `--peer NAME=FOLDER` names the folder of one');
  for (const peer of others) await measurePlaying(peer);
}

/** Opens a page in a fresh profile, so with a cold cache, and closes it as soon as it can be used. */
async function measure(site) {
  const { page, context, requests, worked } = await visit(site);
  const seconds = await worked();
  // What is requested afterwards is no part of the first view: our own page makes its offline copy then.
  const { usableAt, early } = await page.evaluate(() => {
    const usableAt = window.benchUsableAt;
    const entries = performance.getEntriesByType('resource').filter(({ startTime }) => startTime < usableAt);
    return { usableAt, early: entries.map(({ name }) => name) };
  });
  const home = page.url().split('#')[0];
  const firstView = requests.filter((url) => url === home || early.includes(url));
  const paths = firstView.map((url) => new URL(url).pathname.slice(1) || 'index.html');
  await context.close();
  await sleep(BETWEEN_MS);
  return { usableAt, worked: seconds, requests: paths };
}

/** Opens a page and waits until it can be used; `worked` tells how many seconds its main thread has worked. */
async function visit({ name, lang, base, selector }) {
  let worked;
  const prepare = async (context) => {
    await context.addInitScript(noteUsable, selector);
    // Counted from now on, before the navigation.
    worked = await mainThread(context.pages()[0]);
  };
  const opened = await openPage({ base, wait: false, lang, prepare });
  try {
    await opened.page.waitForFunction(() => window.benchUsableAt, undefined, { timeout: PATIENCE_MS });
  } catch (cause) {
    const remedy = '`--peer NAME=FOLDER#SELECTOR` says what must be visible';
    throw new Error(`${name} shows no picture with a control; ${remedy}`, { cause });
  }
  return { ...opened, worked };
}

/**
 * Runs in the page. It can be used when all of it is loaded, its picture is in the document, one control is visible
 * and enabled, and a frame with all this has been painted. The picture is what the selector names, or else a canvas
 * or a drawing with some shapes in it.
 */
function noteUsable(selector) {
  const visible = (element, least) => {
    const { width, height } = element.getBoundingClientRect();
    const shown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    return shown && width >= least && height >= least;
  };
  const all = (query, test, root = document) => [...root.querySelectorAll(query)].filter(test);
  const shapes = (drawing) => all('circle, ellipse, rect, polygon, path', (shape) => visible(shape, 8), drawing);
  const drawn = (element) => visible(element, 100) && (element.localName === 'canvas' || shapes(element).length >= 3);
  const named = (element) => visible(element, 8);
  const picture = () => (selector ? all(selector, named) : all('svg, canvas', drawn)).length > 0;
  const controls = 'button, input, select, a[href], [role="button"], [role="slider"]';
  const control = () => all(controls, (element) => !element.disabled && visible(element, 8)).length > 0;
  const look = () => {
    if (document.readyState !== 'complete' || !picture() || !control()) return requestAnimationFrame(look);
    // This callback runs before the frame is painted, a message from it after.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { window.benchUsableAt = performance.now(); };
    port2.postMessage(null);
  };
  requestAnimationFrame(look);
}

/** What another page costs while it plays. */
async function measurePlaying(peer) {
  const { page, context } = await visit(peer);
  await page.waitForTimeout(SETTLE_MS);
  if (!(await moves(page))) await play(page);
  if (await moves(page)) {
    const { rate, mainThread: share } = await watch(page);
    row(`${peer.name}: playing, main thread`, percent(share));
    row(`${peer.name}: playing, DOM mutations per second`, rate.toFixed(0));
  } else {
    row(`${peer.name}: playing`, 'found nothing that starts it');
  }
  await context.close();
}

/** Presses what most likely starts a page. */
async function play(page) {
  const button = page.getByRole('button', { name: /^\W*(play|start|run|resume)\b/i, disabled: false });
  if ((await button.count()) > 0) await button.first().click();
  else await page.keyboard.press('Space');
}

/** Whether the document changes by itself. */
async function moves(page) {
  return page.evaluate((span) => new Promise((resolve) => {
    const observer = new MutationObserver(() => resolve(true));
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    setTimeout(() => { observer.disconnect(); resolve(false); }, span);
  }), MOVES_MS);
}
