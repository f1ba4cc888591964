/** Seeded random changes of blueprints after which every row still has all values that it needs. */
import { blueprint, field, Names } from './names.mjs';

/** Makes a blueprint and a later form of it. */
export function pair(seed, index) {
  const before = blueprint(seed, index);
  const after = structuredClone(before);
  const names = new Names(seed * 104_729 + index);
  const own = after.entities.filter(({ name }) => name !== 'User');
  for (const entity of own) {
    const taken = new Set([...entity.fields, ...entity.relations].map(({ name }) => name.toLowerCase()));
    const length = () => 2 + names.below(30);
    for (let round = 0; round < 3; round += 1) {
      const known = names.oneOf(entity.fields);
      const change = names.below(7);
      if (change === 0) entity.fields.push({ ...field(names, length(), taken), required: false });
      if (change === 1 && entity.fields.length > 1) entity.fields.splice(entity.fields.indexOf(known), 1);
      if (change === 2) known.required = false;
      // With longer names, what is unique gets another name, so that its index has one that PostgreSQL takes.
      if (change === 3 && entity.name.length + known.name.length <= 40) known.unique = !known.unique;
      if (change === 4 && known.type === 'enum') known.values.push(names.camel(31, new Set()), names.camel(32, new Set()));
      if (change === 5) entity.relations.splice(names.below(entity.relations.length + 1), 1);
      if (change === 6) {
        const kind = names.oneOf(['belongs_to', 'many_to_many']);
        entity.relations.push({ kind, name: names.camel(length(), taken), target: names.oneOf(own).name });
      }
    }
  }
  if (names.chance(0.4)) {
    after.entities.push({ name: 'Newcomer', fields: [field(names, 9, new Set())], relations: [] });
  }
  if (own.length > 1 && names.chance(0.4)) {
    const gone = names.oneOf(own).name;
    after.entities = after.entities.filter(({ name }) => name !== gone);
    for (const entity of after.entities) {
      entity.relations = entity.relations.filter(({ target }) => target !== gone);
    }
  }
  return { before, after };
}
