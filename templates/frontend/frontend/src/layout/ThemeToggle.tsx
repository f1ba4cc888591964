import { Icon } from '../components/Icon.tsx';
import { useTheme } from './theme.ts';

export function ThemeToggle() {
  const [dark, toggle] = useTheme();
  return (
    <button
      type="button"
      className="button button-quiet button-icon"
      aria-label={dark ? 'Use light colours' : 'Use dark colours'}
      onClick={toggle}
    >
      <Icon name={dark ? 'sun' : 'moon'} />
    </button>
  );
}
