import { beforeEach, describe, expect, it } from '@jest/globals';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { EntityRow } from '../../src/api/types.ts';
import { isSearchable } from '../../src/records/filterFields.ts';
import type { EntityDefinition, FieldDefinition } from '../../src/resources/definition.ts';
import { recordLabel } from '../../src/resources/format.ts';
import { FakeApi, problem, rowBase } from './fakeApi.ts';
import { enter, findForm, inputOf } from './forms.ts';
import { ada, admin, renderApp } from './renderApp.tsx';

type Values = Record<string, unknown>;

const relative = { id: 'relative', label: 'The first one' };

function isRelation(field: FieldDefinition): boolean {
  return field.type === 'relation' || field.type === 'relations';
}

/** A record as the API answers it: the values, and every relation pointing to `relative`. */
function toRow(entity: EntityDefinition, id: string, values: Values): EntityRow {
  const row: Values = { ...values, [entity.ownerKey]: ada.id };
  for (const field of entity.fields) {
    if (field.type === 'relation') {
      row[field.name] = relative.id;
      row[field.embedded] = relative;
    } else if (field.type === 'relations') {
      row[field.name] = [relative.id];
      row[field.embedded] = [relative];
    }
  }
  return { ...row, ...rowBase(id), [entity.ownerEmbedded]: { id: ada.id, label: ada.name } };
}

/** The body that a form with these values sends. */
function toBody(entity: EntityDefinition, values: Values, relativeOf: (path: string) => string) {
  return Object.fromEntries(
    entity.fields.map((field) => {
      if (field.type === 'relation') return [field.name, relativeOf(field.target)];
      if (field.type === 'relations') return [field.name, [relativeOf(field.target)]];
      const value = values[field.name];
      return [
        field.name,
        field.type === 'datetime' ? new Date(String(value)).toISOString() : value,
      ];
    }),
  );
}

