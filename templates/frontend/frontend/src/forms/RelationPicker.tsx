import { useState, type Ref } from 'react';
import type { Reference } from '../api/types.ts';
import { Combobox } from './Combobox.tsx';
import type { FieldWiring } from './Field.tsx';
import { useReference } from './useOptions.ts';

interface RelationPickerProps {
  wiring: FieldWiring;
  inputRef: Ref<HTMLInputElement>;
  path: string;
  labelField: string;
  /** The id of a record that is not offered: nothing can be its own parent. */
  except?: string | undefined;
  /** The chosen record's id, or '' for none. */
  value: string;
  /** References whose labels are known already. */
  known: readonly Reference[];
  clearable: boolean;
  placeholder?: string;
  onChange: (id: string) => void;
  onBlur: () => void;
}

/** Chooses one record of another entity. */
export function RelationPicker({
  wiring,
  inputRef,
  path,
  labelField,
  except,
  value,
  known,
  clearable,
  placeholder = 'Search…',
  onChange,
  onBlur,
}: RelationPickerProps) {
  const [picked, setPicked] = useState<Reference[]>([]);
  const chosen = useReference(path, labelField, value, [...picked, ...known]);
  return (
    <Combobox
      wiring={wiring}
      inputRef={inputRef}
      path={path}
      labelField={labelField}
      except={except}
      display={chosen?.label ?? ''}
      selected={value === '' ? [] : [value]}
      multiple={false}
      placeholder={placeholder}
      onPick={(reference) => {
        setPicked([reference]);
        onChange(reference.id);
      }}
      onClear={
        clearable && value !== ''
          ? () => {
              onChange('');
            }
          : null
      }
      onBlur={onBlur}
    />
  );
}
