import { useState, type HTMLInputAutoCompleteAttribute } from 'react';
import { useController, type Control, type FieldPath, type FieldValues } from 'react-hook-form';
import { Field } from '../forms/Field.tsx';

interface TextFieldProps<Values extends FieldValues> {
  control: Control<Values>;
  name: FieldPath<Values>;
  label: string;
  type: 'text' | 'email' | 'password';
  autoComplete: HTMLInputAutoCompleteAttribute;
  hint?: string;
}

/** A required input of the account forms; a password can be shown while typing. */
export function TextField<Values extends FieldValues>({
  control,
  name,
  label,
  type,
  autoComplete,
  hint,
}: TextFieldProps<Values>) {
  const { field, fieldState } = useController({ control, name });
  const [shown, setShown] = useState(false);
  const isPassword = type === 'password';
  return (
    <Field
      label={label}
      required
      error={fieldState.error?.message}
      {...(hint !== undefined && { hint })}
    >
      {(wiring) => (
        <div className="relative">
          <input
            {...wiring}
            {...field}
            type={isPassword && shown ? 'text' : type}
            autoComplete={autoComplete}
            className={isPassword ? 'control pr-16' : 'control'}
          />
          {isPassword && (
            <button
              type="button"
              aria-pressed={shown}
              className="absolute inset-y-1 right-1 rounded-md px-3 text-xs font-semibold text-muted hover:bg-sunken hover:text-text"
              onClick={() => {
                setShown(!shown);
              }}
            >
              Show
            </button>
          )}
        </div>
      )}
    </Field>
  );
}
