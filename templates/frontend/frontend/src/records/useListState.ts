import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import type { ListQuery } from '../api/records.ts';

export interface ListState {
  /** The list's address is its state: it can be bookmarked, shared and gone back to. */
  query: ListQuery;
  page: number;
  pageSize: number;
  get: (key: string) => string;
  /** Sets one part; everything but turning pages goes back to the first page. */
  set: (key: string, value: string) => void;
  clear: () => void;
}

export const PAGE_SIZES = [10, 20, 50, 100] as const;
const DEFAULT_PAGE_SIZE = 20;

function positive(text: string | null, fallback: number): number {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? number : fallback;
}

export function useListState(filters: readonly string[]): ListState {
  const [search, setSearch] = useSearchParams();
  const page = positive(search.get('page'), 1);
  const pageSize = Math.min(100, positive(search.get('pageSize'), DEFAULT_PAGE_SIZE));
  const query: ListQuery = { page: String(page), pageSize: String(pageSize) };
  for (const key of ['q', 'sort', ...filters]) {
    const value = search.get(key);
    if (value !== null && value !== '') query[key] = value;
  }

  const set = useCallback(
    (key: string, value: string) => {
      setSearch(
        (before) => {
          const after = new URLSearchParams(before);
          if (value === '') after.delete(key);
          else after.set(key, value);
          if (key !== 'page') after.delete('page');
          return after;
        },
        { replace: key === 'q' },
      );
    },
    [setSearch],
  );

  return {
    query,
    page,
    pageSize,
    get: (key) => search.get(key) ?? '',
    set,
    clear: () => {
      setSearch({});
    },
  };
}
