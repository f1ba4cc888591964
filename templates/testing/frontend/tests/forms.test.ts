import { describe, expect, it } from '@jest/globals';
import { formSchema } from '../src/forms/schema.ts';
import { fromLocalInput, startValues, toLocalInput } from '../src/forms/values.ts';
import type { FieldDefinition } from '../src/resources/definition.ts';

const base = { name: 'value', label: 'Value', required: false } as const;
const text: FieldDefinition = { ...base, type: 'string', min: 2, max: 5 };
const email: FieldDefinition = { ...base, type: 'email', max: 254 };
const url: FieldDefinition = { ...base, type: 'url', max: 2048 };
const integer: FieldDefinition = { ...base, type: 'integer', min: 1, max: 5 };
const decimal: FieldDefinition = { ...base, type: 'decimal', digits: 6, scale: 2, min: 0 };
const date: FieldDefinition = { ...base, type: 'date' };
const datetime: FieldDefinition = { ...base, type: 'datetime' };
const choice: FieldDefinition = { ...base, type: 'enum', options: [{ value: 'a', label: 'A' }] };

describe('a form checks', () => {
  it.each<[FieldDefinition, string, unknown]>([
    [text, 'abc', 'abc'],
    [text, '   ', null],
    [email, 'ada@example.com', 'ada@example.com'],
    [url, 'https://example.com/a?b#c', 'https://example.com/a?b#c'],
    [integer, '5', 5],
    [integer, '', null],
    [decimal, '1234.50', '1234.50'],
    [decimal, '0', '0'],
    [date, '2030-02-28', '2030-02-28'],
    [choice, 'a', 'a'],
  ])('and takes %j with %j', (field, entered, sent) => {
    expect(formSchema([field]).parse({ value: entered })).toEqual({ value: sent });
  });

  it.each<[FieldDefinition, string]>([
    [text, 'a'],
    [text, 'abcdef'],
    [email, 'ada@'],
    [url, 'javascript:alert(1)'],
    [integer, '6'],
    [integer, '0'],
    [integer, '1.5'],
    [integer, '0x10'],
    [decimal, '12345'],
    [decimal, '1.234'],
    [decimal, '-1'],
    [date, '2030-02-30'],
    [datetime, 'soon'],
    [choice, 'b'],
    [{ ...text, required: true }, ' '],
  ])('and refuses %j with %j', (field, entered) => {
    const result = formSchema([field]).safeParse({ value: entered });
    expect(result.success).toBe(false);
    expect(result.error?.issues.map((issue) => issue.path)).toEqual([['value']]);
  });
});

describe('a moment', () => {
  it('is entered in local time and sent in UTC', () => {
    const moment = '2030-06-15T09:30:00.000Z';
    expect(fromLocalInput(toLocalInput(moment))).toBe(moment);
    expect(formSchema([datetime]).parse({ value: toLocalInput(moment) })).toEqual({
      value: moment,
    });
  });

  it('keeps its seconds', () => {
    expect(fromLocalInput(toLocalInput('2030-06-15T09:30:45.000Z'))).toBe(
      '2030-06-15T09:30:45.000Z',
    );
  });
});

describe('a form starts', () => {
  const relation: FieldDefinition = {
    ...base,
    type: 'relation',
    embedded: 'target',
    target: 'targets',
    targetLabelField: 'name',
  };

  it('from the address where that names a relation', () => {
    const presets = new URLSearchParams({ value: 'id-1' });
    expect(startValues([relation], undefined, presets)).toEqual({ value: 'id-1' });
  });

  it('from the record before everything else', () => {
    const presets = new URLSearchParams({ value: 'id-1' });
    expect(startValues([relation], { value: 'id-2' }, presets)).toEqual({ value: 'id-2' });
  });

  it('from the defaults otherwise', () => {
    expect(startValues([{ ...integer, initial: '3' }], undefined)).toEqual({ value: '3' });
  });
});
