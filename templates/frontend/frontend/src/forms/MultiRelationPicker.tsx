import { useState, type Ref } from 'react';
import type { Reference } from '../api/types.ts';
import { Icon } from '../components/Icon.tsx';
import { Combobox } from './Combobox.tsx';
import type { FieldWiring } from './Field.tsx';

interface MultiRelationPickerProps {
  wiring: FieldWiring;
  inputRef: Ref<HTMLInputElement>;
  path: string;
  labelField: string;
  /** The id of a record that is not offered: nothing is related to itself. */
  except?: string | undefined;
  value: readonly string[];
  known: readonly Reference[];
  onChange: (ids: string[]) => void;
  onBlur: () => void;
}

/** Chooses any number of records; each choice becomes a chip that can be taken away again. */
export function MultiRelationPicker({
  wiring,
  inputRef,
  path,
  labelField,
  except,
  value,
  known,
  onChange,
  onBlur,
}: MultiRelationPickerProps) {
  const [picked, setPicked] = useState<Reference[]>([]);
  const references = [...picked, ...known];

  function toggle(reference: Reference): void {
    setPicked((before) => [...before, reference]);
    onChange(
      value.includes(reference.id)
        ? value.filter((id) => id !== reference.id)
        : [...value, reference.id],
    );
  }

  return (
    <div className="space-y-2">
      {value.length > 0 && (
        <ul aria-label="Chosen" className="flex flex-wrap gap-2">
          {value.map((id) => {
            const label = references.find((reference) => reference.id === id)?.label ?? id;
            return (
              <li
                key={id}
                className="inline-flex min-h-8 items-center gap-1 rounded-full bg-tint pr-1 pl-3 text-sm font-medium text-link"
              >
                {label}
                <button
                  type="button"
                  aria-label={`Remove ${label}`}
                  className="grid size-6 place-items-center rounded-full hover:bg-surface"
                  onClick={() => {
                    onChange(value.filter((other) => other !== id));
                  }}
                >
                  <Icon name="close" className="size-3.5" />
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <Combobox
        wiring={wiring}
        inputRef={inputRef}
        path={path}
        labelField={labelField}
        except={except}
        display=""
        selected={value}
        multiple
        placeholder="Search and add…"
        onPick={toggle}
        onClear={null}
        onBlur={onBlur}
      />
    </div>
  );
}
