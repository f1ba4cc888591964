/**
 * What a user of a generated app can expect to see, worked out from the blueprint alone. Nothing here is shared with metagen:
 * a fault in its naming must show up as a difference, not be repeated.
 */

/** Splits a camelCase or PascalCase name into lower case words. */
export function words(name) {
  return name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/[_\s-]+/gu, ' ')
    .trim()
    .toLowerCase();
}

/** Gives the kebab-case form of a name: the path of a list is that of the entity's plural. */
export function kebab(name) {
  return words(name).replaceAll(' ', '-');
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Matches a text whatever its case and however digits are set off: `address2` may read "Address 2". */
function loosely(text) {
  return escape(text)
    .replaceAll(' ', '\\s+')
    .replace(/(\p{L})(?=\d)/gu, '$1\\s*')
    .replace(/(\d)(?=\p{L})/gu, '$1\\s*');
}

/** Matches the label of a field or relation, with or without a mark for required or optional. */
export function labelPattern(name) {
  return new RegExp(`^\\s*${loosely(words(name))}\\s*(\\*|\\(?(optional|required)\\)?)?\\s*$`, 'iu');
}

/** Matches a button or link that reads exactly so. */
export function textPattern(text) {
  return new RegExp(`^\\s*${loosely(text)}\\s*$`, 'iu');
}

/** Brings an enum value or the text of an option to a form in which both are equal. */
export const bare = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Reads a plan document or a bare blueprint into entities sorted so that what is needed comes first. */
export function readBlueprint(document) {
  const blueprint = document.blueprint ?? document;
  const entities = blueprint.entities
    .filter((entity) => entity.name !== 'User')
    .map((entity) => {
      const relations = entity.relations ?? [];
      return {
        name: entity.name,
        label: words(entity.name),
        pluralLabel: words(entity.plural),
        path: `/${kebab(entity.plural)}`,
        access: entity.access ?? 'shared',
        fields: entity.fields ?? [],
        references: relations.filter((relation) => relation.kind === 'belongs_to'),
        links: relations.filter((relation) => relation.kind === 'many_to_many'),
      };
    });
  return { app: blueprint.app, entities: inOrder(entities) };
}

/** Sorts entities so that required targets come first, and other targets too where no cycle forbids it. */
function inOrder(entities) {
  const byName = new Map(entities.map((entity) => [entity.name, entity]));
  const order = new Set();
  const visit = (entity, onlyRequired, path) => {
    if (order.has(entity) || path.includes(entity)) return;
    const wanted = [...entity.references, ...(onlyRequired ? [] : entity.links)];
    for (const relation of wanted) {
      const target = byName.get(relation.target);
      if (target && target !== entity && (relation.required || !onlyRequired)) {
        visit(target, onlyRequired || !relation.required, [...path, entity]);
      }
    }
    for (const relation of entity.references) {
      const target = byName.get(relation.target);
      if (target && target !== entity && relation.required) visit(target, true, [...path, entity]);
    }
    order.add(entity);
  };
  for (const entity of entities) visit(entity, false, []);
  return [...order];
}
