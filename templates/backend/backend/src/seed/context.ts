import type { Database } from '../database/database.js';

export interface SeedContext {
  database: Database;
  /** The ids of the demo people, who own the records in turn. */
  people: { user: string; admin: string };
  /** The ids of the demo records by the name of their entity. */
  ids: Map<string, readonly string[]>;
}

/** Even records belong to the user, odd ones to the administrator. */
export function ownerOf({ people }: SeedContext, n: number): string {
  return n % 2 === 0 ? people.user : people.admin;
}

/**
 * The n-th demo record of an entity. Records of the same number have the same owner, so that
 * nobody's record points to one that its owner cannot see.
 */
export function nth({ ids }: SeedContext, entity: string, n: number): string {
  const candidates = ids.get(entity) ?? [];
  const id = candidates[n % candidates.length];
  if (id === undefined) throw new Error(`There is no ${entity} to refer to.`);
  return id;
}
