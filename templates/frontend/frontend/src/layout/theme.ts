import { useSyncExternalStore } from 'react';

const KEY = 'theme';
const listeners = new Set<() => void>();

function isDark(): boolean {
  return document.documentElement.classList.contains('dark');
}

function apply(dark: boolean): void {
  document.documentElement.classList.toggle('dark', dark);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const follow = () => {
    if (localStorage.getItem(KEY) === null) apply(system.matches);
  };
  listeners.add(listener);
  system.addEventListener('change', follow);
  return () => {
    listeners.delete(listener);
    system.removeEventListener('change', follow);
  };
}

/** Dark mode: as the system says until someone chooses, and then as chosen on this device. */
export function useTheme(): [dark: boolean, toggle: () => void] {
  const dark = useSyncExternalStore(subscribe, isDark);
  return [
    dark,
    () => {
      localStorage.setItem(KEY, dark ? 'light' : 'dark');
      apply(!dark);
    },
  ];
}
