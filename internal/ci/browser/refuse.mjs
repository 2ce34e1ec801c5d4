// Shows that the checks refuse what they must: one bad page for each reason.
// A check that broke off also refuses, so the reason itself must be named.
import fs from 'node:fs';
import path from 'node:path';
import { axe, open, sideways } from './browser.mjs';

const page = (body, head = '') => `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>x</title>${head}</head><body><main><h1>A page</h1>${body}</main></body></html>`;
const policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">';

const bad = {
  'outside request': page('<img alt="x" src="https://example.invalid/x.png">'),
  'outside request: http': page('<p>x</p>', '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">'),
  'axe color-contrast': page('<p>Light grey on white</p>', '<style>p{color:#bbb;background:#fff}</style>'),
  'axe image-alt': page('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">'),
  'axe label': page('<input type="text">'),
  'axe select-name': page('<select><option>a</option></select>'),
  'axe html-has-lang': page('<p>x</p>').replace(' lang="en"', ''),
  'script error': page('<script>throw new Error("planted")</script>'),
  'dialog': page('<script>alert(1)</script>'),
  'console: ': page('<script>1</script>', policy),
  'sideways': page('<p>x</p>', '<style>p{width:3000px}</style>'),
};

export async function refusals(browser, folder) {
  fs.mkdirSync(folder, { recursive: true });
  const look = async (p) => [...(await axe(p)), ...(await sideways(p))];
  const wrong = [];
  let n = 0;
  for (const [reason, html] of Object.entries(bad)) {
    const file = path.join(folder, `bad-${n++}.html`);
    fs.writeFileSync(file, html);
    const problems = await open(browser, file, {}, look);
    if (!problems.some((p) => p.startsWith(reason))) wrong.push(`a page that is bad for '${reason}' is refused for ${JSON.stringify(problems)}`);
  }
  const good = path.join(folder, 'good.html');
  fs.writeFileSync(good, page('<p>x</p>'));
  for (const p of await open(browser, good, {}, look)) wrong.push('a page without fault is refused: ' + p);
  return wrong;
}
