import { useId } from 'react';
import { Icon } from '../components/Icon.tsx';
import { formatNumber } from '../resources/format.ts';
import { PAGE_SIZES, type ListState } from './useListState.ts';

interface PaginationProps {
  state: ListState;
  total: number;
}

export function Pagination({ state, total }: PaginationProps) {
  const sizeId = useId();
  const pages = Math.max(1, Math.ceil(total / state.pageSize));
  const first = Math.min(total, (state.page - 1) * state.pageSize + 1);
  const last = Math.min(total, state.page * state.pageSize);
  const go = (page: number) => {
    state.set('page', String(page));
  };
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 border-t border-line px-4 py-3 text-sm sm:px-5">
      <p role="status" className="text-muted tabular-nums">
        {`${formatNumber(first)}–${formatNumber(last)} of ${formatNumber(total)}`}
      </p>
      <div className="flex items-center gap-2">
        <label htmlFor={sizeId} className="text-muted">
          Rows per page
        </label>
        <select
          id={sizeId}
          className="control min-h-9 w-auto py-1"
          value={state.pageSize}
          onChange={(event) => {
            state.set('pageSize', event.target.value);
          }}
        >
          {[...new Set([...PAGE_SIZES, state.pageSize])].map((size) => (
            <option key={size} value={size}>
              {size}
            </option>
          ))}
        </select>
      </div>
      <nav aria-label="Pages" className="flex items-center gap-2">
        <button
          type="button"
          aria-label="Previous page"
          className="button button-plain button-icon"
          disabled={state.page <= 1}
          onClick={() => {
            go(state.page - 1);
          }}
        >
          <Icon name="left" />
        </button>
        <span className="px-1 text-muted tabular-nums">
          {`Page ${formatNumber(state.page)} of ${formatNumber(pages)}`}
        </span>
        <button
          type="button"
          aria-label="Next page"
          className="button button-plain button-icon"
          disabled={state.page >= pages}
          onClick={() => {
            go(state.page + 1);
          }}
        >
          <Icon name="right" />
        </button>
      </nav>
    </div>
  );
}
