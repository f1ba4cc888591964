import type { EntityRow, Reference } from '../api/types.ts';
import type { EntityDefinition } from './definition.ts';

const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const dateTimeFormat = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
});
const numberFormat = new Intl.NumberFormat();
const relativeFormat = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** A calendar day is the same everywhere: it is read and shown in UTC. */
export function formatDate(value: string): string {
  const date = new Date(`${value}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? value : dateFormat.format(date);
}

/** A moment is shown in the reader's own time zone. */
export function formatDateTime(value: string): string {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? value : dateTimeFormat.format(date);
}

export function formatNumber(value: number): string {
  return numberFormat.format(value);
}

/** Decimals travel as strings; within 15 digits a number holds them exactly. */
export function formatDecimal(value: string, scale: number): string {
  const number = Number(value);
  if (Number.isNaN(number)) return value;
  return number.toLocaleString(undefined, {
    minimumFractionDigits: scale,
    maximumFractionDigits: scale,
  });
}

const steps: readonly [limit: number, seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, 'second'],
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [2_592_000, 86_400, 'day'],
  [31_536_000, 2_592_000, 'month'],
  [Infinity, 31_536_000, 'year'],
];

/** "3 minutes ago" */
export function formatAge(value: string, now: number): string {
  const seconds = Math.min(0, Math.round((new Date(value).getTime() - now) / 1000));
  for (const [limit, size, unit] of steps) {
    if (-seconds < limit) return relativeFormat.format(Math.ceil(seconds / size), unit);
  }
  return value;
}

/** A value as plain text, for labels. */
export function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return '';
}

export function asReference(value: unknown): Reference | null {
  return typeof value === 'object' && value !== null && 'id' in value ? (value as Reference) : null;
}

export function asReferences(value: unknown): Reference[] {
  return Array.isArray(value) ? (value as Reference[]) : [];
}

/** The text that stands for a record in links, titles and pickers. */
export function rowLabel(labelField: string, row: EntityRow): string {
  const text = plainText(row[labelField]);
  return text === '' ? row.id : text;
}

/** The same, with dates, numbers and options as people read them. */
export function recordLabel(entity: EntityDefinition, row: EntityRow): string {
  const field = entity.fields.find((candidate) => candidate.name === entity.labelField);
  const text = plainText(row[entity.labelField]);
  if (text === '') return row.id;
  switch (field?.type) {
    case 'date':
      return formatDate(text);
    case 'datetime':
      return formatDateTime(text);
    case 'enum':
      return field.options.find((option) => option.value === text)?.label ?? text;
    default:
      return text;
  }
}
