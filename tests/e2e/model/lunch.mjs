#!/usr/bin/env node
/**
 * Looks for what a model added to the lunch spinner: the wheel and its draw, the chart, the price in a word, the bound of the
 * price.
 *
 *   node model/lunch.mjs --app http://127.0.0.1:3000 --shots DIR
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PASSWORD, register } from '../driver/account.mjs';
import { Visitor, launch } from '../driver/browser.mjs';
import { control } from '../driver/forms.mjs';
import { expectAccessible, expectNoSidewaysScroll } from '../driver/inspect.mjs';
import { Report, expect } from '../driver/report.mjs';

const { values: options } = parseArgs({ options: { app: { type: 'string' }, shots: { type: 'string' } } });
mkdirSync(options.shots, { recursive: true });

const browser = await launch();
try {
  process.exitCode = await drive(await Visitor.arrive(browser, options.app));
} finally {
  await browser.close();
}

async function drive(visitor) {
  const { page } = visitor;
  const shoot = (name) => page.screenshot({ path: path.join(options.shots, `lunch-${name}.png`), fullPage: true });
  const report = new Report(shoot);
  const names = [`Trattoria ${Date.now()}`, `Noodle bar ${Date.now()}`];

  await report.step('a visitor is led from the wheel to sign in', async () => {
    await visitor.open('/wheel');
    await page.getByRole('button', { name: 'Sign in' }).first().waitFor();
  });
  const account = { email: `lunch.${Date.now()}@example.com`, password: PASSWORD, name: 'Ada Lovelace' };
  await report.step('register', () => register(visitor, account));
  await report.step('the wheel of nothing says so', async () => {
    await page.getByRole('link', { name: 'Lunch wheel' }).first().click();
    await page.getByRole('link', { name: 'Add a restaurant' }).waitFor();
  });
  await report.step('a price above the bound of the rule is refused at its field', async () => {
    await visitor.open('/restaurants/new');
    await control(page, 'name').fill(names[0]);
    await control(page, 'price').fill('501');
    await visitor.expecting([422], async () => {
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Must be at most 500').first().waitFor();
    });
  });
  for (const [index, name] of names.entries()) {
    await report.step(`save ${name}`, async () => {
      await visitor.open('/restaurants/new');
      await control(page, 'name').fill(name);
      await control(page, 'cuisine').fill('Italian');
      await control(page, 'price').fill(index === 0 ? '9.50' : '30.00');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.waitForURL((url) => !url.pathname.endsWith('/new'));
      await page.getByText(index === 0 ? 'For lunch this is cheap.' : 'For lunch this is dear.').waitFor();
    });
  }
  await report.step('the wheel spins to one of them', async () => {
    await visitor.open('/wheel');
    await page.getByRole('button', { name: 'Spin the wheel' }).click();
    const drawn = page.getByRole('status').filter({ hasText: 'Today it is' });
    await drawn.waitFor();
    const text = await drawn.innerText();
    expect(names.some((name) => text.includes(name)), `the wheel drew "${text}"`);
    await visitor.settle();
    await shoot('wheel');
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 780 });
    await expectNoSidewaysScroll(page);
    await shoot('wheel-phone');
    await page.setViewportSize({ width: 1280, height: 900 });
  });
  await report.step('the home page has the chart', async () => {
    await visitor.open('/');
    const chart = page.getByRole('region', { name: 'Cuisines' });
    await chart.getByText('Italian').waitFor();
    await shoot('home');
    await expectAccessible(page);
  });
  await report.step('the document knows the draw', async () => {
    const document = await (await fetch(`${options.app}/api/openapi.json`)).json();
    expect(document.paths['/api/draws']?.post?.operationId === 'drawRestaurant', 'POST /api/draws is not documented');
  });
  await report.step('no console error or failed request', () => {
    const notes = visitor.takeNotes();
    expect(notes.length === 0, notes.join('\n'));
  });
  return report.close();
}
