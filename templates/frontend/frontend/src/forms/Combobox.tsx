import { useId, useState, type KeyboardEvent, type Ref } from 'react';
import type { Reference } from '../api/types.ts';
import { Icon } from '../components/Icon.tsx';
import type { FieldWiring } from './Field.tsx';
import { useOptions } from './useOptions.ts';

interface ComboboxProps {
  wiring: FieldWiring;
  inputRef: Ref<HTMLInputElement>;
  path: string;
  labelField: string;
  /** The id of a record that is not offered. */
  except?: string | undefined;
  /** What the closed box shows. */
  display: string;
  selected: readonly string[];
  /** Whether choosing leaves the list open for the next choice. */
  multiple: boolean;
  placeholder: string;
  onPick: (reference: Reference) => void;
  onClear: (() => void) | null;
  onBlur: () => void;
}

/**
 * A text box that searches the server and offers what it finds: the ARIA pattern "editable combobox
 * with list autocomplete". Focus stays in the box; the active option is told by its id.
 */
export function Combobox({
  wiring,
  inputRef,
  path,
  labelField,
  except,
  display,
  selected,
  multiple,
  placeholder,
  onPick,
  onClear,
  onBlur,
}: ComboboxProps) {
  const listId = useId();
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(-1);
  const { options, status, loadMore } = useOptions(path, labelField, search, open, except);
  const count = options.length + (loadMore === null ? 0 : 1);
  const optionId = (index: number) => `${listId}-${String(index)}`;

  function show(): void {
    setOpen(true);
  }

  function close(): void {
    setOpen(false);
    setSearch('');
    setActive(-1);
  }

  function move(index: number): void {
    show();
    setActive(index);
    document.getElementById(optionId(index))?.scrollIntoView({ block: 'nearest' });
  }

  function choose(index: number): void {
    const option = options[index];
    if (option === undefined) {
      loadMore?.();
      return;
    }
    onPick(option);
    if (multiple) {
      setSearch('');
      setActive(-1);
    } else {
      close();
    }
  }

  function onKeyDown(event: KeyboardEvent): void {
    switch (event.key) {
      case 'ArrowDown':
        move(Math.min(active + 1, count - 1));
        break;
      case 'ArrowUp':
        move(Math.max(active - 1, 0));
        break;
      case 'Enter':
        // Enter in an open list chooses; only in a closed one does it submit the form.
        if (!open) return;
        if (active >= 0) choose(active);
        break;
      case 'Escape':
        if (!open) return;
        close();
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  return (
    <div className="relative">
      <input
        {...wiring}
        ref={inputRef}
        type="text"
        role="combobox"
        autoComplete="off"
        spellCheck={false}
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={listId}
        aria-activedescendant={open && active >= 0 ? optionId(active) : undefined}
        className="control pr-18"
        placeholder={display === '' ? placeholder : display}
        value={open ? search : display}
        onChange={(event) => {
          show();
          setSearch(event.target.value);
          setActive(event.target.value === '' ? -1 : 0);
        }}
        onClick={show}
        onKeyDown={onKeyDown}
        onBlur={() => {
          close();
          onBlur();
        }}
      />
      <div className="pointer-events-none absolute inset-y-0 right-2 flex items-center gap-1 text-muted">
        {onClear && (
          <button
            type="button"
            aria-label="Clear selection"
            className="pointer-events-auto rounded-md p-1 hover:bg-sunken hover:text-text"
            onClick={onClear}
          >
            <Icon name="close" className="size-4" />
          </button>
        )}
        <Icon name="down" className="size-5" />
      </div>
      <div
        className="absolute z-20 mt-1 w-full rounded-lg border border-line bg-surface shadow-lg"
        hidden={!open}
      >
        <div
          id={listId}
          role="listbox"
          aria-label="Suggestions"
          aria-multiselectable={multiple}
          className="max-h-72 overflow-y-auto p-1"
        >
          {open &&
            options.map((option, index) => (
              <div
                key={option.id}
                id={optionId(index)}
                role="option"
                aria-selected={selected.includes(option.id)}
                className={`flex min-h-10 cursor-pointer items-center gap-2 rounded-md px-3 py-2 text-sm ${
                  index === active ? 'bg-tint text-link' : 'hover:bg-sunken'
                }`}
                tabIndex={-1}
                onMouseDown={(event) => {
                  // Keeps focus in the box, whose blur would close the list.
                  event.preventDefault();
                  choose(index);
                }}
              >
                <span className="min-w-0 grow">{option.label}</span>
                {selected.includes(option.id) && <Icon name="check" className="size-4" />}
              </div>
            ))}
          {open && loadMore !== null && (
            <div
              id={optionId(options.length)}
              role="option"
              aria-selected={false}
              className={`min-h-10 cursor-pointer rounded-md px-3 py-2 text-sm font-semibold text-link ${
                active === options.length ? 'bg-tint' : 'hover:bg-sunken'
              }`}
              tabIndex={-1}
              onMouseDown={(event) => {
                event.preventDefault();
                loadMore();
              }}
            >
              Show more
            </div>
          )}
        </div>
        <p
          role="status"
          className="text-sm text-muted not-empty:px-4 not-empty:pt-1 not-empty:pb-3"
        >
          {open && status === 'loading' && 'Searching…'}
          {open && status === 'failed' && 'The list could not be loaded.'}
          {open && status === 'ready' && options.length === 0 && 'Nothing found.'}
        </p>
      </div>
    </div>
  );
}
