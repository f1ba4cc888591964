import { useEffect, useState } from 'react';
import { useRecord, useRecordSearch } from '../api/records.ts';
import type { EntityRow, Reference } from '../api/types.ts';
import { rowLabel } from '../resources/format.ts';

const TYPING_PAUSE_MS = 200;

function useDebounced(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [value]);
  return settled;
}

export interface Options {
  options: Reference[];
  status: 'loading' | 'failed' | 'ready';
  /** Fetches the next matches; absent where all are listed. */
  loadMore: (() => void) | null;
}

function toReference(labelField: string, row: EntityRow): Reference {
  return { id: row.id, label: rowLabel(labelField, row) };
}

/**
 * The records that a picker offers for a search text, without the one that it must not offer.
 * Nothing is asked for while it is closed.
 */
export function useOptions(
  path: string,
  labelField: string,
  search: string,
  open: boolean,
  except: string | undefined,
): Options {
  const q = useDebounced(search.trim());
  const { data, isError, hasNextPage, fetchNextPage } = useRecordSearch(path, q, open);
  const found = data?.pages.flatMap((page) => page.items) ?? [];
  const rows = found.filter((row) => row.id !== except);
  return {
    options: rows.map((row) => toReference(labelField, row)),
    status: isError ? 'failed' : data === undefined ? 'loading' : 'ready',
    loadMore: hasNextPage
      ? () => {
          void fetchNextPage();
        }
      : null,
  };
}

/** The label of a chosen record: known from the form's record or the options, else asked for. */
export function useReference(
  path: string,
  labelField: string,
  id: string,
  known: readonly Reference[],
): Reference | null {
  const found = known.find((reference) => reference.id === id);
  const { data } = useRecord(path, id, id !== '' && found === undefined);
  if (id === '') return null;
  if (found !== undefined) return found;
  return data === undefined ? { id, label: '…' } : toReference(labelField, data);
}
