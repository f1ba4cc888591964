import type { Prisma } from '../generated/sqlite/client.js';
import type { RecordLink } from '../http/fields.js';

export const userLinkSelect = { id: true, name: true } satisfies Prisma.UserSelect;

/** How records show a person: by name only, never by address. */
export function userLink(row: { id: string; name: string }): RecordLink {
  return { id: row.id, label: row.name };
}
