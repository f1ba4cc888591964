import { useId, type ReactNode } from 'react';
import { Icon } from '../components/Icon.tsx';

/** What an input needs to be tied to its label, hint and error. */
export interface FieldWiring {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': boolean;
  'aria-required': boolean;
}

interface FieldProps {
  label: string;
  required: boolean;
  error: string | undefined;
  hint?: string;
  children: (wiring: FieldWiring) => ReactNode;
}

interface FieldErrorProps {
  id: string;
  message: string;
}

export function FieldError({ id, message }: FieldErrorProps) {
  return (
    <p id={id} className="flex items-start gap-1.5 text-sm font-medium text-danger">
      <Icon name="alert" className="mt-0.5 size-4" />
      {message}
    </p>
  );
}

/** A label above an input, and below it what is wrong with its value. */
export function Field({ label, required, error, hint, children }: FieldProps) {
  const id = useId();
  const errorId = `${id}-error`;
  const hintId = `${id}-hint`;
  const described = [hint !== undefined && hintId, error !== undefined && errorId].filter(Boolean);
  return (
    <div className="space-y-1.5">
      <div className="flex items-baseline justify-between gap-4">
        <label htmlFor={id} className="text-sm font-semibold">
          {label}
        </label>
        {!required && <span className="text-xs text-muted">Optional</span>}
      </div>
      {children({
        id,
        'aria-describedby': described.length > 0 ? described.join(' ') : undefined,
        'aria-invalid': error !== undefined,
        'aria-required': required,
      })}
      {hint !== undefined && (
        <p id={hintId} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {error !== undefined && <FieldError id={errorId} message={error} />}
    </div>
  );
}
