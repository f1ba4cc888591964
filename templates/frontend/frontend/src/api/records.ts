import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import { request } from './client.ts';
import type { EntityRow, PageOf } from './types.ts';

export type ListQuery = Record<string, string>;
export type RecordBody = Record<string, unknown>;

async function fetchList(
  path: string,
  query: ListQuery,
  signal?: AbortSignal,
): Promise<PageOf<EntityRow>> {
  const search = new URLSearchParams(query).toString();
  const url = search === '' ? `/${path}` : `/${path}?${search}`;
  return (await request('GET', url, signal ? { signal } : {})) as PageOf<EntityRow>;
}

async function fetchRecord(path: string, id: string, signal: AbortSignal): Promise<EntityRow> {
  return (await request('GET', `/${path}/${encodeURIComponent(id)}`, { signal })) as EntityRow;
}

/** Lists and counts change with every write; records of other entities may embed this one's label. */
async function afterWrite(client: QueryClient): Promise<void> {
  await client.invalidateQueries({ queryKey: ['lists'] });
}

/** One page of `/api/<path>`; the page before stays visible while the next one loads. */
export function useRecordList(path: string, query: ListQuery, enabled = true) {
  return useQuery({
    queryKey: ['lists', path, query],
    queryFn: ({ signal }) => fetchList(path, query, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** The records that match a search, one page after the other: what pickers choose from. */
export function useRecordSearch(path: string, q: string, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ['lists', path, 'search', q],
    queryFn: ({ pageParam, signal }) =>
      fetchList(path, { page: String(pageParam), pageSize: '20', ...(q !== '' && { q }) }, signal),
    initialPageParam: 1,
    getNextPageParam: ({ page, pageSize, total }) => (page * pageSize < total ? page + 1 : null),
    placeholderData: keepPreviousData,
    enabled,
  });
}

export function useRecord(path: string, id: string, enabled = true) {
  return useQuery({
    queryKey: ['records', path, id],
    queryFn: ({ signal }) => fetchRecord(path, id, signal),
    enabled,
  });
}

/** How many records of each entity the signed-in user can see, by path. */
export function useStats() {
  return useQuery({
    queryKey: ['lists', 'stats'],
    queryFn: async ({ signal }) =>
      (await request('GET', '/stats', { signal })) as Record<string, number | undefined>,
  });
}

/** Creates a record, or changes the one with `id`. */
export function useSaveRecord(path: string, id?: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: RecordBody) =>
      (id === undefined
        ? await request('POST', `/${path}`, { body })
        : await request('PATCH', `/${path}/${encodeURIComponent(id)}`, { body })) as EntityRow,
    onSuccess: async (record) => {
      await client.invalidateQueries({ queryKey: ['records'], refetchType: 'none' });
      client.setQueryData(['records', path, record.id], record);
      await afterWrite(client);
    },
  });
}

export function useDeleteRecord(path: string, id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request('DELETE', `/${path}/${encodeURIComponent(id)}`),
    // The deleted record itself stays in the cache until its page is left: asking again would be a 404.
    onSuccess: () => afterWrite(client),
  });
}
