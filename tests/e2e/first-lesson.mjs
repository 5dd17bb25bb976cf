// What everybody does first: walk through the first lesson. The code for it is the first view, and all else comes later.

import { drawn } from './harness.mjs';
import { walk, walkUntil } from './contract.mjs';

/** The layouts and languages in which it must go without the rest. */
export const FIRST_VIEWS = ['zh', 'en'].flatMap((lang) => [[1280, 800], [390, 844]].map(([width, height]) => ({ lang, width, height })));

/** Walks through the lesson to its end and back, and answers the first question. */
export async function walkThroughFirstLesson(page) {
  await walk(page, 'ArrowRight');
  await walk(page, 'ArrowLeft');
  await page.keyboard.press('Shift+ArrowRight');
  await walkUntil(page, 'ArrowRight', async () => (await page.locator('[data-ask]').count()) > 0);
  await page.locator('[data-option]').first().click();
  await drawn(page);
}
