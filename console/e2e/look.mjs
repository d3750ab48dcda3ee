// Pictures of every page, light and dark, wide and narrow, from the built app over test data:
//   npm run build && npm run look [DIRECTORY]
// Also fails on axe violations, CSP violations, console errors and requests to foreign hosts.
import { mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { preview } from 'vite';

const out = resolve(process.argv[2] ?? 'dist-look');
mkdirSync(out, { recursive: true });
const server = await preview({ mode: 'mock', preview: { port: 4173, strictPort: false } });
const origin = new URL(server.resolvedUrls.local[0]).origin;
const browser = await chromium.launch({
  executablePath: process.env.R1_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const WIDTHS = (process.env.R1_LOOK_WIDTHS ?? '1280,390').split(',').map(Number);
const faults = [];
const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

async function open(width, scheme, locale = 'en-US') {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    locale,
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    const expected = ['401', '404', '412'].some((status) => message.text().includes(status));
    if (message.type() === 'error' && !expected) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) faults.push(`foreign host: ${request.url()}`);
  });
  return page;
}

async function shoot(page, name, label) {
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
  const spill = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (spill > 0) faults.push(`${name} ${label}: ${spill} px wider than the window`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  for (const { id, nodes } of violations) {
    faults.push(
      `${name} ${label}: axe ${id}: ${nodes
        .slice(0, 2)
        .map((node) => node.html.slice(0, 160))
        .join(' | ')}`,
    );
  }
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: `${out}/${name}-${label}.png`, fullPage: true });
}

/** Gives the admin of the test data the role that it has once more, which counts its version up. */
async function changedByAnother(page) {
  await page.evaluate(async () => {
    const { csrf } = await (await fetch('/admin/api/session')).json();
    const { items } = await (await fetch('/admin/api/members?organization_id=1')).json();
    const { id, role, version } = items.find(({ email }) => email === 'admin@acme.example');
    await fetch(`/admin/api/members/${id}`, {
      method: 'PUT',
      headers: {
        [csrf.header]: csrf.token,
        'If-Match': `"${version}"`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ role }),
    });
  });
}

/** What somebody with a role in the tenant sees; the test data says who it is by the cookie. */
async function tenantTour(width, scheme) {
  const label = `${scheme}-${width}`;
  for (const [who, path, name, ready] of [
    ['developer', '/audit', 'refused', 'owner@acme.example'],
    ['developer', '/requests', 'content', 'Newest first'],
    ['finance', '/invoices/8', 'invoice-finance', 'Not final yet'],
  ]) {
    const page = await open(width, scheme);
    await page.context().addCookies([{ name: 'r1-mock-who', value: who, url: origin }]);
    await page.goto(`${origin}/console${path}`);
    await page.getByText(ready).first().waitFor();
    if (name === 'content') {
      await page.getByText('Homework helper').first().waitFor();
      await page
        .getByRole('row')
        .filter({ hasText: 'Homework helper' })
        .first()
        .getByRole('link')
        .click();
      await page.getByRole('button', { name: 'Show prompt and answer' }).click();
      await page.getByText('It is 936.').waitFor();
    }
    await shoot(page, name, label);
    await page.context().close();
  }
}

