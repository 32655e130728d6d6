// The whole way in a real browser, as its people go it: an owner imports a
// programme and makes a slot bookable, a citizen finds the session, books two
// seats and opens the pass, an independent decoder reads its picture, a
// volunteer admits it, and the second scan is refused with the time of the
// first. Every page that is visited is checked with axe, narrow and wide, light
// and dark.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const env = name => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this is run by browser_test.go`);
  return value;
};
const base = env('FERIA_BASE');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const work = mkdtempSync(join(tmpdir(), 'feria-browser-'));

let browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.FERIA_CHROMIUM || '/usr/bin/chromium', headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});
after(() => browser?.close());

const problems = [];

// person is a browser of somebody's own; whatever the pages complain of is kept.
async function person(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en', bypassCSP: false, ...options });
  const page = await context.newPage();
  page.on('console', m => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) problems.push(`${page.url()}: ${m.text()}`); });
  page.on('pageerror', e => problems.push(`${page.url()}: ${e.message}`));
  page.on('request', r => { if (!r.url().startsWith(base) && !r.url().startsWith('data:')) problems.push(`${page.url()} asks another host: ${r.url()}`); });
  return page;
}

const checked = new Set();

// look checks a page with axe, narrow and wide, light and dark, and that nothing
// makes it scroll sideways. The check runs in a world of its own, so that the
// page's policy stands as it is.
async function look(page, name, ways = { 360: ['light', 'dark'], 1280: ['light', 'dark'] }) {
  const session = await page.context().newCDPSession(page);
  await unfold(page);
  for (const width of Object.keys(ways).map(Number)) {
    for (const colorScheme of ways[width]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(sideways <= 0, `${name} scrolls sideways by ${sideways} px at ${width}`);
      const { frameTree } = await session.send('Page.getFrameTree');
      const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
      await session.send('Runtime.evaluate', { expression: axe, contextId: executionContextId });
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
        contextId: executionContextId, awaitPromise: true, returnByValue: true,
        expression: `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + (n.any[0]?.message || '')).join(' | ')))`,
      });
      assert.ok(!exceptionDetails, `${name}: axe failed: ${exceptionDetails?.exception?.description}`);
      assert.deepEqual(result.value, [], `${name} at ${width} px, ${colorScheme}`);
      if (process.env.FERIA_SHOTS) await page.screenshot({ path: join(process.env.FERIA_SHOTS, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  await session.detach();
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  checked.add(name);
}

async function signIn(link) {
  const page = await person();
  await page.goto(link);
  await look(page, 'sign-in-link');
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(url => !url.pathname.startsWith('/sign-in'));
  return page;
}

// unfold opens what a page keeps folded, so that it is looked at too.
const unfold = page => page.locator('details').evaluateAll(all => all.forEach(one => { one.open = true; }));

// send fills in the form that goes to an address ending so, and sends it.
async function send(page, action, fields, name) {
  await unfold(page);
  const form = page.locator(`form[action$="${action}"]`).first();
  for (const [field, value] of Object.entries(fields)) {
    const control = form.locator(`[name="${field}"]`);
    await (await control.evaluate(e => e.tagName) === 'SELECT' ? control.selectOption(value) : control.fill(value));
  }
  await Promise.all([page.waitForNavigation(), form.getByRole('button').first().click()]);
  await look(page, name);
}

// crawl looks at every page that links lead to from the given ones, one of each
// kind: what names a record in an address counts as the same address, and so do
// the values of a filter. Files are not pages.
async function crawl(page, paths, within, ways) {
  const kind = url => url.pathname.replace(/\/exhibitors\/.+/, '/exhibitors/*').split('/').map(part => /[\d%A-Z-]|.{15}/.test(part) && part !== 'sign-in' ? '*' : part).join('/')
    + '?' + [...url.searchParams.keys()].sort().join('&') + (url.searchParams.get('view') ?? '');
  const seen = new Set(), queue = paths.map(path => new URL(path, base));
  while (queue.length > 0) {
    const url = queue.shift(), key = kind(url);
    if (seen.has(key)) continue;
    seen.add(key);
    const answer = await page.goto(url.href);
    if (answer.status() !== 200) problems.push(`${url.pathname}${url.search} answers ${answer.status()}`);
    const language = await page.locator('html').getAttribute('lang');
    await look(page, `${language} ${key}`, ways);
    for (const href of await page.locator('a[href]').evaluateAll(links => links.map(link => link.href))) {
      const next = new URL(href);
      next.hash = '';
      if (next.origin === new URL(base).origin && within.test(next.pathname) && !/\.\w+$/.test(next.pathname) && next.searchParams.size < 2) queue.push(next);
    }
  }
  return seen;
}

// again is the same person in a browser that asks for another language.
async function again(page, locale) {
  return person({ locale, storageState: await page.context().storageState() });
}

let pass, owner, citizen, volunteer;

test('an owner imports a programme and publishes it', async () => {
  const page = owner = await signIn(env('FERIA_OWNER_LINK'));
  await look(page, 'console');
  await page.goto(base + '/console/city'); await look(page, 'console-city');
  await page.goto(base + '/console/people'); await look(page, 'console-people');
  await page.goto(base + '/console/mail'); await look(page, 'console-mail');
  await page.goto(base + '/console/jobs'); await look(page, 'console-jobs');
  await page.goto(base + '/console/new'); await look(page, 'console-new');
  await page.goto(base + '/console/' + env('FERIA_EVENT')); await look(page, 'console-event');
  await page.goto(base + '/console/' + env('FERIA_EVENT') + '/import'); await look(page, 'console-import');
  await page.getByLabel('File').setInputFiles(env('FERIA_FILE'));
  await page.getByRole('button', { name: 'Look at it first' }).click();
  await page.waitForLoadState();
  await look(page, 'console-import-preview');
  await page.getByRole('button', { name: 'Import this' }).click();
  await page.waitForURL(/\/imports\//, { timeout: 60_000 });
  await look(page, 'console-import-report');

  // The session's slot becomes bookable.
  await page.goto(base + '/console/' + env('FERIA_EVENT') + '/setup/slot?q=' + encodeURIComponent(env('FERIA_TITLE')));
  await look(page, 'console-setup-slots');
  await page.getByRole('main').getByRole('rowheader', { name: env('FERIA_TITLE') }).first().getByRole('link').click();
  await look(page, 'console-setup-slot');
  await page.getByLabel('How people get in').selectOption({ label: 'booked here' });
  await page.getByLabel('Places offered').fill('30');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForLoadState();
  for (const kind of ['venue', 'space', 'host', 'session', 'booth']) {
    await page.goto(base + `/console/${env('FERIA_EVENT')}/setup/${kind}`); await look(page, 'console-setup-' + kind);
    await page.goto(base + `/console/${env('FERIA_EVENT')}/setup/${kind}/new`); await look(page, 'console-setup-new-' + kind);
  }

  await page.goto(base + '/console/' + env('FERIA_EVENT') + '/release');
  await look(page, 'console-release');
  await page.getByRole('button', { name: /^Publish release 1/ }).click();
  await page.waitForLoadState();
  await page.goto(base + '/console/' + env('FERIA_EVENT') + '/gates'); await look(page, 'console-gates');
  await page.goto(base + '/console/' + env('FERIA_EVENT') + '/gates/main'); await look(page, 'console-gate');
  await page.goto(base + '/console/' + env('FERIA_EVENT') + '/new-gate'); await look(page, 'console-new-gate');
});

test('a citizen finds the session, books two seats and opens the pass', async () => {
  const page = citizen = await person();
  await page.goto(base + '/'); await look(page, 'city');
  await page.goto(base + '/' + env('FERIA_EVENT')); await look(page, 'event');
  await page.getByRole('link', { name: 'Find a session' }).click();
  await look(page, 'programme');
  await page.getByRole('link', { name: 'Grid' }).click(); await look(page, 'programme-grid');
  await page.getByRole('link', { name: 'By place' }).click(); await look(page, 'programme-by-place');
  await page.goto(base + '/' + env('FERIA_EVENT') + '/programme');
  await page.getByRole('searchbox').fill(env('FERIA_SEARCH'));
  await page.getByRole('button', { name: 'Search' }).click();
  await look(page, 'programme-found');
  await page.getByRole('link', { name: env('FERIA_TITLE') }).first().click();
  await look(page, 'session');
  await page.getByLabel('How many of you?').fill('2');
  await page.getByLabel('Your name').fill('Aylin & Çağla');
  await page.getByRole('button', { name: 'Book', exact: true }).click();
  await page.getByText('mail address').first().waitFor();
  await look(page, 'session-refused');
  await page.getByLabel('Your mail address').fill('aylin@example.org');
  await page.getByRole('button', { name: 'Book', exact: true }).click();
  await page.waitForURL(/\/me/);
  await page.getByText('2 places').first().waitFor();
  await look(page, 'my-bookings');
  await page.getByRole('link', { name: /^Your pass/ }).first().click();
  await look(page, 'pass');
  const picture = join(work, 'pass.png');
  writeFileSync(picture, await page.locator('article .code svg').screenshot({ scale: 'device' }));
  pass = execFileSync('zbarimg', ['--quiet', '--raw', picture], { encoding: 'utf8' }).trim();
  assert.match(pass, /^FE1:[A-Z2-7]{138}$/);
  for (const path of ['/exhibitors', '/map']) {
    await page.goto(base + '/' + env('FERIA_EVENT') + path); await look(page, 'event' + path.replace('/', '-'));
  }
  for (const path of ['/imprint', '/privacy', '/accessibility', '/sign-in', '/api/docs', '/nothing-here']) {
    await page.goto(base + path); await look(page, path.slice(1).replace('/', '-'));
  }
});

test('a volunteer admits the pass, and the second scan is refused with the time of the first', async () => {
  const page = volunteer = await signIn(env('FERIA_VOLUNTEER_LINK'));
  await page.goto(base + '/door'); await look(page, 'door');
  await page.goto(base + '/door/' + env('FERIA_EVENT') + '/main'); await look(page, 'door-gate');
  // A hand scanner types the text and presses enter.
  await page.locator('#token').pressSequentially(pass);
  await page.keyboard.press('Enter');
  await page.getByText('Welcome').waitFor();
  await look(page, 'door-welcome');
  await page.goto(base + '/door/' + env('FERIA_EVENT') + '/main');
  await page.locator('#token').fill(pass);
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByText('Already in').waitFor();
  await page.getByText(/In since \d\d:\d\d, Main gate/).waitFor();
  await look(page, 'door-already-in');
});

test('without JavaScript, in French, by keyboard alone', async () => {
  const page = await person({ javaScriptEnabled: false, locale: 'fr', viewport: { width: 360, height: 780 } });
  await page.goto(base + '/' + env('FERIA_EVENT') + '/programme?q=' + encodeURIComponent(env('FERIA_SEARCH')));
  await page.getByRole('link', { name: env('FERIA_TITLE') }).first().click();
  await page.getByLabel('Combien serez-vous ?').focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('1');
  await page.keyboard.press('Tab');
  await page.keyboard.type('أمل');
  await page.keyboard.press('Tab');
  await page.keyboard.type('amal@example.org');
  await page.keyboard.press('Enter');
  // Without a script the form carries no key, so what it books is shown once.
  await page.waitForURL(/\/book#book$/);
  await page.getByRole('button', { name: 'Oui, réserver' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/me/);
  await page.getByText('1 place').first().waitFor();
});

test('a form whose script did not come is shown once more before it books', async () => {
  const page = await person();
  await page.route(/\/once\.\w+\.js$/, route => route.fulfill({ contentType: 'text/javascript', body: '' }));
  await page.goto(base + '/' + env('FERIA_EVENT') + '/programme?q=' + encodeURIComponent(env('FERIA_SEARCH')));
  await page.getByRole('link', { name: env('FERIA_TITLE') }).first().click();
  await page.getByLabel('Your name').fill('Jo');
  await page.getByLabel('Your mail address').fill('jo@example.org');
  await page.getByRole('button', { name: 'Book', exact: true }).click();
  await page.waitForURL(/\/book#book$/);
  await look(page, 'session-check');
});

test('the owner sets things up that leave traces on every page', async () => {
  const page = owner, at = base + '/console/' + env('FERIA_EVENT');
  await page.goto(base + '/console/people');
  await send(page, '/people', { mail: 'no address', name: 'Omar' }, 'console-people-refused');
  await send(page, '/people', { mail: 'omar@example.org', name: 'Omar' }, 'console-people-added');
  await send(page, '/people/tokens', { name: 'The wall display' }, 'console-token-made');
  await page.goto(at);
  await send(page, '/alert', { 'text.en': 'Pier 3 is closed, meet at the library', 'text.fr': 'Le quai 3 est fermé' }, 'console-alert-set');
  await page.goto(at + '/bookings');
  await page.getByRole('main').getByRole('row').getByRole('link').first().click();
  await page.waitForURL(/\/bookings\/./);
  await send(page, '/desk', { name: '', seats: '0' }, 'console-desk-refused');
  await send(page, '/desk', { name: 'Gül, helped at the desk', seats: '40' }, 'console-desk-waiting');
  // Two slots of one space at once are a clash.
  await page.goto(at + '/setup/slot?q=' + encodeURIComponent(env('FERIA_TITLE')));
  await page.getByRole('main').getByRole('rowheader').first().getByRole('link').click();
  await page.waitForURL(/\/setup\/slot\/./);
  await send(page, '/copy', {}, 'console-slot-copied');
  await page.goto(at + '/release'); await look(page, 'console-release-clash');
  await page.goto(at + '/import');
  await page.getByLabel('File').setInputFiles({ name: 'programme.csv', mimeType: 'text/csv', buffer: Buffer.from('Titel,Wann,Bis,Ort\nEins,2027-04-12 18:00,19:00,Halle\n') });
  await page.getByRole('button', { name: 'Look at it first' }).click();
  await page.waitForURL(/\/import\/./);
  await look(page, 'console-import-columns');
  await page.goto(at);
  await send(page, '/copy', { slug: 'walk-next', start: '2028-04-10' }, 'console-copied');
});

test('every page that links lead to, in both languages', async () => {
  for (const [locale, ways] of [['en', { 360: ['dark'], 1280: ['light'] }], ['fr', { 360: ['light'] }]]) {
    for (const [who, paths, within, least] of [
      [owner, ['/console'], /^\/console(?!\/walk-next)/, 30],
      [volunteer, ['/door'], /^\/door/, 2],
      [citizen, ['/', '/me'], /^\/(?!console|door|api|assets)/, 15],
    ]) {
      const page = await again(who, locale);
      const seen = await crawl(page, paths, within, ways);
      console.log(`${locale} from ${paths[0]}: ${[...seen].sort().join(' ')}`);
      assert.ok(seen.size >= least, `only ${seen.size} pages were found from ${paths[0]}`);
      await page.context().close();
    }
  }
});

test('the pages complained of nothing and asked no other host', () => {
  assert.deepEqual(problems, []);
  console.log(`${checked.size} pages looked at, each narrow and wide, light and dark`);
});
