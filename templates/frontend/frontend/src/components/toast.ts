import { createContext, use } from 'react';

export type ToastTone = 'success' | 'error';

/** Shows a short message that goes away by itself. */
export type ShowToast = (message: string, tone?: ToastTone) => void;

export const ToastContext = createContext<ShowToast>(() => undefined);

export function useToast(): ShowToast {
  return use(ToastContext);
}
