import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from './report.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Fails on any accessibility violation that axe finds on the page as it stands. */
export async function expectAccessible(page) {
  // Evaluated through the debugger, so that the page's content security policy stays as it is.
  await page.evaluate(`${axeSource}; undefined`);
  const violations = await page.evaluate(
    (tags) =>
      globalThis.axe.run(globalThis.document, { runOnly: tags }).then((result) =>
        result.violations.map((violation) => ({
          id: violation.id,
          help: violation.help,
          nodes: violation.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} :: ${node.any[0]?.message ?? ''}`),
        })),
      ),
    TAGS,
  );
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.join('\n  ')}`);
  expect(told.length === 0, `axe on ${page.url()}\n${told.join('\n')}`);
}

/** Fails if the page can be scrolled sideways. */
export async function expectNoSidewaysScroll(page) {
  const { content, window, widest } = await page.evaluate(() => {
    const root = globalThis.document.documentElement;
    const outside = [...globalThis.document.querySelectorAll('body *')].find(
      (element) => element.getBoundingClientRect().right > globalThis.innerWidth + 1,
    );
    return {
      content: root.scrollWidth,
      window: globalThis.innerWidth,
      widest: outside?.outerHTML.slice(0, 160) ?? '',
    };
  });
  expect(content <= window, `${page.url()} is ${content}px wide in a ${window}px window: ${widest}`);
}

const DARK = 0.25;
const DARK_SOON_MS = 5_000;

/** Fails if the page does not turn dark; the browser tells a page of its new colours when it next paints. */
export async function expectDark(page) {
  const deadline = Date.now() + DARK_SOON_MS;
  let now = await brightness(page);
  while (now >= DARK && Date.now() < deadline) {
    await page.waitForTimeout(50);
    now = await brightness(page);
  }
  expect(now < DARK, `the page stays bright (${now.toFixed(2)}) in dark mode`);
}

/** Gives the brightness of the page's background: 0 black, 1 white. */
async function brightness(page) {
  return page.evaluate(() => {
    // A canvas turns any notation of a colour (oklch, color-mix) into plain bytes.
    const canvas = globalThis.document.createElement('canvas');
    const paint = canvas.getContext('2d');
    for (const element of [globalThis.document.documentElement, globalThis.document.body]) {
      paint.fillStyle = globalThis.getComputedStyle(element).backgroundColor;
      paint.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue, alpha] = paint.getImageData(0, 0, 1, 1).data;
    return alpha === 0 ? 1 : (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  });
}
