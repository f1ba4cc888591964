import { StrictMode, useState } from 'react';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Boundary } from '../src/components/Boundary.tsx';
import { ConfirmDialog } from '../src/components/ConfirmDialog.tsx';
import { useToast } from '../src/components/toast.ts';
import { ToastProvider } from '../src/components/ToastProvider.tsx';

afterEach(() => {
  jest.restoreAllMocks();
});

function Question() {
  const [open, setOpen] = useState(false);
  const [answer, setAnswer] = useState('none');
  return (
    <>
      <button
        type="button"
        onClick={() => {
          setOpen(true);
        }}
      >
        Ask
      </button>
      <output>{answer}</output>
      <ConfirmDialog
        open={open}
        title="Really?"
        action="Yes"
        onConfirm={() => {
          setAnswer('confirmed');
          setOpen(false);
        }}
        onCancel={() => {
          setAnswer('cancelled');
          setOpen(false);
        }}
      >
        Think twice.
      </ConfirmDialog>
    </>
  );
}

function Noisy() {
  const toast = useToast();
  return (
    <button
      type="button"
      onClick={() => {
        toast('Saved it');
      }}
    >
      Save it
    </button>
  );
}

function Broken(): never {
  throw new Error('broken on purpose');
}

describe('a dialog', () => {
  it('opens, and closes with an answer', async () => {
    render(
      <StrictMode>
        <Question />
      </StrictMode>,
    );
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Ask' }));
    expect(screen.getByRole('dialog', { name: 'Really?' })).toHaveAccessibleDescription(
      'Think twice.',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Yes' }));
    expect(screen.getByText('confirmed')).toBeVisible();
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('takes Escape for a no', async () => {
    render(<Question />);
    await userEvent.click(screen.getByRole('button', { name: 'Ask' }));
    const escape = new Event('cancel', { cancelable: true });
    fireEvent(screen.getByRole('dialog'), escape);
    expect(await screen.findByText('cancelled')).toBeVisible();
    expect(escape.defaultPrevented).toBe(true);
  });
});

describe('a message', () => {
  it('is announced and can be dismissed', async () => {
    render(
      <StrictMode>
        <ToastProvider>
          <Noisy />
        </ToastProvider>
      </StrictMode>,
    );
    await userEvent.click(screen.getByRole('button', { name: 'Save it' }));
    expect(screen.getByRole('status')).toHaveTextContent('Saved it');
    await userEvent.click(screen.getByRole('button', { name: 'Dismiss message' }));
    expect(screen.getByRole('status')).not.toHaveTextContent('Saved it');
  });
});

describe('a boundary', () => {
  it('keeps a fault to itself', () => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    render(
      <>
        <Boundary name="The wheel">
          <Broken />
        </Boundary>
        <p>The rest</p>
      </>,
    );
    expect(screen.getByRole('alert')).toHaveTextContent('“The wheel” could not be shown.');
    expect(screen.getByText('The rest')).toBeVisible();
  });
});
