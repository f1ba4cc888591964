/** Runs named steps, tells each with its time as it ends, and keeps the score. */
export class Steps {
  #passed = 0;
  #failed = [];

  /** Runs one step; resolves to whether it passed. */
  async run(name, action) {
    const start = performance.now();
    try {
      await action();
      this.#passed += 1;
      console.log(`ok    ${name}  ${seconds(start)}`);
      return true;
    } catch (error) {
      this.#failed.push(name);
      console.log(`FAIL  ${name}  ${seconds(start)}\n${indented(error.message)}`);
      return false;
    }
  }

  /** Prints the closing line; gives the exit code. */
  close() {
    if (this.#failed.length > 0) console.log(`\nfailed: ${this.#failed.join(', ')}`);
    console.log(`\n${this.#passed} passed, ${this.#failed.length} failed`);
    return this.#failed.length === 0 ? 0 : 1;
  }
}

const seconds = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`;
const indented = (text) => text.replace(/^/gm, '      ');

/** Works through jobs with a number of lanes side by side. */
export async function inLanes(lanes, jobs, work) {
  const queue = [...jobs];
  const lane = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await work(job);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
