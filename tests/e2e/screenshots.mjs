// Takes one picture of the page. The words are NAME=VALUE: out (a file), and optionally path (of the page), width,
// height, lang (zh, en), theme (light, dark) and steps (how often to press the right arrow key first).

import assert from 'node:assert/strict';
import { closeBrowser, openPage } from './harness.mjs';

const words = process.argv.slice(2).map((word) => {
  const [name] = word.split('=', 1);
  return [name, word.slice(name.length + 1)];
});
const { out, path = '', width = '1280', height = '720', lang = 'zh', theme = 'light', steps = '0' } = Object.fromEntries(words);
assert.ok(out, 'out=FILE is missing');

try {
  const { page, close } = await openPage({ path, width: Number(width), height: Number(height), lang, theme });
  for (let step = 0; step < Number(steps); step += 1) await page.keyboard.press('ArrowRight');
  // Envelopes are in flight for less than a second after a step.
  await page.waitForTimeout(1_000);
  await page.screenshot({ path: out });
  await close();
} finally {
  await closeBrowser();
}
