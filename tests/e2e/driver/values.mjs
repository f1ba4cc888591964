/** Values to type into forms, valid by the blueprint's rules and different for each serial number. */

const TEXT = ['string', 'text'];

/** Tells whether a list can be searched by the field. */
export const isSearchable = (field) => [...TEXT, 'email', 'url'].includes(field.type);

const pad = (number) => String(number).padStart(2, '0');

/** Makes a valid value, in the form in which a control of the page takes it. */
export function valueFor(field, serial) {
  switch (field.type) {
    case 'string':
    case 'text':
      return text(field, serial);
    case 'email':
      return `person${serial}@example.com`;
    case 'url':
      return `https://example.com/page${serial}`;
    case 'integer':
      return String(number(field, serial));
    case 'decimal':
      return number(field, serial).toFixed(2);
    case 'date':
      return `203${serial % 10}-0${1 + (serial % 9)}-${pad(10 + (serial % 18))}`;
    case 'datetime':
      return `203${serial % 10}-0${1 + (serial % 9)}-${pad(10 + (serial % 18))}T2${serial % 4}:${pad(serial % 60)}`;
    case 'boolean':
      return serial % 2 === 1;
    case 'enum':
      return field.values[serial % field.values.length];
    default:
      throw new Error(`unknown type ${field.type}`);
  }
}

function text(field, serial) {
  const spelled = `Zeta${serial}`;
  const short = field.max === undefined || field.max === null ? spelled : spelled.slice(-field.max);
  return short.padEnd(field.min ?? 0, 'z');
}

function number(field, serial) {
  const low = field.min ?? (field.max < 0 ? field.max - 50 : 0);
  const high = Math.min(field.max ?? low + 50, low + 50);
  return low + (serial % (Math.floor(high - low) + 1));
}

/** Finds a field and a value that the form must refuse by itself, or nothing where any input is fine. */
export function faultyInput(entity) {
  const missing = entity.fields.find(
    (field) => field.required && isSearchable(field) && !hasDefault(field),
  );
  if (missing) return { field: missing, value: '' };
  for (const field of entity.fields) {
    if (field.type === 'email' || field.type === 'url') return { field, value: 'nonsense' };
    if (field.type === 'integer') return { field, value: '1.5' };
    if (field.type === 'decimal') return { field, value: '1.2.3' };
    if (TEXT.includes(field.type) && field.max > 0) {
      return { field, value: 'x'.repeat(field.max + 1) };
    }
    if (field.required && ['date', 'datetime'].includes(field.type) && !hasDefault(field)) {
      return { field, value: '' };
    }
  }
  return undefined;
}

const hasDefault = (field) => field.default !== undefined && field.default !== null;
