// Walks through the first lesson of a page that notes which of its functions run, and prints their numbers.

import { closeBrowser, openPage } from './harness.mjs';
import { FIRST_VIEWS, walkThroughFirstLesson } from './first-lesson.mjs';

try {
  const ran = new Set();
  for (const view of FIRST_VIEWS) {
    const { page, close } = await openPage(view);
    await walkThroughFirstLesson(page);
    for (const number of await page.evaluate(() => window.zooscopeRan())) ran.add(number);
    await close();
  }
  console.log([...ran].join('\n'));
} finally {
  await closeBrowser();
}
