// Shows the OpenAPI document. Everything is set as text, never as markup.

function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** `tag title` as a fragment of an address. */
function anchor(text) {
  return text.toLowerCase().replaceAll(/\W+/g, '-');
}

/** Puts the named schemas in place; one that holds itself stays a name. */
function resolve(schema, components, seen = []) {
  if (Array.isArray(schema)) return schema.map((item) => resolve(item, components, seen));
  if (typeof schema !== 'object' || schema === null) return schema;
  const name = schema.$ref?.split('/').at(-1);
  if (name !== undefined) {
    return seen.includes(name)
      ? { title: name }
      : resolve(components[name], components, [...seen, name]);
  }
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, resolve(value, components, seen)]),
  );
}

function typeOf(schema) {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  return [schema.format ?? schema.type ?? 'any', ...bounds(schema)].join(' ');
}

function bounds(schema) {
  const low = schema.minimum ?? schema.minLength;
  const high = schema.maximum ?? schema.maxLength;
  if (low === undefined && high === undefined) return [];
  return [`(${low ?? ''}…${high ?? ''})`];
}

function row(name, schema, required) {
  const note = [required ? 'required' : '', schema.description ?? ''].filter(Boolean).join('; ');
  return element(
    'tr',
    {},
    element('td', {}, element('code', { textContent: name })),
    element('td', { textContent: typeOf(schema) }),
    element('td', { className: 'quiet', textContent: note }),
  );
}

function table(caption, rows) {
  if (rows.length === 0) return null;
  const head = ['Name', 'Type', 'Notes'].map((text) =>
    element('th', { scope: 'col', textContent: text }),
  );
  return element(
    'section',
    {},
    element('h3', { textContent: caption }),
    element('table', {}, element('tr', {}, ...head), ...rows),
  );
}

function bodyTable(caption, content, components) {
  const schema = content && resolve(Object.values(content)[0].schema, components);
  if (!schema) return null;
  if (!schema.properties) {
    return element('section', {}, element('h3', { textContent: caption }), typeOf(schema));
  }
  const required = schema.required ?? [];
  const rows = Object.entries(schema.properties).map(([name, property]) =>
    row(name, property, required.includes(name)),
  );
  return table(caption, rows);
}

function operationView(path, method, operation, components) {
  const parameters = (operation.parameters ?? []).map((parameter) =>
    row(parameter.name, resolve(parameter.schema, components), parameter.required),
  );
  const responses = Object.entries(operation.responses);
  const [, success] = responses.find(([status]) => status.startsWith('2'));
  const statuses = responses
    .map(([status, { description }]) => `${status} ${description}`)
    .join(', ');
  const needsSignIn = operation.security.every((requirement) => 'bearer' in requirement);
  return element(
    'details',
    { id: operation.operationId },
    element(
      'summary',
      {},
      element('span', { className: 'method', textContent: method.toUpperCase() }),
      element('code', { textContent: path }),
      ` ${operation.summary}`,
    ),
    element(
      'div',
      {},
      element('p', {
        className: 'quiet',
        textContent: needsSignIn ? 'Needs sign-in.' : 'Open to everyone.',
      }),
      table('Parameters', parameters),
      bodyTable('Body', operation.requestBody?.content, components),
      bodyTable('Answer', success.content, components),
      element('h3', { textContent: 'Statuses' }),
      element('p', { textContent: statuses }),
    ),
  );
}

function render(api) {
  const components = api.components.schemas;
  const groups = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const [tag] = operation.tags;
      const views = groups.get(tag) ?? [];
      groups.set(tag, [...views, operationView(path, method, operation, components)]);
    }
  }
  const links = [...groups.keys()].map((tag) =>
    element('li', {}, element('a', { href: `#${anchor(tag)}`, textContent: tag })),
  );
  document.title = `${api.info.title}: API reference`;
  document.querySelector('#title').textContent = `${api.info.title}: API reference`;
  document.querySelector('#description').textContent = api.info.description ?? '';
  document.querySelector('#contents').replaceChildren(element('ul', {}, ...links));
  document
    .querySelector('#operations')
    .replaceChildren(
      ...[...groups].map(([tag, views]) =>
        element('section', {}, element('h2', { id: anchor(tag), textContent: tag }), ...views),
      ),
    );
}

try {
  const response = await fetch('/api/openapi.json');
  render(await response.json());
} catch {
  document.querySelector('#operations').textContent = 'The document could not be loaded.';
}
