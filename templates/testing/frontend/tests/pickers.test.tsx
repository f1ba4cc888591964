import { StrictMode, useState } from 'react';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { FieldWiring } from '../src/forms/Field.tsx';
import { MultiRelationPicker } from '../src/forms/MultiRelationPicker.tsx';
import { RelationPicker } from '../src/forms/RelationPicker.tsx';
import { FakeApi, rowBase } from './support/fakeApi.ts';

const wiring: FieldWiring = {
  id: 'planet',
  'aria-describedby': undefined,
  'aria-invalid': false,
  'aria-required': false,
};
const planets = Array.from({ length: 45 }, (_, index) => ({
  ...rowBase(`id-${String(index)}`),
  name: `Planet ${String(index)}`,
}));
const nothing: never[] = [];
const ignore = () => undefined;
let api: FakeApi;
const picked = jest.fn<(value: string | string[]) => void>();

function One({ except }: { except?: string }) {
  const [value, setValue] = useState('');
  return (
    <RelationPicker
      wiring={wiring}
      inputRef={null}
      path="planets"
      labelField="name"
      except={except}
      value={value}
      known={nothing}
      clearable
      onChange={(next) => {
        setValue(next);
        picked(next);
      }}
      onBlur={ignore}
    />
  );
}

function Many() {
  const [value, setValue] = useState<string[]>([]);
  return (
    <MultiRelationPicker
      wiring={wiring}
      inputRef={null}
      path="planets"
      labelField="name"
      value={value}
      known={nothing}
      onChange={(next) => {
        setValue(next);
        picked(next);
      }}
      onBlur={ignore}
    />
  );
}

function show(Picker: typeof One): HTMLElement {
  render(
    <StrictMode>
      <QueryClientProvider client={new QueryClient()}>
        <label htmlFor="planet">Planet</label>
        <Picker />
      </QueryClientProvider>
    </StrictMode>,
  );
  return screen.getByRole('combobox', { name: 'Planet' });
}

beforeEach(() => {
  picked.mockReset();
  api = new FakeApi().list('planets', planets).install();
});

describe('choosing one record', () => {
  it('works by keyboard alone', async () => {
    const box = show(One);
    await userEvent.tab();
    expect(box).toHaveFocus();
    expect(box).toHaveAttribute('aria-expanded', 'false');
    await userEvent.keyboard('{ArrowDown}');
    await screen.findByRole('option', { name: 'Planet 0' });
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    const active = box.getAttribute('aria-activedescendant');
    await userEvent.keyboard('{Enter}');
    expect(active).not.toBeNull();
    expect(picked).toHaveBeenCalledWith(expect.stringMatching(/^id-[012]$/));
    expect(box).toHaveAttribute('aria-expanded', 'false');
    expect(box).toHaveDisplayValue(/^Planet [012]$/);
  });

  it('leaves the choice alone on Escape', async () => {
    const box = show(One);
    await userEvent.click(box);
    await screen.findByRole('option', { name: 'Planet 0' });
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('option')).not.toBeInTheDocument();
    expect(picked).not.toHaveBeenCalled();
  });

  it('searches on the server, once typing pauses', async () => {
    const box = show(One);
    await userEvent.type(box, 'mars');
    await waitFor(() => {
      expect(api.calls.at(-1)?.query.get('q')).toBe('mars');
    });
    expect(api.calls.filter((call) => call.query.get('q') === 'ma')).toHaveLength(0);
  });

  it('reaches every record, page after page', async () => {
    const box = show(One);
    await userEvent.click(box);
    await userEvent.click(await screen.findByRole('option', { name: 'Show more' }));
    await screen.findByRole('option', { name: 'Planet 39' });
    await userEvent.click(screen.getByRole('option', { name: 'Show more' }));
    await userEvent.click(await screen.findByRole('option', { name: 'Planet 44' }));
    expect(picked).toHaveBeenCalledWith('id-44');
  });

  it('can be cleared', async () => {
    const box = show(One);
    await userEvent.click(box);
    await userEvent.click(await screen.findByRole('option', { name: 'Planet 3' }));
    await userEvent.click(screen.getByRole('button', { name: 'Clear selection' }));
    expect(picked).toHaveBeenLastCalledWith('');
    expect(box).toHaveDisplayValue('');
  });

  it('does not offer a record to itself', async () => {
    await userEvent.click(show(() => <One except="id-1" />));
    await screen.findByRole('option', { name: 'Planet 0' });
    expect(screen.queryByRole('option', { name: 'Planet 1' })).not.toBeInTheDocument();
  });

  it('says when nothing is found', async () => {
    api.list('planets', []);
    await userEvent.click(show(One));
    expect(await screen.findByText('Nothing found.')).toBeVisible();
  });
});

describe('choosing several records', () => {
  it('collects chips that can be taken away', async () => {
    await userEvent.click(show(Many));
    await userEvent.click(await screen.findByRole('option', { name: 'Planet 1' }));
    await userEvent.click(await screen.findByRole('option', { name: 'Planet 2' }));
    expect(picked).toHaveBeenLastCalledWith(['id-1', 'id-2']);
    await userEvent.click(screen.getByRole('button', { name: 'Remove Planet 1' }));
    expect(picked).toHaveBeenLastCalledWith(['id-2']);
  });
});
