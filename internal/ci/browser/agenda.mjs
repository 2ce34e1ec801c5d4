// The checks of the pages of `agenda`, held against their JSON.
const squeeze = (s) => s.replace(/\s+/g, ' ').trim();

export function agendaReadable(facts) {
  return async (page) => {
    const wrong = [];
    const items = facts.items || facts.open;
    const shown = page.locator('article.item');
    if ((await shown.count()) !== items.length) wrong.push(`${await shown.count()} items are shown, not ${items.length}`);
    for (const [n, i] of items.entries()) {
      const said = squeeze(await shown.nth(n).innerText());
      const level = (i.level || 'not known').replace('_', ' ');
      for (const part of [i.id, i.title, level, i.why, i.impact, i.rollback, i.lessons, i.owner, ...i.services, ...i.dependents, ...i.reasons, ...i.missing, ...i.largest.map((l) => l.why)]) {
        if (part && !said.includes(squeeze(part))) wrong.push(`item ${n + 1} does not say '${part}': ${said}`);
      }
      if (facts.items && !said.includes(`${i.minutes} min`)) wrong.push(`item ${n + 1} has no time`);
    }
    const text = squeeze(await page.locator('body').innerText());
    for (const d of facts.decisions || []) for (const part of [d.id, d.title, d.what, d.by, ...d.conditions]) if (!text.includes(squeeze(part))) wrong.push(`the decision on ${d.id} does not say '${part}'`);
    for (const id of facts.routine_ids || []) if (!text.includes(id)) wrong.push(`routine change ${id} is not named`);
    for (const a of facts.actions || []) if (!text.includes(a.id)) wrong.push(`action of ${a.id} is not named`);
    await page.emulateMedia({ media: 'print' });
    if (facts.items && (await page.locator('.paper:visible').count()) !== items.length) wrong.push('there is no box to tick on paper');
    return wrong;
  };
}
