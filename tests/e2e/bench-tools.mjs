// What the parts of the benchmark share: how a line is printed, and how time and change are measured.

import { browser } from './harness.mjs';

/** How long the browser goes on tidying up after a page was opened or closed. */
export const SETTLE_MS = 3_000;
/** Long enough that one per cent of a core can be told from none. */
export const WATCH_MS = 6_000;

/** Begins a part of the table. */
export function table(title) {
  console.log(`table\t${title}`);
}

/** One line of the table; `kept` says whether the budget is kept, where there is one. */
export function row(what, measured, budget = '', kept = '') {
  console.log(['row', what, budget, measured, kept].join('\t'));
}

export function ascending(numbers) {
  return numbers.toSorted((left, right) => left - right);
}

/** The one among sorted values that is at least as great as a share of them. */
export function quantile(sorted, share) {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

export function median(numbers) {
  return quantile(ascending(numbers), 0.5);
}

export function percent(share) {
  return `${(share * 100).toFixed(1)} % of a core`;
}

/** Counts DOM mutations and processor time for a while. */
export async function watch(page) {
  const ofPage = await mainThread(page);
  const ofBrowser = await (await browser()).newBrowserCDPSession();
  await page.evaluate(() => {
    window.benchMutations = 0;
    new MutationObserver((records) => {
      window.benchMutations += records.length;
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  const before = [await ofPage(), await processorTime(ofBrowser)];
  await page.waitForTimeout(WATCH_MS);
  const after = [await ofPage(), await processorTime(ofBrowser)];
  const [ofMainThread, ofAllProcesses] = after.map((value, index) => (value - before[index]) / (WATCH_MS / 1000));
  const mutations = await page.evaluate(() => window.benchMutations);
  return { mutations, rate: mutations / (WATCH_MS / 1000), mainThread: ofMainThread, allProcesses: ofAllProcesses };
}

/** Reads the seconds that the main thread of a page has worked. */
export async function mainThread(page) {
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

/**
 * Prepares a page to tell its WebAssembly memory. Asking the debugger for all memories ends Chromium when modules share
 * one. The decoder is gone when the page is there; it is made at once, and all else is waited for.
 */
export function noteMemories(context) {
  return context.addInitScript(() => {
    const { instantiate, Memory } = WebAssembly;
    window.benchMemories = new Set();
    WebAssembly.instantiate = async (source, imports) => {
      const result = await instantiate(source, imports);
      const memories = Object.values(result.exports).filter((item) => item instanceof Memory);
      for (const memory of memories) window.benchMemories.add(memory);
      return result;
    };
  });
}

/** The bytes that the browser has given to the modules of a page. */
export async function webAssemblyMemory(page) {
  const bytes = await page.evaluate(() => [...window.benchMemories].map(({ buffer }) => buffer.byteLength));
  if (bytes.length === 0) throw new Error('the page has no module with a memory');
  return bytes.reduce((sum, size) => sum + size);
}

/** Whether frames are put together by a graphics card or by the processor, which then has more to do. */
export async function compositing() {
  const session = await (await browser()).newBrowserCDPSession();
  const { gpu } = await session.send('SystemInfo.getInfo');
  return gpu.featureStatus.gpu_compositing === 'enabled' ? 'with a GPU' : 'without a GPU';
}
