#!/usr/bin/env node
/**
 * Drives a generated app in headless Chromium by what its users see:
 *
 *   node drive.mjs --app http://127.0.0.1:3000 --blueprint plan.json --shots DIR
 *
 * `plan.json` is what `metagen plan --format json` printed for the app. The administrator's account is that of the options
 * --admin-email and --admin-password, or of the variables ADMIN_EMAIL and ADMIN_PASSWORD. The database should be empty.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PASSWORD, failToSignIn, register, signIn, signOut } from './driver/account.mjs';
import { readBlueprint, textPattern } from './driver/blueprint.mjs';
import { Visitor, launch } from './driver/browser.mjs';
import { EntityTour, inspectPage } from './driver/entity.mjs';
import { Report, expect } from './driver/report.mjs';

const { values: options } = parseArgs({
  options: {
    app: { type: 'string' },
    blueprint: { type: 'string' },
    shots: { type: 'string', default: 'shots' },
    'admin-email': { type: 'string', default: process.env.ADMIN_EMAIL ?? 'admin@example.com' },
    'admin-password': { type: 'string', default: process.env.ADMIN_PASSWORD ?? PASSWORD },
  },
});
if (!options.app || !options.blueprint) {
  console.error('usage: drive.mjs --app URL --blueprint plan.json [--shots DIR]');
  process.exit(2);
}

const { entities } = readBlueprint(JSON.parse(readFileSync(options.blueprint, 'utf8')));
mkdirSync(options.shots, { recursive: true });

async function shoot(page, name) {
  // A header that sticks would stand in the middle of a picture of the whole page.
  await page.evaluate(() => globalThis.scrollTo(0, 0));
  await page.screenshot({ path: path.join(options.shots, `${name}.png`), fullPage: true });
}

const browser = await launch();
try {
  process.exitCode = await drive();
} finally {
  await browser.close();
}

async function drive() {
  const user = await Visitor.arrive(browser, options.app);
  const admin = await Visitor.arrive(browser, options.app);
  let current = user;
  const report = new Report((name) => shoot(current.page, name));
  const account = { email: `ada.${Date.now()}@example.com`, password: PASSWORD, name: 'Ada Lovelace' };

  await tourAccount(report, user, account);
  const administrator = { email: options['admin-email'], password: options['admin-password'] };
  await report.step('sign in as the administrator', () => signIn(admin, administrator));

  const records = new Map();
  const tours = entities.map((entity, index) => {
    const visitor = entity.access === 'admin' ? admin : user;
    return new EntityTour({ visitor, report, records, shoot }, entity, index);
  });
  for (const tour of tours) {
    current = tour.visitor;
    await tour.create();
  }
  for (const tour of tours) {
    current = tour.visitor;
    await tour.change();
  }
  for (const tour of [...tours].reverse()) {
    current = tour.visitor;
    await tour.remove();
  }
  current = user;
  await tourEnd(report, user);
  return report.close();
}

/** Registers, signs out and in again, and looks at the pages that are there before any record. */
async function tourAccount(report, visitor, account) {
  const { page } = visitor;
  const inspect = (name) =>
    inspectPage(visitor, () => shoot(page, `${name}-dark`), () => shoot(page, `${name}-phone`));

  await report.step('a visitor finds the way to sign in', async () => {
    await visitor.open('/');
    const offer = page
      .getByRole('link', { name: textPattern('Sign in') })
      .or(page.getByRole('button', { name: textPattern('Sign in') }));
    await offer.filter({ visible: true }).first().waitFor();
    await shoot(page, 'home-visitor');
  });
  for (const name of ['register', 'login']) {
    await report.step(`the ${name} page is accessible, light and dark, and fits a phone`, async () => {
      await visitor.open(`/${name}`);
      await shoot(page, name);
      await inspect(name);
    });
  }
  await report.step('register', () => register(visitor, account));
  await report.step('sign out', () => signOut(visitor));
  await report.step('a wrong password is told', () => failToSignIn(visitor, account.email));
  await report.step('sign in', () => signIn(visitor, account));
  await report.step('the session survives a reload', async () => {
    await page.reload();
    await visitor.settle();
    await page.getByText(account.name).or(page.getByText(/sign out/i)).first().waitFor();
    expect(new URL(page.url()).pathname !== '/login', 'back on the login page');
  });
  await report.step('the home page leads to every entity', async () => {
    await visitor.open('/');
    for (const entity of entities) {
      const link = page.locator(`a[href="${entity.path}"]`).first();
      await link.waitFor({ state: 'attached' });
    }
    await shoot(page, 'home');
    await inspect('home');
  });
  await report.step('the keyboard alone reaches the content', async () => {
    await visitor.open('/');
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => globalThis.document.activeElement?.tagName);
    expect(focused === 'A' || focused === 'BUTTON', `Tab went to ${focused}`);
  });
  await report.step('no console error or failed request (accounts)', () => {
    const notes = visitor.takeNotes();
    expect(notes.length === 0, notes.join('\n'));
  });
}

/** Looks at the page for unknown addresses and at what a visitor is kept from. */
async function tourEnd(report, visitor) {
  const { page } = visitor;
  await report.step('an unknown address says so', async () => {
    await visitor.open('/no-such-page-at-all');
    await page.getByText(/not found/i).first().waitFor();
    await shoot(page, 'not-found');
    await inspectPage(visitor, () => shoot(page, 'not-found-dark'), () => shoot(page, 'not-found-phone'));
  });
  await report.step('sign out at the end', () => signOut(visitor));
  const closed = entities.find(({ access }) => access !== 'public');
  if (closed) {
    await report.step('a visitor is led to sign in', async () => {
      await visitor.expecting([401], async () => {
        await visitor.open(closed.path);
        await page.getByRole('button', { name: textPattern('Sign in') }).first().waitFor();
      });
    });
  }
  await report.step('no console error or failed request (end)', () => {
    const notes = visitor.takeNotes();
    expect(notes.length === 0, notes.join('\n'));
  });
}
