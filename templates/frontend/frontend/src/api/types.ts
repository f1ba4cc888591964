/** What every record carries, whatever its entity. */
export interface EntityBase {
  id: string;
  createdAt: string;
  updatedAt: string;
}

/** A related record as answers embed it. */
export interface Reference {
  id: string;
  label: string;
}

/** A record whose entity is only known at run time. */
export type EntityRow = EntityBase & Record<string, unknown>;

/** One page of a list. */
export interface PageOf<T> {
  items: T[];
  page: number;
  pageSize: number;
  total: number;
}
