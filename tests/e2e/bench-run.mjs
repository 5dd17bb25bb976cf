// One step and one jump in runs of nine servers, from the input to the frame that shows its effect.

import { openPage, run } from './harness.mjs';
import { KIND_NAMES, traced } from './bench-trace.mjs';
import { ascending, compositing, noteMemories, quantile, row, table, webAssemblyMemory } from './bench-tools.mjs';

const SERVERS = 9;
const TIMES = 40;
/** How long a person holds a key. */
const HELD_MS = 80;
/** The step is on the screen, also where the processor draws it, and the motion that follows has begun after this long … */
const BEGUN_MS = 250;
/** … and is waited for, unless it goes on for longer than this. */
const MOTION_MS = 2_000;
/** Events between two commands: about one election. */
const STRIDE = 300;
const LONG_RUN = 10_000;
/** So many crashes and comebacks make the run longer than that. */
const CRASHES = 18;

const BUDGET_MS = 16;
const MEMORY_BUDGET = 32 * 2 ** 20;

/** Each knows all servers, in an order of its own. */
const CLIENTS = Array.from({ length: 5 }, (_, index) => {
  const known = Array.from({ length: SERVERS }, (_, step) => ((index + step) % SERVERS) + 1);
  return `client ${'abcde'[index]} connect ${known}`;
});
const TYPED = [...'abcde'].map((name) => `${name}> create -s /t- x`);

const STARTS = Array.from({ length: SERVERS }, (_, index) => `start ${index + 1}`);

export async function measureNineServers() {
  table(`${SERVERS} servers, ${await compositing()}: main-thread work from an input to the end of the first frame with its effect`);
  await measureSteps('one step, servers starting one by one', eachFollowedByEvents(STARTS));
  await measureSteps('one step, all starting at once', ['start all', `step ${STRIDE}`]);
  await measureSeeks();
}

/** The address of a run, as the command language says it. */
function address(commands) {
  const lines = [`ensemble ${SERVERS}`, ...commands];
  return run(lines.join(';').replaceAll(' ', '_').replaceAll('>', '~'));
}

async function measureSteps(what, commands) {
  const { page, context } = await openPage({ path: address(commands) });
  const steps = await traced(page, 'keydown', async () => {
    for (let step = 0; step < TIMES; step += 1) {
      await page.keyboard.press('ArrowRight', { delay: HELD_MS });
      await atRest(page);
    }
  });
  report(what, steps);
  await context.close();
}

/** Waits until nothing moves any more, so that one step is measured and not the motion that follows the one before. */
async function atRest(page) {
  await page.waitForTimeout(BEGUN_MS);
  await page.evaluate((most) => Promise.race([
    Promise.allSettled(document.getAnimations().map(({ finished }) => finished)),
    new Promise((resolve) => setTimeout(resolve, most)),
  ]).then(() => {}), MOTION_MS);
}

/** The leader crashes and comes back, again and again: the first five servers have elected 5, later 9 and 8 lead in turn. */
function longRun() {
  const leaders = Array.from({ length: CRASHES }, (_, round) => (round === 0 ? 5 : 9 - ((round + 1) % 2)));
  const rounds = leaders.flatMap((id) => [`crash ${id}`, `restart ${id}`]);
  return [...eachFollowedByEvents(STARTS), ...CLIENTS, ...eachFollowedByEvents(rounds, TYPED)];
}

function eachFollowedByEvents(commands, typed = []) {
  return commands.flatMap((command) => [command, ...typed, `step ${STRIDE}`]);
}

/** Jumps by a press on the diagram, to places all over the run. */
async function measureSeeks() {
  const { page, context } = await openPage({ path: address(longRun()), prepare: noteMemories });
  const count = Number(await page.locator('[data-zooscope-position]').getAttribute('data-event-count'));
  if (count < LONG_RUN) throw new Error(`the long run has only ${count} events`);
  const opened = await webAssemblyMemory(page);
  const { x, y, width, height } = await page.locator('svg.timeline').boundingBox();
  const jumps = await traced(page, 'pointerdown', async () => {
    for (let jump = 0; jump < TIMES; jump += 1) {
      // The golden section leaves no two jumps close to each other; the left end holds the names of the servers.
      await page.mouse.click(x + width * (0.1 + 0.88 * ((jump * 0.618034) % 1)), y + height / 2);
      await atRest(page);
    }
  });
  report(`seek anywhere in ${count} events with ${CLIENTS.length} clients`, jumps);
  const memory = Math.max(opened, await webAssemblyMemory(page));
  const measured = `${(memory / 2 ** 20).toFixed(1)} MiB`;
  row(`WebAssembly memory of the page with these events`, measured, '≤ 32 MiB', memory <= MEMORY_BUDGET);
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  row('  elements in its document', `${elements}`);
  await context.close();
}

function report(what, times) {
  const sorted = times.toSorted((left, right) => left.all - right.all);
  const tell = (share) => {
    const time = quantile(sorted, share);
    return `${time.all.toFixed(1)} ms: ${KIND_NAMES.map((kind) => `${kind} ${time[kind].toFixed(1)}`).join(', ')}`;
  };
  const p95 = quantile(sorted, 0.95).all;
  row(`${what}: p95 of ${times.length}`, `${p95.toFixed(1)} ms`, `≤ ${BUDGET_MS} ms`, p95 <= BUDGET_MS);
  row('  the one at p95', tell(0.95));
  row('  the median one', tell(0.5));
  row('  time that passed, p95', `${quantile(ascending(times.map(({ passed }) => passed)), 0.95).toFixed(1)} ms`);
}