/** The operator's pages about servers, organizations and money. */
async function siteTour(page, label) {
  await page.goto(`${origin}/console/upstreams`);
  await page.getByText('inference-1').waitFor();
  await shoot(page, 'upstreams', label);
  await page.getByRole('button', { name: 'Register a server' }).click();
  await page.getByLabel('Name', { exact: true }).fill('no-usage');
  await page.getByLabel('Address').fill('http://no-usage:8000');
  await page.getByLabel('Our name of it').fill('deepseek-r1');
  await page.getByLabel('The server’s name of it').fill('DeepSeek-R1');
  await page.getByRole('button', { name: 'Probe only' }).click();
  await page.getByText('The server is not fit').waitFor();
  await shoot(page, 'upstream-refused', label);
  await page.goto(`${origin}/console/upstreams/3`);
  await page.getByText('usage_fell').waitFor();
  await page.getByRole('button', { name: 'Probe again' }).click();
  await page.getByText('The server is fit').waitFor();
  await shoot(page, 'upstream', label);
  await page.getByRole('button', { name: 'Take out of use' }).click();
  await page.getByRole('dialog').waitFor();
  await shoot(page, 'upstream-disable', label);
  await page.goto(`${origin}/console/organizations`);
  await page.getByText('2 organizations').waitFor();
  await shoot(page, 'organizations', label);
  await page.goto(`${origin}/console/organizations/1`);
  await page.getByText('Prepaid').waitFor();
  await shoot(page, 'organization', label);
  await page.getByRole('button', { name: 'Suspend' }).click();
  await page.getByLabel('Why').fill('The invoice of October is overdue.');
  await shoot(page, 'organization-suspend', label);
  await page.getByRole('button', { name: 'Suspend Acme Research' }).click();
  await page.getByText('Its people are told').waitFor();
  await shoot(page, 'organization-suspended', label);
  await page.getByRole('button', { name: 'Change terms' }).click();
  await page.getByRole('dialog').waitFor();
  await shoot(page, 'organization-terms', label);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Resume' }).click(); // the mock's world is the next tour's
  await page.getByRole('button', { name: 'Resume Acme Research' }).click();
  await page.getByText('Active', { exact: true }).waitFor();
  await page.goto(`${origin}/console/invoices`);
  await page.getByText('R1-2026-000002').waitFor();
  await shoot(page, 'invoices', label);
  await page.goto(`${origin}/console/invoices/5`);
  await page.getByText('Given up').waitFor();
  await shoot(page, 'invoice', label);
  await page.getByRole('button', { name: 'Credit note' }).click();
  await page.getByRole('radio', { name: 'Parts of lines' }).click();
  await shoot(page, 'invoice-credit-note', label);
  await page.goto(`${origin}/console/invoices/9`);
  await page.getByRole('button', { name: 'Trace line 1' }).click();
  await page.getByText('Both are the same').waitFor();
  await shoot(page, 'invoice-line', label);
  await page.goto(`${origin}/console/invoices/8`);
  await page.getByText('1 thing stands in the way.').waitFor();
  await shoot(page, 'invoice-blocked', label);
  await page.goto(`${origin}/console/invoices/7`);
  await page.getByRole('button', { name: 'Finalize' }).click();
  await page.getByText('It would be').waitFor();
  await shoot(page, 'invoice-finalize', label);
  await page.goto(`${origin}/console/billing?organization_id=1`);
  await page.getByText('Acme Research Inc.').waitFor();
  await page.getByText('3.141592653589').waitFor();
  await shoot(page, 'billing', label);
  await page.getByRole('button', { name: 'Change profile' }).click();
  await page.getByRole('dialog').waitFor();
  await shoot(page, 'billing-profile', label);
  await page.goto(`${origin}/console/billing?organization_id=1`);
  await page.getByRole('button', { name: 'Top up' }).click();
  await page.getByLabel('Amount in USD').fill('250');
  await page.getByRole('button', { name: 'See what it does' }).click();
  await page.getByText('in all then').waitFor();
  await shoot(page, 'billing-top-up', label);
  await page.goto(`${origin}/console/tax-rules`);
  await page.getByText('8.25 %').waitFor();
  await shoot(page, 'tax-rules', label);
  await page.getByRole('button', { name: 'New rule' }).click();
  await page.getByLabel('For', { exact: true }).selectOption('A country');
  await shoot(page, 'tax-rule-new', label);
  await page.goto(`${origin}/console/exports`);
  await page.getByText('1,250,000 so far').waitFor();
  await shoot(page, 'exports', label);
  await page.getByRole('button', { name: 'New export' }).click();
  await page.getByLabel('Dataset', { exact: true }).selectOption('usage_records');
  await page.getByLabel('Month (UTC)').selectOption('Other days');
  await page.getByRole('checkbox', { name: 'All 6 columns' }).click();
  await page.getByRole('checkbox', { name: 'event_id' }).click();
  await shoot(page, 'export-order', label);
  await page.goto(`${origin}/console/exports/15`);
  await page.getByText('usage_records-00003.parquet').waitFor();
  await shoot(page, 'export', label);
  await page.goto(`${origin}/console/exports/16`);
  await page.getByText('No space left on device').waitFor();
  await shoot(page, 'export-failed', label);
  await page.goto(`${origin}/console/exports/14`);
  await page.getByText('opened by a double click').waitFor();
  await shoot(page, 'export-csv', label);
  await page.goto(`${origin}/console/exports/schedules/2`);
  await page.getByText('a run failed 3 times').waitFor();
  await page.getByRole('button', { name: 'Go on with export 10' }).waitFor();
  await shoot(page, 'schedule-late', label);
  await page.getByRole('button', { name: 'Close schedule 2' }).click();
  await page.getByRole('dialog').waitFor();
  await shoot(page, 'schedule-close', label);
  await page.goto(`${origin}/console/exports/schedules/3`);
  await page.getByRole('link', { name: 'Export 11' }).waitFor();
  await shoot(page, 'schedule', label);
  await page.goto(`${origin}/console/exports`);
  await page.getByRole('button', { name: 'New schedule' }).click();
  await page.getByLabel('Files of').selectOption('A day');
  await shoot(page, 'schedule-new', label);
  await page.goto(`${origin}/console/revenue`);
  await page.getByRole('table').waitFor();
  await shoot(page, 'revenue', label);
}

