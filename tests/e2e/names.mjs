#!/usr/bin/env node
/**
 * Writes seeded random blueprints whose names have every length, to check that generated code keeps its layout and its types
 * whatever the names are:
 *
 *   node names.mjs --out DIR [--count 24] [--seed 1]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const SYLLABLES = ['al', 'be', 'cor', 'da', 'el', 'fi', 'gra', 'hu', 'in', 'jo', 'ka', 'lum', 'mo', 'ne', 'or', 'pi', 'qua', 'ri', 'so', 'tu'];
const TYPES = ['string', 'text', 'integer', 'decimal', 'boolean', 'date', 'datetime', 'enum', 'email', 'url'];
const ACCESS = ['public', 'shared', 'owned', 'admin'];

/** A small generator of random numbers (mulberry32): the same seed gives the same blueprints everywhere. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Names {
  #next;

  constructor(seed) {
    this.#next = random(seed);
  }

  below(limit) {
    return Math.floor(this.#next() * limit);
  }

  chance(share) {
    return this.#next() < share;
  }

  oneOf(list) {
    return list[this.below(list.length)];
  }

  /** Makes a camelCase name of exactly this length that is not in `taken` yet. */
  camel(length, taken) {
    for (;;) {
      let name = '';
      while (name.length < length) {
        const syllable = this.oneOf(SYLLABLES);
        const starts = name.length > 0 && this.chance(0.4);
        name += starts ? syllable[0].toUpperCase() + syllable.slice(1) : syllable;
      }
      name = name.slice(0, length);
      const known = name.toLowerCase();
      if (!taken.has(known)) {
        taken.add(known);
        return name;
      }
    }
  }

  pascal(length, taken) {
    const name = this.camel(length, taken);
    return name[0].toUpperCase() + name.slice(1);
  }
}

export function field(names, length, taken) {
  const type = names.oneOf(TYPES);
  const made = { name: names.camel(length, taken), type, required: names.chance(0.5) };
  if (names.chance(0.2) && ['string', 'integer', 'email'].includes(type)) made.unique = true;
  if (type === 'enum') {
    const values = new Set();
    const count = 1 + names.below(6);
    while (values.size < count) values.add(names.camel(2 + names.below(30), new Set()));
    made.values = [...values];
    if (names.chance(0.5)) made.default = made.values[0];
  }
  if (type === 'boolean' && names.chance(0.5)) made.default = names.chance(0.5);
  if (['integer', 'decimal'].includes(type)) {
    if (names.chance(0.5)) made.min = names.below(10);
    if (names.chance(0.5)) made.max = 50 + names.below(1000);
  }
  if (type === 'string' && names.chance(0.4)) made.max = 20 + names.below(150);
  return made;
}

/** Makes the blueprint of a seed: the lengths of names rise with `index`, the rest is chance. */
export function blueprint(seed, index) {
  const names = new Names(seed * 7919 + index);
  // Every third blueprint walks through the lengths one by one, the others mix them.
  const length = () => (index % 3 === 0 ? 1 + ((index * 5 + names.below(5)) % 60) : 1 + names.below(60));
  const taken = new Set();
  const titles = Array.from({ length: 1 + names.below(6) }, () => names.pascal(Math.max(3, length()), taken));
  const entities = titles.map((name, position) => {
    const own = new Set();
    const fields = Array.from({ length: names.oneOf([1, 2, 3, 5, 8, 16]) }, () => field(names, length(), own));
    const relations = [];
    for (const target of [...titles.slice(0, position + 1), 'User']) {
      if (names.chance(0.35)) {
        const required = target !== name && names.chance(0.5);
        relations.push({ kind: 'belongs_to', name: names.camel(length(), own), target, required });
      }
      if (names.chance(0.25)) {
        relations.push({ kind: 'many_to_many', name: names.camel(Math.max(2, length()), own), target });
      }
    }
    return {
      name,
      plural: `${name}s`,
      description: names.chance(0.5) ? names.camel(40 + names.below(80), new Set()) : '',
      access: names.oneOf(ACCESS),
      fields,
      relations,
    };
  });
  if (names.chance(0.3)) {
    entities.push({ name: 'User', plural: 'Users', fields: [{ ...field(names, length(), new Set()), required: false }], relations: [] });
  }
  const title = names.pascal(length(), new Set());
  return {
    app: { name: title, slug: `sweep-${index}`, description: names.chance(0.5) ? `${title} of ${title}.` : '' },
    theme: { primary: `#${(0x1000000 + names.below(0x1000000)).toString(16).slice(1)}`, background: '#ffffff' },
    entities,
  };
}

/** Writes blueprints into a folder and gives their paths. */
export function writeBlueprints(folder, count, seed) {
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: count }, (_, index) => {
    const file = path.join(folder, `sweep-${String(index).padStart(2, '0')}.json`);
    writeFileSync(file, `${JSON.stringify(blueprint(seed, index), null, 2)}\n`);
    return file;
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      count: { type: 'string', default: '24' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (!values.out) {
    console.error('usage: names.mjs --out DIR [--count 24] [--seed 1]');
    process.exit(2);
  }
  for (const file of writeBlueprints(values.out, Number(values.count), Number(values.seed))) console.log(file);
}
