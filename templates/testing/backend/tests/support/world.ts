import type { EntityName } from '../../src/extensions/types.js';
import type { Json } from './client.js';
import { addPerson, type Person } from './people.js';
import type { EntitySpec, RelationSpec } from './spec.js';
import { specs } from './specs/index.js';
import { startTestApp, type TestApp } from './test-app.js';

export interface RecordReply extends Json {
  id: string;
}

/** A fresh application with three people in it, and a maker of records. */
export class World {
  readonly app: TestApp;
  readonly alice: Person;
  readonly bob: Person;
  readonly admin: Person;
  readonly #made = new Map<EntityName, number>();
  readonly #targets = new Map<string, string>();

  private constructor(app: TestApp, alice: Person, bob: Person, admin: Person) {
    this.app = app;
    this.alice = alice;
    this.bob = bob;
    this.admin = admin;
  }

  static async create(): Promise<World> {
    const app = await startTestApp();
    const alice = await addPerson(app, 'Alice');
    const bob = await addPerson(app, 'Bob');
    return new World(app, alice, bob, await addPerson(app, 'Admin', 'ADMIN'));
  }

  close(): Promise<void> {
    return this.app.close();
  }

  /** Who creates records of an entity when it does not matter who. */
  writerOf(spec: EntitySpec): Person {
    return spec.access === 'admin' ? this.admin : this.alice;
  }

  /** A valid input that was not used yet; the records it needs are made first. */
  async inputFor(name: EntityName, person: Person): Promise<Json> {
    const spec = specs[name];
    const n = this.#made.get(name) ?? 0;
    this.#made.set(name, n + 1);
    const input: Json = { ...spec.samples[n % spec.samples.length] };
    for (const relation of spec.requiredRelations) {
      input[relation.key] = await this.targetOf(relation, person);
    }
    return input;
  }

  /**
   * The id of something that a relation can point to and that the person can see. All relations
   * share one such record, so that a long chain of them does not use up the samples.
   */
  async targetOf({ target }: RelationSpec, person: Person): Promise<string> {
    if (target === 'User') return person.id;
    const maker = specs[target].access === 'admin' ? this.admin : person;
    const key = `${target} ${maker.id}`;
    const id = this.#targets.get(key) ?? (await this.make(target, maker)).id;
    this.#targets.set(key, id);
    return id;
  }

  async make(name: EntityName, person: Person): Promise<RecordReply> {
    const input = await this.inputFor(name, person);
    const { status, body } = await person.client.post(specs[name].path, input);
    if (status !== 201) throw new Error(`Making ${name} failed: ${JSON.stringify(body)}`);
    return body as RecordReply;
  }
}
