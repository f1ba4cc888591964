import { labelPattern, textPattern } from './blueprint.mjs';
import { choose, control, fillField, form, readField, same } from './forms.mjs';
import { expectAccessible, expectDark, expectNoSidewaysScroll } from './inspect.mjs';
import { expect } from './report.mjs';
import { faultyInput, isSearchable, valueFor } from './values.mjs';

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const action = (page, text) =>
  page
    .getByRole('link', { name: textPattern(text) })
    .or(page.getByRole('button', { name: textPattern(text) }))
    .filter({ visible: true })
    .first();

/** What the driver does to one kind of record, as one person. Records it makes are shared with the other entities. */
export class EntityTour {
  #serial;

  /**
   * @param {object} tools the visitor, the report, `records` (entity name → what was made) and `shoot`
   * @param {object} entity one of `readBlueprint`
   * @param {number} index position, so that values differ between entities
   */
  constructor(tools, entity, index) {
    this.entity = entity;
    this.visitor = tools.visitor;
    this.page = tools.visitor.page;
    this.report = tools.report;
    this.records = tools.records;
    this.shoot = (name) => tools.shoot(this.page, `${entity.path.slice(1)}-${name}`);
    this.#serial = 11 + index * 7;
  }

  get #record() {
    return this.records.get(this.entity.name);
  }

  /** Makes a record and does everything to it but delete it. */
  async create() {
    const { entity, report } = this;
    if (!(await report.step(`${entity.name}: the empty list says so`, () => this.#seeEmptyList()))) return;
    await report.step(`${entity.name}: a faulty form is refused at the field`, () => this.#failToCreate());
    const made = await report.step(`${entity.name}: create`, () => this.#create());
    await this.#nothingNoted('create');
    if (!made) return;
    await report.step(`${entity.name}: the new record is in the list`, () => this.#seeInList());
    await report.step(`${entity.name}: search`, () => this.#search());
    await report.step(`${entity.name}: sort and filter`, () => this.#sortAndFilter());
    await this.#nothingNoted('list');
  }

  /** Looks at every page of the record and changes it. */
  async change() {
    const { entity, report } = this;
    if (!this.#record) return;
    await report.step(`${entity.name}: open from the list`, () => this.#openFromList());
    await report.step(`${entity.name}: edit`, () => this.#edit());
    await report.step(`${entity.name}: the change is kept`, () => this.#seeChange());
    await report.step(`${entity.name}: a taken unique value is refused at the field`, () => this.#conflict());
    await this.#nothingNoted('change');
    for (const kind of ['list', 'detail', 'form']) {
      await report.step(`${entity.name}: ${kind} is accessible, light and dark, and fits a phone`, () =>
        this.#inspect(kind),
      );
    }
    await this.#nothingNoted('inspection');
  }

  /** Deletes the record through the dialog. */
  async remove() {
    const { entity, report } = this;
    if (!this.#record) return;
    await report.step(`${entity.name}: delete asks first`, () => this.#cancelDelete());
    await report.step(`${entity.name}: delete`, () => this.#delete());
    await this.#nothingNoted('delete');
  }

  async #nothingNoted(where) {
    await this.report.step(`${this.entity.name}: no console error or failed request (${where})`, () => {
      const notes = this.visitor.takeNotes();
      expect(notes.length === 0, notes.join('\n'));
    });
  }

  async #seeEmptyList() {
    await this.visitor.open(this.entity.path);
    await this.page.getByRole('heading', { level: 1, name: textPattern(this.entity.pluralLabel) }).waitFor();
    await action(this.page, `New ${this.entity.label}`).waitFor();
    await this.shoot('list-empty');
  }

  async #openForm() {
    await this.visitor.open(this.entity.path);
    await action(this.page, `New ${this.entity.label}`).click();
    await this.page.waitForURL(`**${this.entity.path}/new`);
    await form(this.page).waitFor();
    await this.visitor.settle();
  }

  async #save() {
    await this.page.getByRole('button', { name: 'Save', exact: true }).click();
  }

  async #failToCreate() {
    const faulty = faultyInput(this.entity);
    await this.#openForm();
    if (!faulty) return;
    const element = control(this.page, faulty.field.name);
    await element.fill(faulty.value);
    await this.#save();
    await this.#expectErrorAt(faulty.field);
    await expectAccessible(this.page);
    await this.shoot('form-error');
  }

  async #expectErrorAt(field) {
    const element = control(this.page, field.name);
    await this.page.waitForFunction(
      (node) => node?.getAttribute('aria-invalid') === 'true',
      await element.elementHandle(),
    );
    const told = await element.evaluate((node) =>
      `${node.getAttribute('aria-describedby') ?? ''} ${node.getAttribute('aria-errormessage') ?? ''}`
        .split(/\s+/)
        .map((id) => globalThis.document.getElementById(id)?.textContent ?? '')
        .join(' ')
        .trim(),
    );
    expect(told.length > 0, `nothing describes what is wrong with ${field.name}`);
    expect(/\/(new|edit)$/.test(new URL(this.page.url()).pathname), 'the form was left');
  }

  async #fillAll(values) {
    for (const field of this.entity.fields) await fillField(this.page, field, values[field.name]);
    const unset = [];
    for (const relation of [...this.entity.references, ...this.entity.links]) {
      const hints = this.records.get(relation.target)?.hints ?? [];
      const chosen = await choose(this.page, relation.name, hints);
      expect(chosen !== undefined || !relation.required, `nothing to choose for ${relation.name}`);
      if (chosen === undefined) unset.push(relation);
    }
    return unset;
  }

  #values() {
    const serial = (this.#serial += 1);
    return Object.fromEntries(this.entity.fields.map((field) => [field.name, valueFor(field, serial)]));
  }

  async #create() {
    const values = this.#values();
    await this.#openForm();
    await this.#fillAll(values);
    await this.shoot('form-filled');
    const answered = this.page.waitForResponse(
      (response) => response.request().method() === 'POST' && response.url().includes('/api/') && response.status() === 201,
    );
    await this.#save();
    const { id } = await (await answered).json();
    await this.page.waitForURL((url) => !url.pathname.endsWith('/new'));
    const hints = this.entity.fields
      .filter(isSearchable)
      .map((field) => values[field.name]);
    this.records.set(this.entity.name, { id, values, hints });
    await this.visitor.settle();
    await this.shoot('after-create');
  }

  get #address() {
    return `${this.entity.path}/${this.#record.id}`;
  }

  #link() {
    return this.page.locator(`main a[href="${this.#address}"]`).filter({ visible: true }).first();
  }

  async #seeInList() {
    await this.visitor.open(this.entity.path);
    await this.#link().waitFor();
    const shown = this.entity.fields.find(isSearchable);
    if (shown && shown.type !== 'url') {
      const text = this.page.getByText(this.#record.values[shown.name]);
      await text.filter({ visible: true }).first().waitFor();
    }
    await this.shoot('list');
  }

  async #search() {
    const field = this.entity.fields.find(isSearchable);
    if (!field) return;
    const box = this.page.getByRole('searchbox').or(this.page.getByRole('textbox', { name: /search/i })).first();
    await box.fill(this.#record.values[field.name]);
    await this.visitor.settle();
    await this.#link().waitFor();
    await box.fill('nothing is called so 987654321');
    await this.#link().waitFor({ state: 'hidden' });
    await this.visitor.settle();
    await this.shoot('list-nothing-found');
    await box.fill('');
    await this.#link().waitFor();
  }

  async #sortAndFilter() {
    await this.visitor.open(this.entity.path);
    const headers = this.page.getByRole('columnheader').getByRole('button').or(
      this.page.getByRole('columnheader').getByRole('link'),
    );
    if ((await headers.count()) > 0) {
      for (let times = 0; times < 2; times += 1) {
        await headers.first().click();
        await this.visitor.settle();
        await this.#link().waitFor();
      }
    }
    const field = this.entity.fields.find(({ type }) => type === 'enum');
    if (!field) return;
    const filter = this.page.locator('main').getByLabel(labelPattern(field.name)).first();
    await filter.waitFor();
    const texts = await filter.locator('option').allTextContents();
    const value = this.#record.values[field.name];
    const wanted = texts.findIndex((text) => labelPattern(value).test(text) || text === value);
    expect(wanted >= 0, `the filter of ${field.name} offers ${JSON.stringify(texts)} but not ${value}`);
    await filter.selectOption({ index: wanted });
    await this.visitor.settle();
    await this.#link().waitFor();
    const other = texts.findIndex((text, index) => index !== wanted && index > 0 && text);
    if (other > 0) {
      await filter.selectOption({ index: other });
      await this.#link().waitFor({ state: 'hidden' });
    }
    await filter.selectOption({ index: 0 });
    await this.#link().waitFor();
  }

  async #openFromList() {
    await this.visitor.open(this.entity.path);
    await this.#link().click();
    await this.page.waitForURL(`**${this.#address}`);
    await this.visitor.settle();
    await this.page.getByRole('heading', { level: 1 }).waitFor();
    await this.shoot('detail');
  }

  async #openEdit() {
    await this.visitor.open(this.#address);
    await action(this.page, 'Edit').click();
    await this.page.waitForURL(`**${this.#address}/edit`);
    await form(this.page).waitFor();
    await this.visitor.settle();
  }

  async #expectFormHolds(values) {
    for (const field of this.entity.fields) {
      const actual = await readField(this.page, field);
      expect(
        same(field, actual, values[field.name]),
        `${field.name} is ${JSON.stringify(actual)}, not ${JSON.stringify(values[field.name])}`,
      );
    }
  }

  async #edit() {
    await this.#openEdit();
    await this.#expectFormHolds(this.#record.values);
    const values = this.#values();
    const unset = await this.#fillAll(values);
    // There is one record of the kind, which must not be offered to itself.
    const ownKind = ({ target }) => target === this.entity.name;
    const own = [...this.entity.references, ...this.entity.links].filter(ownKind);
    expect(own.every((relation) => unset.includes(relation)), `the ${this.entity.label} is offered to itself`);
    const impossible = unset.filter((relation) => !ownKind(relation) && (relation.target === 'User' || this.records.has(relation.target)));
    expect(impossible.length === 0, `nothing to choose for ${impossible.map(({ name }) => name).join(', ')}`);
    await this.shoot('form-edit');
    await this.#save();
    await this.page.waitForURL((url) => !url.pathname.endsWith('/edit'));
    this.#record.values = values;
    this.#record.hints = this.entity.fields.filter(isSearchable).map((field) => values[field.name]);
    await this.visitor.settle();
  }

  async #seeChange() {
    await this.visitor.open(this.#address);
    for (const field of this.entity.fields.filter(isSearchable)) {
      const value = this.#record.values[field.name];
      const main = this.page.locator('main');
      // A web address may be shown without its scheme, as long as it leads there.
      const shown = field.type === 'url' ? main.locator(`a[href="${value}"]`) : main.getByText(value);
      await shown.first().waitFor();
    }
    await this.shoot('detail-full');
    await this.#openEdit();
    await this.#expectFormHolds(this.#record.values);
  }

  async #conflict() {
    const field = this.entity.fields.find((each) => each.unique && isSearchable(each));
    if (!field) return;
    await this.#openForm();
    await this.#fillAll({ ...this.#values(), [field.name]: this.#record.values[field.name] });
    await this.visitor.expecting([409], async () => {
      await this.#save();
      await this.#expectErrorAt(field);
    });
  }

  async #inspect(kind) {
    const { page } = this;
    const path = { list: this.entity.path, detail: this.#address, form: `${this.#address}/edit` }[kind];
    await this.visitor.open(path);
    await inspectPage(this.visitor, () => this.shoot(`${kind}-dark`), () => this.shoot(`${kind}-phone`));
    expect((await page.getByRole('heading', { level: 1 }).count()) === 1, `${path} needs one first heading`);
  }

  async #openDialog() {
    await this.visitor.open(this.#address);
    await action(this.page, 'Delete').click();
    const dialog = this.page.getByRole('dialog').or(this.page.getByRole('alertdialog')).filter({ visible: true });
    await dialog.waitFor();
    return dialog;
  }

  async #cancelDelete() {
    const dialog = await this.#openDialog();
    await expectAccessible(this.page);
    await this.shoot('delete-dialog');
    await this.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    const focused = await this.page.evaluate(() => globalThis.document.activeElement?.textContent ?? '');
    expect(/delete/i.test(focused), `focus went to "${focused.slice(0, 60)}" instead of back to Delete`);
    await this.visitor.open(this.#address);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  async #delete() {
    const dialog = await this.#openDialog();
    await dialog.getByRole('button', { name: /^\s*delete/i }).click();
    await this.page.waitForURL(`**${this.entity.path}`);
    await this.visitor.settle();
    expect((await this.#link().count()) === 0, `${capital(this.entity.label)} is still in the list`);
    await this.visitor.expecting([404], async () => {
      await this.visitor.open(this.#address);
      await this.page.getByText(/not found|does not exist|no longer/i).first().waitFor();
    });
  }
}

/** Checks the open page in light and dark and at the width of a phone, and leaves it as it was. */
export async function inspectPage(visitor, shootDark, shootPhone) {
  const { page } = visitor;
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  try {
    await visitor.settle();
    await expectDark(page);
    await expectAccessible(page);
    await shootDark();
  } finally {
    await page.emulateMedia({ colorScheme: 'light' });
  }
  await page.setViewportSize({ width: 390, height: 844 });
  try {
    await visitor.settle();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await shootPhone();
  } finally {
    await page.setViewportSize({ width: 1280, height: 900 });
  }
}
