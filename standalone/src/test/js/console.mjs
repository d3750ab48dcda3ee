// The console in a real Chromium, over the running platform:
//   R1_URL=… R1_EMAIL=… R1_PASSWORD=… R1_REQUEST=<id> R1_COST=<dollars> node console.mjs
// Fails on a wrong number, a console error, a CSP violation or a request to a foreign host. The
// last line has the figures.
import { createRequire } from 'node:module';

const console_ = new URL('../../../../console/package.json', import.meta.url);
const { chromium } = createRequire(console_)('playwright-core');
const { R1_URL, R1_EMAIL, R1_PASSWORD, R1_REQUEST, R1_COST, R1_CHROMIUM } = process.env;
const LIMIT = 120_000;
const faults = [];

function check(holds, what) {
  if (!holds) throw new Error(what);
}

async function watched(browser) {
  const context = await browser.newContext({ locale: 'en-US', timezoneId: 'UTC' });
  context.setDefaultTimeout(LIMIT);
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    const { origin } = new URL(request.url());
    if (origin !== R1_URL && origin !== 'null') faults.push(`foreign host: ${request.url()}`);
  });
  return page;
}

async function signIn(page) {
  await page.goto(`${R1_URL}/console/`);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByLabel('Email').fill(R1_EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(R1_PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
}

async function overviewHasData(page) {
  for (const tile of ['Cost to date', 'Requests', 'Tokens', 'Same usage on']) {
    const link = page.getByRole('link', { name: new RegExp(`^${tile}`) }).first();
    await link.waitFor();
    check(/[1-9]/.test(await link.innerText()), `the tile ${tile} has no number`);
  }
}

/** From the usage table to one request, whose formula ends in what the API told. */
async function requestCostsWhatTheApiTold(page) {
  await page.getByRole('link', { name: 'Usage', exact: true }).click();
  await page.getByRole('table', { name: 'Usage' }).waitFor();
  await page.getByRole('link', { name: 'All requests of this selection' }).click();
  await page.getByRole('table', { name: 'Requests' }).waitFor();
  await page.locator(`a[href$="/console/requests/${R1_REQUEST}"]`).first().click();
  const formula = await page.getByTestId('formula').innerText();
  const total = /= ([0-9.]+) USD$/.exec(formula.trim())?.[1];
  check(total === R1_COST, `the formula is ${formula}, the API told ${R1_COST}`);
  await page.getByRole('button', { name: 'Verify here' }).click();
  await page.getByText('Your browser hashed the record').waitFor();
  return total;
}

async function statusWith(secret) {
  const answer = await fetch(`${R1_URL}/v1/models`, {
    headers: { Authorization: `Bearer ${secret}` },
  });
  await answer.arrayBuffer();
  return answer.status;
}

async function keyWorksUntilRevoked(page) {
  const name = `console ${R1_REQUEST.slice(-6)}`;
  await page.getByRole('link', { name: 'Keys', exact: true }).click();
  await page.getByRole('heading', { name: 'Keys' }).waitFor();
  await page.getByRole('button', { name: 'Create key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Create key' }).click();
  const secret = await page.getByRole('textbox', { name: 'API key' }).inputValue();
  check(secret.startsWith('sk-r1-'), 'the secret is not shown');
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await dialog.waitFor({ state: 'detached' });
  check(!(await page.content()).includes(secret), 'the secret is shown twice');
  check((await statusWith(secret)) === 200, 'the new key does not work');

  await page.getByRole('button', { name: `Revoke ${name}` }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Revoke ${name}` })
    .click();
  await page.getByRole('row', { name }).getByText('Revoked').waitFor();
  const end = Date.now() + LIMIT;
  let status = await statusWith(secret);
  while (status === 200 && Date.now() < end) status = await statusWith(secret);
  check(status === 401, `the revoked key gets ${status}`);
  return status;
}

const browser = await chromium.launch({
  executablePath: R1_CHROMIUM,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  const page = await watched(browser);
  await signIn(page);
  await overviewHasData(page);
  const total = await requestCostsWhatTheApiTold(page);
  const revoked = await keyWorksUntilRevoked(page);
  check(faults.length === 0, faults.join('\n'));
  console.log(`formula_usd=${total} api_usd=${R1_COST} revoked_status=${revoked} faults=0`);
} finally {
  await browser.close();
}
