import { isPostgres } from './database.js';

export interface TextMatch {
  contains: string;
}

/** Builds a condition on one text column: contains `term`, in either case. */
export type TextMatcher = (term: string) => TextMatch;

export function textMatcher(url: string): TextMatcher {
  // SQLite's LIKE ignores case by itself and its client does not know `mode`.
  const mode = isPostgres(url) ? { mode: 'insensitive' } : {};
  return (term) => ({ contains: term.replaceAll(/[\\%_]/g, String.raw`\$&`), ...mode });
}

const maxWords = 10;

/** The words of a search; each of them has to occur. */
export function searchWords(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter(Boolean).slice(0, maxWords);
}
