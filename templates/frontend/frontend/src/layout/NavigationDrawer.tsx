import { useEffect, useRef } from 'react';
import { Icon } from '../components/Icon.tsx';
import { Navigation } from './Navigation.tsx';

interface NavigationDrawerProps {
  open: boolean;
  onClose: () => void;
}

/** The navigation of small screens, over the page. */
export function NavigationDrawer({ open, onClose }: NavigationDrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);

  return (
    <dialog
      ref={dialog}
      aria-label="Navigation"
      className="m-0 h-dvh max-h-none w-72 max-w-[85vw] overflow-y-auto border-r border-line bg-surface p-4 text-text"
      onClose={onClose}
    >
      {open && (
        <>
          <div className="mb-2 flex justify-end">
            <button
              type="button"
              className="button button-quiet button-icon"
              aria-label="Close navigation"
              onClick={onClose}
            >
              <Icon name="close" />
            </button>
          </div>
          <Navigation onNavigate={onClose} />
        </>
      )}
    </dialog>
  );
}
