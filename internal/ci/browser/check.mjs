// node check.mjs FOLDER OUT: opens every NAME.html of FOLDER beside its
// NAME.json in Chromium, and keeps pictures in OUT. Exits 1 when a page is not
// as it must be, or when a bad page would pass.
import fs from 'node:fs';
import path from 'node:path';
import { axe, launch, open } from './browser.mjs';
import { agendaReadable } from './agenda.mjs';
import { refusals } from './refuse.mjs';
import { card, filters, phone, printed, readable, zone } from './schedule.mjs';

const [folder, out] = process.argv.slice(2);
fs.mkdirSync(out, { recursive: true });
const browser = await launch();
let failed = 0, passed = 0;
const told = (name, problems) => {
  if (problems.length === 0) { passed++; console.log(`ok      ${name}`); return; }
  failed++;
  console.log(`FAILED  ${name}`);
  for (const p of problems) console.log(`        ${p}`);
};

told('bad pages are refused, each for its reason', await refusals(browser, path.join(out, 'bad')));

const small = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const shots = { light: {}, dark: { colorScheme: 'dark' }, phone: small };
const files = fs.readdirSync(folder).filter((f) => f.endsWith('.html')).sort();
for (const kind of ['schedule', 'agenda']) if (!files.some((f) => f.startsWith(kind))) told(`there is a page of ${kind}`, [`none in ${files}`]);

for (const file of files) {
  const name = file.replace('.html', ''), full = path.join(folder, file);
  const facts = JSON.parse(fs.readFileSync(path.join(folder, name + '.json'), 'utf8'));
  const check = async (what, options, look) => told(`${name}: ${what}`, await open(browser, full, options, look));
  for (const [shot, options] of Object.entries(shots)) {
    await check(`${shot}, axe and a picture`, options, async (page) => {
      await page.screenshot({ path: path.join(out, `${name}-${shot}.png`), fullPage: true });
      return shot === 'phone' ? phone(page) : axe(page);
    });
  }
  await check('prints', {}, (page) => printed(page, path.join(out, name + '.pdf')));
  const off = { javaScriptEnabled: false };
  if (facts.entries) {
    await check('is readable', {}, readable(facts));
    await check('is readable without script', off, readable(facts));
    if (facts.entries.length > 0) {
      await check('a click shows a card', {}, card(facts, true));
      await check('a click shows a card without script', off, card(facts, false));
      await check('filters', {}, filters(facts));
    }
  } else {
    await check('is readable', {}, agendaReadable(facts));
    await check('is readable without script', off, agendaReadable(facts));
  }
  await check('zones', {}, zone);
}
await browser.close();
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
