import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EntityName } from '../../src/extensions/types.js';
import type { Json } from './client.js';
import type { Person } from './people.js';
import { specs } from './specs/index.js';
import { World, type RecordReply } from './world.js';

interface Page {
  items: RecordReply[];
  total: number;
}

const asPage = (body: Json) => body as unknown as Page;

/** What the API promises of every entity, checked for one. */
export function describeEntity(name: EntityName): void {
  const spec = specs[name];
  const { path } = spec;

  describe(path, () => {
    let world: World;
    let writer: Person;

    beforeEach(async () => {
      world = await World.create();
      writer = world.writerOf(spec);
    });

    afterEach(async () => {
      await world.close();
    });

    test('creates, reads and lists a record', async () => {
      const input = await world.inputFor(name, writer);
      const created = await writer.client.post(path, input);
      expect(created.status).toBe(201);
      expect(created.body).toMatchObject({ ...input, [spec.ownerKey]: writer.id });
      expect(created.headers['location']).toBe(`${path}/${String(created.body['id'])}`);

      const read = await writer.client.get(`${path}/${String(created.body['id'])}`);
      expect(read).toMatchObject({ status: 200, body: created.body });
      const { items } = asPage((await writer.client.get(path)).body);
      expect(items).toContainEqual(created.body);
    });

    test('changes a record, wholly or in part', async () => {
      const { id } = await world.make(name, writer);
      const changed = await writer.client.patch(`${path}/${id}`, spec.changes);
      expect(changed).toMatchObject({ status: 200, body: spec.changes });
      const untouched = await writer.client.patch(`${path}/${id}`, {});
      expect(untouched).toMatchObject({ status: 200, body: spec.changes });
    });

    test('deletes a record', async () => {
      const { id } = await world.make(name, writer);
      expect((await writer.client.delete(`${path}/${id}`)).status).toBe(204);
      expect((await writer.client.get(`${path}/${id}`)).status).toBe(404);
      expect((await writer.client.delete(`${path}/${id}`)).status).toBe(404);
    });

    test('refuses unknown fields and foreign owners', async () => {
      const input = await world.inputFor(name, writer);
      for (const field of ['noSuchField', 'id', spec.ownerKey]) {
        const reply = await writer.client.post(path, { ...input, [field]: 'x' });
        expect(reply).toMatchObject({ status: 422, body: { errors: [{ path: field }] } });
      }
    });

    for (const { field, value, why } of spec.invalid) {
      test(`refuses a ${field} that ${why}`, async () => {
        const input = await world.inputFor(name, writer);
        const created = await writer.client.post(path, { ...input, [field]: value });
        expect(created).toMatchObject({ status: 422, body: { errors: [{ path: field }] } });
        const { id } = await world.make(name, writer);
        const changed = await writer.client.patch(`${path}/${id}`, { [field]: value });
        expect(changed).toMatchObject({ status: 422, body: { errors: [{ path: field }] } });
      });
    }

    for (const field of spec.required) {
      test(`refuses a record without ${field}`, async () => {
        const input = await world.inputFor(name, writer);
        const without = Object.fromEntries(Object.entries(input).filter(([key]) => key !== field));
        const reply = await writer.client.post(path, without);
        expect(reply).toMatchObject({
          status: 422,
          body: { errors: [{ path: field, message: 'Required' }] },
        });
      });
    }

    for (const field of spec.unique) {
      test(`refuses a ${field} that is taken`, async () => {
        const first = await world.make(name, writer);
        const input = await world.inputFor(name, writer);
        const reply = await writer.client.post(path, { ...input, [field]: first[field] });
        expect(reply).toMatchObject({ status: 409, body: { errors: [{ path: field }] } });
      });
    }

    test('pages and sorts', async () => {
      const ids: string[] = [];
      const made = Math.min(3, spec.samples.length);
      while (ids.length < made) ids.push((await world.make(name, writer)).id);
      const first = asPage((await writer.client.get(`${path}?sort=createdAt&pageSize=2`)).body);
      const all = asPage((await writer.client.get(`${path}?sort=-createdAt`)).body);
      expect(first.items).toHaveLength(Math.min(2, made));
      expect(first.total).toBe(all.total);
      expect(all.items.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
      expect(all.items.at(-1)?.id).toBe(first.items[0]?.id);
      for (const query of ['page=0', 'pageSize=101', 'page=0x1', 'sort=nothing', 'unknown=1']) {
        expect((await writer.client.get(`${path}?${query}`)).status).toBe(422);
      }
    });

    if (spec.searched !== null) {
      const field = spec.searched;
      test(`searches in ${field}`, async () => {
        const record = await world.make(name, writer);
        const total = async (words: string) => {
          const reply = await writer.client.get(`${path}?q=${encodeURIComponent(words)}`);
          expect(reply.status).toBe(200);
          return asPage(reply.body).total;
        };
        expect(await total(String(record[field]))).toBeGreaterThan(0);
        expect(await total('no such words anywhere')).toBe(0);
        expect(await total('_%_')).toBe(0);
      });
    }

    test('filters', async () => {
      const record = await world.make(name, writer);
      for (const field of [spec.ownerKey, ...spec.filters]) {
        const query = `${field}=${encodeURIComponent(String(record[field]))}`;
        const { items, total } = asPage((await writer.client.get(`${path}?${query}`)).body);
        expect(total).toBeGreaterThan(0);
        expect(new Set(items.map((item) => item[field]))).toEqual(new Set([record[field]]));
      }
      const none = await writer.client.get(`${path}?${spec.ownerKey}=nobody`);
      expect(asPage(none.body).total).toBe(0);
    });

    for (const { key, name: relation } of spec.requiredRelations) {
      test(`needs ${key} and keeps what it points to`, async () => {
        const record = await world.make(name, writer);
        expect(record[relation]).toMatchObject({ id: record[key] });
        const cleared = await writer.client.patch(`${path}/${record.id}`, { [key]: null });
        expect(cleared).toMatchObject({ status: 422, body: { errors: [{ path: key }] } });
        const dangling = await writer.client.patch(`${path}/${record.id}`, { [key]: 'nothing' });
        expect(dangling).toMatchObject({ status: 409, body: { errors: [{ path: key }] } });
      });
    }

    for (const relation of spec.optionalRelations) {
      test(`sets and clears ${relation.key}`, async () => {
        const { id } = await world.make(name, writer);
        const target = await world.targetOf(relation, writer);
        const address = `${path}/${id}`;
        const set = await writer.client.patch(address, { [relation.key]: target });
        expect(set).toMatchObject({ status: 200, body: { [relation.name]: { id: target } } });
        const found = await writer.client.get(`${path}?${relation.key}=${target}`);
        expect(asPage(found.body).items.map((item) => item.id)).toEqual([id]);
        const cleared = await writer.client.patch(address, { [relation.key]: null });
        expect(cleared).toMatchObject({ status: 200, body: { [relation.name]: null } });
      });
    }

    for (const relation of spec.manyRelations) {
      test(`replaces ${relation.key}`, async () => {
        const { id } = await world.make(name, writer);
        const target = await world.targetOf(relation, writer);
        const address = `${path}/${id}`;
        const set = await writer.client.patch(address, { [relation.key]: [target, target] });
        expect(set).toMatchObject({
          status: 200,
          body: { [relation.key]: [target], [relation.name]: [{ id: target }] },
        });
        const found = await writer.client.get(`${path}?${relation.key}=${target}`);
        expect(asPage(found.body).items.map((item) => item.id)).toEqual([id]);
        const missing = await writer.client.patch(address, { [relation.key]: ['nothing'] });
        expect(missing.status).toBe(409);
        const cleared = await writer.client.patch(address, { [relation.key]: [] });
        expect(cleared).toMatchObject({ status: 200, body: { [relation.key]: [] } });
      });
    }

    for (const { key, target } of spec.requiredRelations) {
      if (target === 'User') continue;
      test(`keeps the ${target} that ${key} points to from deletion`, async () => {
        const record = await world.make(name, writer);
        const address = `${specs[target].path}/${String(record[key])}`;
        expect((await world.admin.client.delete(address)).status).toBe(409);
      });
    }

    test(`keeps to the rules of ${spec.access} records`, async () => {
      const { visitor } = world.app;
      const { id } = await world.make(name, writer);
      const address = `${path}/${id}`;

      const visitorStatus = spec.access === 'public' ? 200 : 401;
      expect((await visitor.get(path)).status).toBe(visitorStatus);
      expect((await visitor.get(address)).status).toBe(visitorStatus);
      expect((await visitor.post(path, {})).status).toBe(401);
      expect((await visitor.delete(address)).status).toBe(401);

      const hidden = spec.access === 'owned';
      const stranger = world.bob.client;
      expect((await stranger.get(address)).status).toBe(hidden ? 404 : 200);
      const seen = asPage((await stranger.get(path)).body).items.map((item) => item.id);
      expect(seen.includes(id)).toBe(!hidden);
      expect((await stranger.patch(address, {})).status).toBe(hidden ? 404 : 403);
      expect((await stranger.delete(address)).status).toBe(hidden ? 404 : 403);

      expect((await world.admin.client.patch(address, {})).status).toBe(200);
      expect((await world.admin.client.delete(address)).status).toBe(204);
    });
  });
}
