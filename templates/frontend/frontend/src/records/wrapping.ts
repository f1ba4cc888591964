/** Longer words may break, or they would push a table past its frame. */
const LONGEST = 14;

/** The class that keeps short words whole where columns are narrow. */
export function wrapping(text: string): string {
  return text.split(' ').every((word) => word.length <= LONGEST) ? 'wrap-break-word' : '';
}
