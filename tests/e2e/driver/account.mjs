import { textPattern } from './blueprint.mjs';
import { expect } from './report.mjs';

export const PASSWORD = 'correct horse battery staple';

const button = (page, text) => page.getByRole('button', { name: textPattern(text) });

async function fillCredentials(page, { email, password, name }) {
  if (name !== undefined) await page.getByLabel(/^\s*name\s*\*?$/i).fill(name);
  await page.getByLabel(/^\s*e-?mail( address)?\s*\*?$/i).fill(email);
  await page.getByLabel(/^\s*password\s*\*?$/i).fill(password);
}

/** Creates an account on the register page. */
export async function register(visitor, account) {
  const { page } = visitor;
  await visitor.open('/register');
  await fillCredentials(page, account);
  await button(page, 'Create account').click();
  await expectSignedIn(visitor);
}

/** Signs in on the login page. */
export async function signIn(visitor, { email, password }) {
  const { page } = visitor;
  await visitor.open('/login');
  await fillCredentials(page, { email, password });
  await button(page, 'Sign in').click();
  await expectSignedIn(visitor);
}

/** Tries a wrong password and expects to be told so, on the same page. */
export async function failToSignIn(visitor, email) {
  const { page } = visitor;
  await visitor.open('/login');
  await fillCredentials(page, { email, password: 'not the right password' });
  await visitor.expecting([401], async () => {
    await button(page, 'Sign in').click();
    const alert = page.getByRole('alert').filter({ hasText: /\S/ });
    await alert.first().waitFor();
    expect(new URL(page.url()).pathname === '/login', `left the login page for ${page.url()}`);
  });
}

async function signOutControl(page) {
  const control = page
    .getByRole('button', { name: textPattern('Sign out') })
    .or(page.getByRole('link', { name: textPattern('Sign out') }))
    .or(page.getByRole('menuitem', { name: textPattern('Sign out') }))
    .filter({ visible: true })
    .first();
  const menu = page.locator('header [aria-haspopup], header [aria-expanded="false"], header summary');
  if (!(await control.isVisible()) && (await menu.count()) > 0) await menu.last().click();
  return control;
}

/** Waits until the page offers to sign out. */
export async function expectSignedIn(visitor) {
  const { page } = visitor;
  await page.waitForURL((url) => !/^\/(login|register)$/.test(url.pathname));
  await visitor.settle();
  await (await signOutControl(page)).waitFor();
}

/** Signs out and waits until the page offers to sign in. */
export async function signOut(visitor) {
  const { page } = visitor;
  await (await signOutControl(page)).click();
  await visitor.settle();
  const offer = page
    .getByRole('link', { name: textPattern('Sign in') })
    .or(page.getByRole('button', { name: textPattern('Sign in') }));
  await offer.filter({ visible: true }).first().waitFor();
}
