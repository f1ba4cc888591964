import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Finds an installed Chromium: CHROMIUM_PATH first, then where distributions put it. */
export function findChromium(environment = process.env) {
  return [environment.CHROMIUM_PATH, ...PLACES].find((path) => path && existsSync(path));
}

/** Launches it without anything that talks to the network by itself. */
export function launch() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('no Chromium found: install one or set CHROMIUM_PATH');
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A tab of somebody's browser that notes everything that should not happen in a healthy app. */
export class Visitor {
  #noted = [];
  #expected = new Set();

  static async arrive(browser, baseURL) {
    // A zone west of Greenwich with odd dates: a date that slips by a day must show.
    const context = await browser.newContext({
      baseURL,
      locale: 'en-US',
      timezoneId: 'America/New_York',
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(10_000);
    context.setDefaultNavigationTimeout(20_000);
    return new Visitor(context, await context.newPage());
  }

  constructor(context, page) {
    this.context = context;
    this.page = page;
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      const failure = /status of (\d{3})/.exec(message.text());
      if (failure && this.#expected.has(Number(failure[1]))) return;
      this.#note(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.#note(`uncaught: ${error.message}`));
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? '';
      // Leaving a page cancels what it still asked for.
      if (reason === 'net::ERR_ABORTED') return;
      this.#note(`request failed: ${request.method()} ${request.url()} ${reason}`);
    });
    page.on('response', (response) => {
      if (response.status() < 400 || this.#expected.has(response.status())) return;
      this.#note(`${response.status()}: ${response.request().method()} ${response.url()}`);
    });
  }

  #note(text) {
    this.#noted.push(text);
  }

  /** Does something that is meant to be answered with one of these statuses. */
  async expecting(statuses, action) {
    for (const status of statuses) this.#expected.add(status);
    try {
      return await action();
    } finally {
      await this.page.waitForTimeout(150);
      this.#expected.clear();
    }
  }

  /** Gives what was noted since the last call. */
  takeNotes() {
    return this.#noted.splice(0);
  }

  /** Opens an address and waits until nothing moves any more. */
  async open(path) {
    await this.page.goto(path);
    await this.settle();
  }

  /** Waits for requests and transitions to end. */
  async settle() {
    await this.page.waitForLoadState('networkidle');
    await this.page.waitForTimeout(60);
  }
}
