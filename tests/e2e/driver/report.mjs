import { stripVTControlCharacters } from 'node:util';

/** Runs steps one after the other, prints a line for each and keeps the score. */
export class Report {
  #passed = 0;
  #failures = [];
  #shoot;

  /** @param {(name: string) => Promise<void>} shoot takes a picture of what is on the screen when a step fails */
  constructor(shoot) {
    this.#shoot = shoot;
  }

  /** Runs a step; a failure is kept and told, and the run goes on. Resolves to whether it passed. */
  async step(name, action) {
    const start = performance.now();
    try {
      await action();
      this.#passed += 1;
      console.log(`ok    ${name} (${Math.round(performance.now() - start)} ms)`);
      return true;
    } catch (error) {
      const message = readable(error);
      this.#failures.push({ name, message });
      console.log(`FAIL  ${name}\n      ${message.replaceAll('\n', '\n      ')}`);
      await this.#shoot(`failed-${this.#failures.length}`);
      return false;
    }
  }

  /** Prints what failed and the closing line; gives the exit code. */
  close() {
    for (const { name, message } of this.#failures) {
      console.log(`\nfailed: ${name}\n${message}`);
    }
    console.log(`\n${this.#passed} passed, ${this.#failures.length} failed`);
    return this.#failures.length === 0 ? 0 : 1;
  }
}

/** Playwright's messages carry colours and long call logs: the first lines say enough. */
function readable(error) {
  const text = error instanceof Error ? error.message : String(error);
  return stripVTControlCharacters(text).split('\n').slice(0, 14).join('\n');
}

/** Throws unless a condition holds. */
export function expect(condition, message) {
  if (!condition) throw new Error(message);
}
