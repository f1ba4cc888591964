import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { Icon } from './Icon.tsx';
import { ToastContext, type ToastTone } from './toast.ts';

interface ToastProviderProps {
  children: ReactNode;
}

interface Toast {
  id: number;
  message: string;
  tone: ToastTone;
}

interface ToastItemProps {
  toast: Toast;
  onDismiss: (id: number) => void;
}

const SHOWN_FOR_MS = 8000;

function ToastItem({ toast, onDismiss }: ToastItemProps) {
  useEffect(() => {
    const timer = setTimeout(() => {
      onDismiss(toast.id);
    }, SHOWN_FOR_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [onDismiss, toast.id]);

  return (
    <li className="card pointer-events-auto flex items-start gap-3 p-3 pl-4 text-sm shadow-lg">
      <Icon
        name={toast.tone === 'error' ? 'alert' : 'check'}
        className={`mt-1 size-5 ${toast.tone === 'error' ? 'text-danger' : 'text-link'}`}
      />
      <p className="min-w-0 grow py-1 font-medium">{toast.message}</p>
      <button
        type="button"
        aria-label="Dismiss message"
        className="rounded-md p-1.5 text-muted hover:bg-sunken hover:text-text"
        onClick={() => {
          onDismiss(toast.id);
        }}
      >
        <Icon name="close" className="size-4" />
      </button>
    </li>
  );
}

export function ToastProvider({ children }: ToastProviderProps) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const nextId = useRef(1);

  const show = useCallback((message: string, tone: ToastTone = 'success') => {
    const id = nextId.current++;
    setToasts((shown) => [...shown.slice(-2), { id, message, tone }]);
  }, []);

  const dismiss = useCallback((id: number) => {
    setToasts((shown) => shown.filter((toast) => toast.id !== id));
  }, []);

  return (
    <ToastContext value={show}>
      {children}
      <div
        role="status"
        aria-live="polite"
        className="pointer-events-none fixed inset-x-4 bottom-4 z-50 sm:left-auto sm:w-96"
      >
        <ul className="space-y-2">
          {toasts.map((toast) => (
            <ToastItem key={toast.id} toast={toast} onDismiss={dismiss} />
          ))}
        </ul>
      </div>
    </ToastContext>
  );
}
