import { useController, type Control } from 'react-hook-form';
import type { EntityRow, Reference } from '../api/types.ts';
import type { FieldDefinition } from '../resources/definition.ts';
import { asReference, asReferences } from '../resources/format.ts';
import { CheckboxField } from './CheckboxField.tsx';
import { Field } from './Field.tsx';
import { MultiRelationPicker } from './MultiRelationPicker.tsx';
import { RelationPicker } from './RelationPicker.tsx';
import type { FormValues } from './values.ts';

interface FieldInputProps {
  /** The path of the entity whose form this is, where it is a list's. */
  path?: string;
  field: FieldDefinition;
  control: Control<FormValues, unknown, Record<string, unknown>>;
  /** The record as stored, whose embedded references name the related records. */
  row?: EntityRow | undefined;
}

const inputTypes = {
  string: 'text',
  email: 'email',
  url: 'url',
  integer: 'text',
  decimal: 'text',
  date: 'date',
  datetime: 'datetime-local',
} as const;

const inputModes = { integer: 'numeric', decimal: 'decimal' } as const;

function knownReferences(field: FieldDefinition, row: EntityRow | undefined): Reference[] {
  if (row === undefined) return [];
  if (field.type === 'relations') return asReferences(row[field.embedded]);
  if (field.type !== 'relation') return [];
  const reference = asReference(row[field.embedded]);
  return reference === null ? [] : [reference];
}

/** The right input for a field, whatever its type. */
export function FieldInput({ path, field, control, row }: FieldInputProps) {
  const { field: input, fieldState } = useController({ name: field.name, control });
  const error = fieldState.error?.message;
  const { value } = input;

  if (field.type === 'boolean') {
    return (
      <CheckboxField
        label={field.label}
        error={error}
        checked={value === true}
        onChange={input.onChange}
        onBlur={input.onBlur}
        inputRef={input.ref}
      />
    );
  }

  const except = 'target' in field && field.target === path ? row?.id : undefined;
  const text = typeof value === 'string' ? value : '';
  return (
    <Field
      label={field.label}
      required={field.required}
      error={error}
      {...(field.type === 'relations' && { hint: 'Choose as many as you like.' })}
    >
      {(wiring) => {
        switch (field.type) {
          case 'text':
            return (
              <textarea {...wiring} {...input} value={text} rows={5} className="control min-h-32" />
            );
          case 'enum':
            return (
              <select {...wiring} {...input} value={text} className="control">
                {(!field.required || text === '') && (
                  <option value="">{field.required ? 'Choose…' : 'None'}</option>
                )}
                {field.options.map((option) => (
                  <option key={option.value} value={option.value}>
                    {option.label}
                  </option>
                ))}
              </select>
            );
          case 'relation':
            return (
              <RelationPicker
                wiring={wiring}
                inputRef={input.ref}
                path={field.target}
                labelField={field.targetLabelField}
                except={except}
                value={text}
                known={knownReferences(field, row)}
                clearable={!field.required}
                onChange={input.onChange}
                onBlur={input.onBlur}
              />
            );
          case 'relations':
            return (
              <MultiRelationPicker
                wiring={wiring}
                inputRef={input.ref}
                path={field.target}
                labelField={field.targetLabelField}
                except={except}
                value={Array.isArray(value) ? value : []}
                known={knownReferences(field, row)}
                onChange={input.onChange}
                onBlur={input.onBlur}
              />
            );
          default:
            return (
              <input
                {...wiring}
                {...input}
                value={text}
                type={inputTypes[field.type]}
                inputMode={
                  field.type === 'integer' || field.type === 'decimal'
                    ? inputModes[field.type]
                    : undefined
                }
                className="control"
              />
            );
        }
      }}
    </Field>
  );
}
