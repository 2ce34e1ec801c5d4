// The checks of the page of `schedule`, held against its JSON.
import { axe, pages, sideways } from './browser.mjs';

const squeeze = (s) => s.replace(/\s+/g, ' ').trim();
const visible = async (locator) => squeeze((await locator.allInnerTexts()).join(' '));

// readable: everything that matters can be read in what is shown.
export function readable(facts) {
  return async (page) => {
    const wrong = [];
    const text = await visible(page.locator('body'));
    for (const e of facts.entries) {
      const row = page.locator('tr[data-change]').filter({ has: page.getByText(e.id, { exact: true }) });
      const said = await visible(row.first());
      for (const part of [e.id, e.title, e.rollback || 'no plan', (e.level || 'not known').replace('_', ' '), ...e.services, ...e.environments]) {
        if (!said.includes(squeeze(part))) wrong.push(`the row of ${e.id} does not say '${part}': ${said}`);
      }
      if (!/\d\d:\d\d/.test(said)) wrong.push(`the row of ${e.id} has no time`);
    }
    for (const w of facts.windows) if (!text.includes(squeeze(w.title))) wrong.push(`window ${w.id} is not named`);
    for (const c of facts.collisions) {
      const said = await visible(page.locator('.clashes li', { hasText: c.a }).filter({ hasText: c.b }));
      if (!said.includes(c.accepted ? 'Accepted' : c.blocks ? 'Not accepted' : 'A reason to talk')) wrong.push(`collision of ${c.a} and ${c.b} is not told: ${said}`);
    }
    if (!/Times in \S/.test(text) || !/Made .*\d\d:\d\d/.test(text)) wrong.push('zone or instant of making is not shown');
    return wrong;
  };
}

// card: a click, and the keyboard, show a change's card.
export function card(facts, script) {
  return async (page) => {
    const wrong = [];
    const mark = page.locator('a.mark').first();
    const id = await page.locator('a.mark .id').first().innerText();
    const entry = facts.entries.find((e) => id.includes(e.id));
    if (!entry) return [`no entry for the mark '${id}'`];
    const shown = page.locator('.cards article:visible');
    if ((await shown.count()) !== 0) wrong.push('a card is open before a click');
    const holds = async (how) => {
      if ((await shown.count()) !== 1) { wrong.push(`${how} shows ${await shown.count()} cards`); return; }
      const said = await visible(shown);
      for (const part of [entry.id, entry.title, entry.rollback, entry.reason, ...entry.services]) {
        if (part && !said.includes(squeeze(part))) wrong.push(`the card of ${entry.id} does not say '${part}'`);
      }
      for (const href of await shown.locator('a[rel]').evaluateAll((all) => all.map((a) => a.href))) {
        if (!href.startsWith('https://')) wrong.push(`the card leads to ${href}`);
      }
      if (script) wrong.push(...(await axe(page)).map((p) => 'with a card: ' + p)); // axe is a script itself
    };
    await mark.click();
    await holds('a click');
    await page.locator('.shut:visible').click();
    if ((await shown.count()) !== 0) wrong.push('a card does not close');
    await mark.focus();
    await page.keyboard.press('Enter');
    await holds('the enter key');
    if (script) {
      await page.keyboard.press('Escape');
      if ((await shown.count()) !== 0) wrong.push('the escape key does not close a card');
      if (!(await mark.evaluate((el) => el === document.activeElement))) wrong.push('a closed card does not give the focus back');
    }
    return wrong;
  };
}

