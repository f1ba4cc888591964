import { fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { FieldDefinition } from '../../src/resources/definition.ts';
import { toLocalInput } from '../../src/forms/values.ts';

/** The form that ends in a Save button. */
export async function findForm(): Promise<HTMLElement> {
  const save = await screen.findByRole('button', { name: 'Save' });
  const form = save.closest('form');
  if (form === null) throw new Error('Save stands outside of a form');
  return form;
}

export function inputOf(form: HTMLElement, label: string): HTMLInputElement {
  return within(form).getByLabelText(label, { selector: 'input, select, textarea' });
}

async function pickFirst(input: HTMLElement): Promise<void> {
  const user = userEvent.setup();
  await user.click(input);
  const list = document.getElementById(input.getAttribute('aria-controls') ?? '');
  if (list === null) throw new Error('the combobox controls no list');
  const [option] = await within(list).findAllByRole('option');
  if (option !== undefined) await user.click(option);
  await user.tab();
}

/** Enters a value as the API carries it; relations take the first record on offer. */
export async function enter(
  form: HTMLElement,
  field: FieldDefinition,
  value: unknown,
): Promise<void> {
  const input = inputOf(form, field.label);
  switch (field.type) {
    case 'boolean':
      if (input.checked !== value) fireEvent.click(input);
      break;
    case 'relation':
    case 'relations':
      await pickFirst(input);
      break;
    case 'datetime':
      fireEvent.change(input, { target: { value: toLocalInput(String(value)) } });
      break;
    default:
      fireEvent.change(input, { target: { value: String(value) } });
  }
}
