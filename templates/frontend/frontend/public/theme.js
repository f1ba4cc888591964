// Runs before the first paint, so that a remembered dark mode does not flash white.
// It is a file of its own because the content security policy allows no inline scripts.
const remembered = localStorage.getItem('theme');
const dark =
  remembered === null
    ? window.matchMedia('(prefers-color-scheme: dark)').matches
    : remembered === 'dark';
document.documentElement.classList.toggle('dark', dark);
