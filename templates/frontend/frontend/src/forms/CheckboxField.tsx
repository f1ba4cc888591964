import { useId, type Ref } from 'react';
import { FieldError } from './Field.tsx';

interface CheckboxFieldProps {
  label: string;
  error: string | undefined;
  checked: boolean;
  onChange: (checked: boolean) => void;
  onBlur: () => void;
  inputRef: Ref<HTMLInputElement>;
}

export function CheckboxField({
  label,
  error,
  checked,
  onChange,
  onBlur,
  inputRef,
}: CheckboxFieldProps) {
  const id = useId();
  const errorId = `${id}-error`;
  return (
    <div className="space-y-1.5">
      <div className="flex min-h-11 items-center gap-3">
        <input
          ref={inputRef}
          id={id}
          type="checkbox"
          className="size-5 accent-link"
          checked={checked}
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? undefined : errorId}
          onChange={(event) => {
            onChange(event.target.checked);
          }}
          onBlur={onBlur}
        />
        <label htmlFor={id} className="text-sm font-semibold">
          {label}
        </label>
      </div>
      {error !== undefined && <FieldError id={errorId} message={error} />}
    </div>
  );
}
