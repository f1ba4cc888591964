import { z } from 'zod';
import type { Actor, Viewer } from '../auth/actor.js';
import type { AppContext } from '../context.js';
import type { EntityExtension, EntityName, EntityTypes } from './types.js';

/** What all extensions together make of one entity. */
export function entityBehaviour<E extends EntityName>(app: AppContext, name: E) {
  type T = EntityTypes[E];
  const parts = app.extensions.flatMap((extension) => {
    const part = extension.entities?.[name] as EntityExtension<T> | undefined;
    return part ? [part] : [];
  });
  const computed = parts.flatMap((part) => Object.entries(part.computed ?? {}));

  return {
    async beforeCreate(given: T['input'], actor: Actor): Promise<T['input']> {
      let input = given;
      for (const part of parts) {
        if (part.beforeCreate) input = await part.beforeCreate(input, { actor, app });
      }
      return input;
    },

    async beforeUpdate(
      given: T['changes'],
      current: T['record'],
      actor: Actor,
    ): Promise<T['changes']> {
      let changes = given;
      for (const part of parts) {
        if (part.beforeUpdate) changes = await part.beforeUpdate(changes, current, { actor, app });
      }
      return changes;
    },

    async beforeDelete(current: T['record'], actor: Actor): Promise<void> {
      for (const part of parts) await part.beforeDelete?.(current, { actor, app });
    },

    async withComputed(record: T['record'], viewer: Viewer): Promise<T['record']> {
      const values: Record<string, unknown> = {};
      for (const [field, { value }] of computed) {
        values[field] = await value(record, { viewer, app });
      }
      return { ...record, ...values };
    },

    /** The schema of the answers, with the computed fields. */
    replySchema<S extends z.ZodObject>(schema: S): S {
      const shape = Object.fromEntries(computed.map(([field, { schema: type }]) => [field, type]));
      // The type stays that of the entity's own record: computed fields are for clients.
      return schema.extend(shape) as unknown as S;
    },
  };
}