/** What every entity's pages have to do, tried with valid `examples` of its own. */
export function describeEntity(entity: EntityDefinition, examples: readonly [Values, ...Values[]]) {
  const rows = examples.map((values, index) => toRow(entity, `row-${String(index)}`, values));
  const [first] = rows;
  if (first === undefined) throw new Error('there is at least one example');
  const [example] = examples;
  const author = entity.access === 'admin' ? admin : ada;
  const page = `/${entity.path}`;
  let api: FakeApi;

  beforeEach(() => {
    api = new FakeApi();
    for (const related of entity.related) api.list(related.path, []);
    // After those, because an entity can be related in both directions.
    for (const field of entity.fields) {
      if (field.type !== 'relation' && field.type !== 'relations') continue;
      const label = { [field.targetLabelField]: relative.label };
      api.list(field.target, [{ ...label, ...rowBase(relative.id) }]);
    }
    api.list(entity.path, rows);
  });

  describe('list', () => {
    it('shows the records and the way to a new one', async () => {
      renderApp(api, page, author);
      const table = await screen.findByRole('table', { name: entity.titlePlural });
      const links = within(table).getAllByRole('link');
      expect(links.map((link) => link.textContent)).toEqual(
        rows.map((row) => recordLabel(entity, row)),
      );
      expect(screen.getByRole('link', { name: `New ${entity.label}` })).toHaveAttribute(
        'href',
        `${page}/new`,
      );
    });

    it('says that there is nothing yet', async () => {
      api.list(entity.path, []);
      renderApp(api, page, author);
      expect(await screen.findByText(`No ${entity.labelPlural} yet`)).toBeVisible();
    });

    it('tries again after a failure', async () => {
      api.on(`GET ${page}`, () => problem(403, 'Not today'));
      renderApp(api, page, author);
      expect(await screen.findByText('Not today')).toBeVisible();
      api.off(`GET ${page}`);
      await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
      expect(await screen.findByRole('table', { name: entity.titlePlural })).toBeVisible();
    });

    if (isSearchable(entity)) {
      it('keeps the search in the address and sends it', async () => {
        const router = renderApp(api, page, author);
        await userEvent.type(await screen.findByLabelText('Search'), 'needle');
        await waitFor(() => {
          expect(router.state.location.search).toContain('q=needle');
        });
        await waitFor(() => {
          expect(api.callsOf('GET', page).at(-1)?.query.get('q')).toBe('needle');
        });
      });
    } else {
      it('offers no search where there is no text', async () => {
        renderApp(api, page, author);
        await screen.findByRole('table', { name: entity.titlePlural });
        expect(screen.queryByLabelText('Search')).not.toBeInTheDocument();
      });
    }
  });

  describe('form', () => {
    const required = entity.fields.filter(
      (field) =>
        field.required && field.type !== 'boolean' && (isRelation(field) || !('initial' in field)),
    );
    if (required.length > 0) {
      it('asks for what is required and sends nothing', async () => {
        renderApp(api, `${page}/new`, author);
        const form = await findForm();
        await userEvent.click(screen.getByRole('button', { name: 'Save' }));
        for (const field of required) {
          const message = await within(form).findByText(`${field.label} is required`);
          expect(inputOf(form, field.label)).toHaveAttribute('aria-describedby', message.id);
          expect(inputOf(form, field.label)).toBeInvalid();
        }
        expect(api.callsOf('POST', page)).toHaveLength(0);
      });
    }

    it('creates a record from what was entered', async () => {
      // A relation to its own kind needs a record to point to before there is a first one.
      const ownKind = entity.fields.some(
        (field) => 'target' in field && field.target === entity.path,
      );
      if (!ownKind) api.list(entity.path, []);
      const router = renderApp(api, `${page}/new`, author);
      const form = await findForm();
      for (const field of entity.fields) await enter(form, field, example[field.name]);
      await userEvent.click(screen.getByRole('button', { name: 'Save' }));
      await waitFor(() => {
        expect(router.state.location.pathname).toBe(`${page}/created`);
      });
      const sent = toBody(entity, example, (path) =>
        path === entity.path ? first.id : relative.id,
      );
      expect(api.callsOf('POST', page).map((call) => call.body)).toEqual([sent]);
    });

    it('shows what the server objects to at its input', async () => {
      api.on(`PATCH ${page}/${first.id}`, () =>
        problem(422, 'The input is invalid.', [
          { path: entity.fields[0]?.name, message: 'The server wants something else' },
          { path: '', message: 'And the whole does not fit' },
        ]),
      );
      renderApp(api, `${page}/${first.id}/edit`, author);
      const form = await findForm();
      await userEvent.click(screen.getByRole('button', { name: 'Save' }));
      const message = await within(form).findByText('The server wants something else');
      const input = inputOf(form, entity.fields[0]?.label ?? '');
      expect(input.getAttribute('aria-describedby')).toContain(message.id);
      expect(within(form).getByRole('alert')).toHaveTextContent('And the whole does not fit');
    });

    it('starts from the stored values and sends them back', async () => {
      const router = renderApp(api, `${page}/${first.id}/edit`, author);
      await findForm();
      await userEvent.click(screen.getByRole('button', { name: 'Save' }));
      await waitFor(() => {
        expect(router.state.location.pathname).toBe(`${page}/${first.id}`);
      });
      const sent = toBody(entity, example, () => relative.id);
      expect(api.callsOf('PATCH', `${page}/${first.id}`).map((call) => call.body)).toEqual([sent]);
    });
  });

  describe('record', () => {
    it('asks before it deletes', async () => {
      const router = renderApp(api, `${page}/${first.id}`, author);
      const remove = await screen.findByRole('button', { name: 'Delete' });
      await userEvent.click(remove);
      const dialog = await screen.findByRole('dialog', { name: `Delete this ${entity.label}?` });
      await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
      expect(dialog).not.toBeVisible();
      expect(api.callsOf('DELETE', `${page}/${first.id}`)).toHaveLength(0);

      await userEvent.click(remove);
      await userEvent.click(within(dialog).getByRole('button', { name: 'Delete' }));
      await waitFor(() => {
        expect(router.state.location.pathname).toBe(page);
      });
      expect(api.callsOf('DELETE', `${page}/${first.id}`)).toHaveLength(1);
    });

    it('offers changes only to those who may make them', async () => {
      renderApp(api, `${page}/${first.id}`, { ...ada, id: 'someone else' });
      await screen.findByRole('heading', { level: 1, name: recordLabel(entity, first) });
      expect(screen.queryByRole('link', { name: 'Edit' })).not.toBeInTheDocument();
      expect(screen.queryByRole('button', { name: 'Delete' })).not.toBeInTheDocument();
    });

    it('is shown to visitors only where it is public', async () => {
      const router = renderApp(api, `${page}/${first.id}`);
      if (entity.access === 'public') {
        const name = recordLabel(entity, first);
        expect(await screen.findByRole('heading', { level: 1, name })).toBeVisible();
      } else {
        await waitFor(() => {
          expect(router.state.location.pathname).toBe('/login');
        });
      }
    });
  });
}
