import { Link } from 'react-router';
import type { EntityRow, Reference } from '../api/types.ts';
import { Icon } from '../components/Icon.tsx';
import type { FieldDefinition } from '../resources/definition.ts';
import {
  asReference,
  asReferences,
  formatDate,
  formatDateTime,
  formatDecimal,
  formatNumber,
  plainText,
} from '../resources/format.ts';
import { wrapping } from './wrapping.ts';

interface FieldValueProps {
  field: FieldDefinition;
  row: EntityRow;
  /** In a table cell long text is cut, and links would compete with that of the row. */
  compact?: boolean;
}

interface ReferenceLinkProps {
  target: string;
  reference: Reference;
}

function NotSet() {
  return (
    <span className="text-muted">
      <span aria-hidden="true">–</span>
      <span className="sr-only">Not set</span>
    </span>
  );
}

/** Users have no page of their own. */
function ReferenceLink({ target, reference }: ReferenceLinkProps) {
  if (target === 'users') return reference.label;
  return (
    <Link to={`/${target}/${reference.id}`} className="link">
      {reference.label}
    </Link>
  );
}

/** Only addresses that open a page become links: `javascript:` and its like stay text. */
function ExternalLink({ href }: { href: string }) {
  if (!/^https?:\/\//i.test(href)) return href;
  return (
    <a href={href} target="_blank" rel="noreferrer" className="link">
      {href.replace(/^https?:\/\/(www\.)?/i, '').replace(/\/$/, '')}
      <Icon name="external" className="ml-1 inline size-3.5 align-[-2px]" />
      <span className="sr-only"> (opens in a new tab)</span>
    </a>
  );
}

/** One value of a record, as people read it. */
export function FieldValue({ field, row, compact = false }: FieldValueProps) {
  const value = row[field.name];

  if (field.type === 'relation') {
    const reference = asReference(row[field.embedded]);
    if (reference === null) return <NotSet />;
    if (compact) return reference.label;
    return <ReferenceLink target={field.target} reference={reference} />;
  }
  if (field.type === 'relations') {
    const references = asReferences(row[field.embedded]);
    if (references.length === 0) return <NotSet />;
    if (compact) return references.map((reference) => reference.label).join(', ');
    return (
      <ul className="flex flex-wrap gap-x-4 gap-y-1.5">
        {references.map((reference) => (
          <li key={reference.id}>
            <ReferenceLink target={field.target} reference={reference} />
          </li>
        ))}
      </ul>
    );
  }
  if (field.type === 'boolean') {
    if (value === null || value === undefined) return <NotSet />;
    return <span className="badge">{value === true ? 'Yes' : 'No'}</span>;
  }

  const text = plainText(value);
  if (text === '') return <NotSet />;
  switch (field.type) {
    case 'enum': {
      const label = field.options.find((option) => option.value === text)?.label ?? text;
      return <span className={`badge bg-tint text-link ${wrapping(label)}`}>{label}</span>;
    }
    case 'integer':
      return formatNumber(Number(text));
    case 'decimal':
      return formatDecimal(text, field.scale);
    case 'date':
      return (
        <time dateTime={text} className="whitespace-nowrap">
          {formatDate(text)}
        </time>
      );
    case 'datetime':
      return (
        <time dateTime={text} className="whitespace-nowrap">
          {formatDateTime(text)}
        </time>
      );
    case 'text':
      return <span className={compact ? 'line-clamp-2' : 'whitespace-pre-line'}>{text}</span>;
    case 'email':
      if (compact) return text;
      return (
        <a href={`mailto:${text}`} className="link">
          {text}
        </a>
      );
    case 'url':
      return compact ? text : <ExternalLink href={text} />;
    case 'string':
      return text;
  }
}
