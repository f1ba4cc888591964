import { bare, labelPattern } from './blueprint.mjs';
import { expect } from './report.mjs';

/** Gives the form that can be saved. */
export function form(page) {
  return page.locator('form').filter({ has: page.getByRole('button', { name: 'Save', exact: true }) });
}

/** Finds a control by its visible label. */
export function control(page, name) {
  return form(page).getByLabel(labelPattern(name)).first();
}

async function kindOf(element) {
  return element.evaluate((node) => {
    const role = node.getAttribute('role');
    if (role === 'combobox' || node.getAttribute('aria-haspopup') === 'listbox') return 'combobox';
    if (node.tagName === 'SELECT') return 'select';
    if (node.tagName === 'FIELDSET' || role === 'group' || role === 'radiogroup') return 'group';
    if (node.type === 'checkbox' || role === 'switch' || role === 'checkbox') return 'checkbox';
    return 'input';
  });
}

const matches = (text, wanted) => bare(text) === bare(wanted);

/** Fills the control of a field with a value of `valueFor`. */
export async function fillField(page, field, value) {
  const element = control(page, field.name);
  await element.waitFor();
  switch (await kindOf(element)) {
    case 'checkbox':
      return element.setChecked(value);
    case 'select':
      return element.selectOption({ index: await optionIndex(element, shown(value)) });
    case 'combobox':
      return void (await pick(page, element, [shown(value)]));
    case 'group':
      return element.getByLabel(new RegExp(`^${shown(value)}$`, 'i')).check();
    default:
      return element.fill(String(value));
  }
}

const shown = (value) => (value === true ? 'Yes' : value === false ? 'No' : value);

async function optionIndex(element, wanted) {
  const texts = await element.locator('option').allTextContents();
  const index = texts.findIndex((text) => matches(text, wanted));
  expect(index >= 0, `no option "${wanted}" among ${JSON.stringify(texts)}`);
  return index;
}

/** Reads back what a control shows, in the form of `valueFor`. */
export async function readField(page, field) {
  const element = control(page, field.name);
  await element.waitFor();
  switch (await kindOf(element)) {
    case 'checkbox':
      return element.isChecked();
    case 'select': {
      const text = await element.locator('option:checked').innerText();
      if (field.type === 'boolean') return matches(text, 'Yes');
      return field.values.find((value) => matches(text, value)) ?? text;
    }
    default:
      return element.inputValue();
  }
}

/** Tells whether two values of a field are the same, however a control spells them. */
export function same(field, left, right) {
  if (['integer', 'decimal'].includes(field.type)) return Number(left) === Number(right);
  if (field.type === 'datetime') return String(left).slice(0, 16) === String(right).slice(0, 16);
  return left === right;
}

/**
 * Chooses a record for a relation: one whose text holds one of `hints`, else the first. Resolves to the text chosen, or to
 * nothing where there is no record to choose.
 */
export async function choose(page, name, hints) {
  const element = control(page, name);
  await element.waitFor();
  switch (await kindOf(element)) {
    case 'select': {
      const options = element.locator('option:not([value=""]):not([disabled])');
      if ((await options.count()) === 0) return undefined;
      const texts = await options.allTextContents();
      const text = texts.find((each) => hints.some((hint) => each.includes(hint))) ?? texts[0];
      await element.selectOption({ label: text });
      return text;
    }
    case 'group': {
      const boxes = element.getByRole('checkbox');
      if ((await boxes.count()) === 0) return undefined;
      await boxes.first().check();
      return boxes.first().evaluate((box) => box.closest('label')?.textContent ?? 'the first');
    }
    default:
      return pick(page, element, hints);
  }
}

async function pick(page, element, hints) {
  await element.click();
  // Not by role: the options of closed native lists have it too.
  const options = page.locator('[role="option"]').filter({ visible: true });
  try {
    await options.first().waitFor({ timeout: 4_000 });
  } catch {
    await page.keyboard.press('Escape');
    return undefined;
  }
  const texts = await options.allInnerTexts();
  const usable = texts.map((text) => text.trim());
  let index = usable.findIndex((text) => hints.some((hint) => text.includes(hint)));
  if (index < 0) index = usable.findIndex((text) => text && !/^(none|no |—|-)/i.test(text));
  if (index < 0) {
    await page.keyboard.press('Escape');
    return undefined;
  }
  // Choosing what is chosen already would take it away again.
  const chosen = await options.nth(index).getAttribute('aria-selected');
  if (chosen !== 'true') await options.nth(index).click();
  if ((await options.count()) > 0) await page.keyboard.press('Escape');
  return usable[index];
}