async function tour(width, scheme) {
  const label = `${scheme}-${width}`;
  const page = await open(width, scheme);
  await page.goto(`${origin}/console/login`);
  await page.getByLabel('Email').fill('operator@localhost');
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await shoot(page, 'login', label);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  await shoot(page, 'login-refused', label);
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await shoot(page, 'overview', label);
  for (const group of ['day', 'project', 'key']) {
    await page.goto(`${origin}/console/usage?group_by=${group}`);
    await page.getByRole('table').waitFor();
    await shoot(page, `usage-${group}`, label);
  }
  await page.goto(`${origin}/console/requests`);
  await page.getByRole('table').waitFor();
  await shoot(page, 'requests', label);
  await page.goto(`${origin}/console/requests?finish=client_disconnect`);
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByTestId('formula').waitFor();
  await page.getByRole('button', { name: 'Verify here' }).click();
  await page.getByText('Your browser hashed the record').first().waitFor();
  await page.getByRole('button', { name: 'Check the proof here' }).click();
  await page.getByText('all hold').waitFor();
  await shoot(page, 'request', label);
  await page.goto(`${origin}/console/keys`);
  await page.getByRole('table').waitFor();
  await shoot(page, 'keys', label);
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByLabel('Name').fill(`key of ${label}`);
  await shoot(page, 'key-create', label);
  await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
  await page.getByRole('button', { name: 'Copy key' }).waitFor();
  await shoot(page, 'key-secret', label);
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await page.getByRole('button', { name: 'Change evaluation runner' }).click();
  await page.getByRole('dialog').waitFor();
  await shoot(page, 'key-change', label);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Rotate web app' }).click();
  await page.getByRole('dialog').waitFor();
  await shoot(page, 'key-rotate', label);
  await page.getByRole('button', { name: 'Make a new secret' }).click();
  await page.getByRole('button', { name: 'Copy key' }).waitFor();
  await shoot(page, 'key-rotated', label);
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await page.getByRole('button', { name: `Revoke key of ${label}` }).click();
  await page.getByRole('dialog').waitFor();
  await shoot(page, 'key-revoke', label);
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'New project' }).click();
  await page.getByLabel('Name of the project').fill('Support desk');
  await shoot(page, 'project-create', label);
  await page.goto(`${origin}/console/login?refused=not_invited&request_id=0199-ab`);
  await page.getByRole('alert').waitFor();
  await shoot(page, 'login-not-invited', label);
  await page.goto(`${origin}/console/projects`);
  await page.getByRole('table').waitFor();
  await shoot(page, 'projects', label);
  await page.getByRole('button', { name: 'Storing of Homework helper' }).click();
  await page.getByRole('checkbox', { name: 'Store prompts and answers' }).click();
  await page.getByText('cannot be undone').waitFor();
  await shoot(page, 'storing-off', label);
  await page.goto(`${origin}/console/members`);
  await page.getByText('Choose an organization').waitFor();
  await shoot(page, 'members-choose', label);
  await page.goto(`${origin}/console/members?organization_id=1`);
  await page.getByText('acme-chat').waitFor();
  await shoot(page, 'members', label);
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await page.getByLabel('Email').fill(`guest-${label}@acme.example`);
  await shoot(page, 'invite', label);
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.getByRole('button', { name: 'Copy link' }).waitFor();
  await shoot(page, 'invite-link', label);
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await page.getByRole('button', { name: 'Change the role of admin@acme.example' }).click();
  await page.getByRole('dialog').getByLabel('Role').selectOption('finance');
  await changedByAnother(page);
  await page.getByRole('button', { name: 'Make Finance' }).click();
  await page.getByRole('button', { name: 'Save mine' }).waitFor();
  await shoot(page, 'member-conflict', label);
  await page.getByRole('button', { name: 'Take theirs' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Remove dev@acme.example' }).click();
  await page.getByRole('dialog').waitFor();
  await shoot(page, 'member-remove', label);
  await page.goto(`${origin}/console/audit?organization_id=1`);
  await page.getByRole('button', { name: 'Show project.changed, row 60' }).click();
  await page.getByText('content_days').waitFor();
  await shoot(page, 'audit', label);
  await page.goto(`${origin}/console/reconciliation`);
  await page.getByText('Engine = journal = usage = ledger').waitFor();
  await shoot(page, 'reconciliation', label);
  await siteTour(page, label);
  await page.goto(`${origin}/console/?month=2025-01`);
  await page.getByText('No usage in January 2025').waitFor();
  await shoot(page, 'overview-empty', label);
  await page.goto(`${origin}/console/nowhere`);
  await page.getByText('There is no such page').waitFor();
  await shoot(page, 'not-found', label);
  await page.goto(`${origin}/console/`);
  await page
    .getByRole('link', { name: /^Fri, .* Open the list/ })
    .first()
    .hover();
  await shoot(page, 'overview-tooltip', label);
  if (width < 768) await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByLabel('Language').selectOption('ko');
  await page.getByRole('heading', { name: '개요' }).waitFor();
  if (width < 768) await page.getByRole('button', { name: '메뉴' }).click();
  await shoot(page, 'overview-korean', label);
  if (width < 768) await page.getByRole('button', { name: '메뉴' }).click();
  await page.getByLabel('언어').selectOption('en');
  if (width < 768) {
    await page.goto(`${origin}/console/keys`);
    await page.getByRole('button', { name: 'Menu' }).click();
    await shoot(page, 'menu', label);
  }
  // The mock's session belongs to the server, not to the browser: end it for the next tour.
  await page.request.delete(`${origin}/admin/api/session`);
  await page.context().close();
}

try {
  for (const width of WIDTHS)
    for (const scheme of ['light', 'dark']) {
      await tour(width, scheme);
      await tenantTour(width, scheme);
    }
} finally {
  await browser.close();
  await new Promise((done) => server.httpServer.close(done));
}
if (faults.length > 0) {
  console.error([...new Set(faults)].join('\n'));
  process.exit(1);
}
console.log(`Pictures are in ${out}; no axe or CSP violation, console error or foreign host.`);
process.exit(0);
