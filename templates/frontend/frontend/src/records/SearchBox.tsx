import { useEffect, useId, useState } from 'react';
import { Icon } from '../components/Icon.tsx';

interface SearchBoxProps {
  value: string;
  onSearch: (value: string) => void;
}

const TYPING_PAUSE_MS = 250;

/** Searches while typing, after a short pause. */
export function SearchBox({ value, onSearch }: SearchBoxProps) {
  const id = useId();
  const [text, setText] = useState(value);
  const [applied, setApplied] = useState(value);
  // The address changed under the box: by the back button, or because filters were cleared.
  if (value !== applied) {
    setApplied(value);
    setText(value);
  }

  useEffect(() => {
    if (text.trim() === applied) return;
    const timer = setTimeout(() => {
      setApplied(text.trim());
      onSearch(text.trim());
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [applied, onSearch, text]);

  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-semibold">
        Search
      </label>
      <div className="relative">
        <Icon
          name="search"
          className="pointer-events-none absolute top-1/2 left-3 size-4.5 -translate-y-1/2 text-muted"
        />
        <input
          id={id}
          type="search"
          className="control pl-9.5"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </div>
    </div>
  );
}