// filters: each shows what the JSON has for it, in table and timeline.
export function filters(facts) {
  return async (page) => {
    const wrong = [];
    const of = { service: (e) => e.services, environment: (e) => e.environments, level: (e) => [e.level || 'unscored'] };
    for (const [what, values] of Object.entries(of)) {
      const select = page.locator(`[data-filter=${what}]`);
      const options = await select.locator('option').evaluateAll((all) => all.map((o) => o.value).filter(Boolean));
      if (options.length === 0 && facts.entries.length > 0) wrong.push(`nothing to choose for ${what}`);
      for (const value of options) {
        await select.selectOption(value);
        const want = facts.entries.filter((e) => values(e).includes(value)).map((e) => e.id).sort();
        const rows = (await page.locator('tr[data-change]:visible a.id').allInnerTexts()).sort();
        if (JSON.stringify(rows) !== JSON.stringify(want)) wrong.push(`${what} ${value}: the table shows ${rows}, not ${want}`);
        const marks = new Set((await page.locator('a.mark:visible').evaluateAll((all) => all.map((a) => a.dataset.change))));
        const inRange = await page.locator('tr[data-change]:visible').evaluateAll((all) => all.map((r) => r.dataset.change));
        for (const m of marks) if (!inRange.includes(m)) wrong.push(`${what} ${value}: the timeline shows ${m}, the table does not`);
        if (want.length > 0 && marks.size === 0) wrong.push(`${what} ${value}: the timeline is empty`);
        if (want.length < facts.entries.length && !(await page.locator('#shown').innerText()).startsWith(String(want.length) + ' of')) wrong.push(`${what} ${value}: the count is not said`);
      }
      await select.selectOption('');
    }
    if ((await page.locator('tr[data-change]:visible').count()) !== facts.entries.length) wrong.push('not all changes come back');
    return wrong;
  };
}

// zone: another zone changes every instant, and the first one changes it back.
export async function zone(page) {
  const wrong = [];
  const span = page.locator('.span[data-from]');
  const read = () => span.first().innerText();
  const days = () => page.locator('.grid li').evaluateAll((all) => all.map((li) => Math.round(li.getBoundingClientRect().left)));
  const before = await read(), grid = await days();
  const from = new Date(await span.first().getAttribute('data-from'));
  for (const [name, minutes, offset] of [['Asia/Kabul', 270, '+04:30'], ['Asia/Tokyo', 540, '+09:00']]) {
    await page.locator('#zone').selectOption(name);
    const said = await read();
    const local = new Date(from.getTime() + minutes * 60000).toISOString().slice(11, 16);
    if (!said.includes(local) || !said.includes(offset)) wrong.push(`in ${name} the first instant is '${said}', not ${local} ${offset}`);
    if (grid.length && JSON.stringify(await days()) === JSON.stringify(grid)) wrong.push(`in ${name} the days begin where they began`);
    for (const z of await page.locator('.zone').allInnerTexts()) if (z !== name) wrong.push(`the page says ${z}, not ${name}`);
  }
  wrong.push(...(await axe(page)).map((p) => 'in another zone: ' + p));
  await page.locator('#zone').selectOption('');
  if ((await read()) !== before) wrong.push('the first zone does not come back');
  if (JSON.stringify(await days()) !== JSON.stringify(grid)) wrong.push('the days do not come back');
  return wrong;
}

// printed: zone and instant are there, controls are not, and there are pages.
export async function printed(page, keep) {
  const wrong = [];
  await page.emulateMedia({ media: 'print' });
  if (await page.locator('.tools').isVisible()) wrong.push('controls are printed');
  const text = await visible(page.locator('body'));
  if (!/Times in \S.*\d\d:\d\d/.test(text)) wrong.push('zone or instant is not printed');
  for (const format of ['A4', 'A3']) {
    for (const landscape of [true, false]) {
      const pdf = await page.pdf({ format, landscape, printBackground: false, path: keep && landscape && format === 'A4' ? keep : undefined });
      const n = pages(pdf);
      if (n < 1 || n > 40) wrong.push(`${format} gives ${n} pages`);
    }
  }
  wrong.push(...(await axe(page)).map((p) => 'printed: ' + p));
  return wrong;
}

export async function phone(page) {
  return [...(await sideways(page)), ...(await axe(page))];
}
