// What the main thread does between an input and the frame that shows its effect, read from a trace of the browser.

import { browser } from './harness.mjs';

const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing'];

const INPUT = 'bench-input';
const POSITION = 'bench-position';

/** What kind of work an entry of the trace is; an entry of another name is a part of what it stands in. */
const KINDS = [
  ['garbage', /GC/],
  ['script', /^(EventDispatch|FunctionCall|TimerFire|FireAnimationFrame|RunMicrotasks|EvaluateScript|v8\.)/],
  ['style', /^UpdateLayoutTree$/],
  ['layout', /^Layout$/],
  ['paint', /^(PrePaint|Paint|Layerize|Commit)$/],
];
export const KIND_NAMES = ['script', 'style', 'layout', 'paint', 'garbage', 'rest'];

/**
 * Traces the page while `act` makes inputs of one type (`keydown`, `pointerdown`), each of which moves the position.
 * The answer has an entry for each input that did: the milliseconds of work by kind and in all, and those that passed.
 *
 * Work is processor time of the main thread, from the task of the input to the task that ends with the first frame
 * that has the new position: its style, layout and paint. Other programs on the machine do not count.
 */
export async function traced(page, type, act) {
  await page.evaluate(([input, position, type]) => {
    addEventListener(type, () => performance.mark(input), { capture: true });
    // Called as soon as the script that changed the position ends, so before the frame that shows it.
    new MutationObserver(() => performance.mark(position)).observe(
      document.querySelector('[data-zooscope-position]'),
      { attributes: true, attributeFilter: ['data-event-index'] },
    );
  }, [INPUT, POSITION, type]);
  await (await browser()).startTracing(page, { categories: CATEGORIES });
  await act();
  const { traceEvents } = JSON.parse(await (await browser()).stopTracing());
  return interactions(traceEvents);
}

function interactions(events) {
  const marks = events.filter(({ name }) => name === INPUT || name === POSITION).sort(byTime);
  if (marks.length === 0) return [];
  const [{ pid, tid }] = marks;
  const tasks = nest(events.filter((event) => event.ph === 'X' && event.pid === pid && event.tid === tid));
  return marks.flatMap((input, index) => {
    const position = marks[index + 1];
    if (input.name !== INPUT || position?.name !== POSITION) return [];
    const painted = ({ to, names }) => to >= position.ts && names.has('PrePaint') && names.has('Commit');
    const frame = tasks.find(painted);
    if (!frame) return [];
    const between = tasks.filter((task) => task.to > input.ts && task.from <= frame.from);
    const milliseconds = (kind) => sum(between.map((task) => task.work[kind] ?? 0)) / 1000;
    const work = Object.fromEntries(KIND_NAMES.map((kind) => [kind, milliseconds(kind)]));
    return [{ ...work, all: sum(Object.values(work)), passed: (frame.to - input.ts) / 1000 }];
  });
}

/** The outermost entries of a thread, each with the time that it and what is inside took by kind. */
function nest(entries) {
  const tasks = [];
  const open = [];
  for (const { name, ts, dur, tdur } of entries.sort((left, right) => byTime(left, right) || right.dur - left.dur)) {
    while (open.length > 0 && open.at(-1).to <= ts) open.pop();
    const outer = open.at(-1);
    const time = tdur ?? dur;
    const kind = KINDS.find(([, names]) => names.test(name))?.[0] ?? outer?.kind ?? 'rest';
    if (!outer) tasks.push({ from: ts, to: ts + dur, names: new Set(), work: {} });
    const { names, work } = tasks.at(-1);
    names.add(name);
    work[kind] = (work[kind] ?? 0) + time;
    if (outer) work[outer.kind] -= time;
    open.push({ to: ts + dur, kind });
  }
  return tasks;
}

function byTime(left, right) {
  return left.ts - right.ts;
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
