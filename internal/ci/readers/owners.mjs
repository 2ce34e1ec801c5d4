// owners.mjs FILE: compares who owns a path by mergeseal with who owns it by a
// reader of CODEOWNERS that knows nothing of it. FILE is what the test
// TestAnswersForAnotherReader of internal/codeowners writes.
//
// Where the two differ, GitHub's page "About code owners" decides. Known
// differences stand below, each with what the page says; any other one fails,
// and so does a known one that no longer shows.
import fs from 'node:fs';
import { matchFile, parse } from 'codeowners-utils';

const all = '@acme/everyone';
const known = [
  { file: 'one-star', ours: all, theirs: '@acme/writers', why: 'docs/* does not match what is nested further down' },
  { file: 'case', ours: all, theirs: '@judy', why: 'paths are case-sensitive' },
  { file: 'blank', ours: '@mallory', theirs: all, why: 'patterns are those of gitignore, where a backslash escapes a blank' },
  { file: 'range', ours: all, theirs: '@victor', why: '[ ] does not work, and a line with invalid syntax is skipped' },
  { file: 'no-at', ours: all, theirs: 'acme', why: 'an owner is @login, @org/team or an e-mail address, and a line with invalid syntax is skipped' },
  { file: 'escaped-hash', ours: '@oscar', theirs: all, why: 'patterns are those of gitignore; only a # in front cannot be escaped' },
  {
    file: 'runatlantis+atlantis',
    ours: '',
    theirs: '@runatlantis/core-contributors @runatlantis/maintainers app/renovate-approve',
    why: 'app/renovate-approve has no @, and a line with invalid syntax is skipped',
  },
];

// compare counts what two readers agree on and lists where they do not; it
// adds the known differences it comes by to shown.
function compare({ file, text, paths }, shown = new Set()) {
  const entries = parse(text);
  const name = file.replace(/\.CODEOWNERS$/, '');
  let same = 0;
  const unknown = [];
  for (const { path, owners } of paths) {
    const ours = [...owners].sort().join(' ');
    const theirs = [...(matchFile(path, entries)?.owners ?? [])].sort().join(' ');
    const why = known.find((k) => k.file === name && k.ours === ours && k.theirs === theirs);
    if (ours === theirs) same++;
    else if (why) shown.add(why);
    else unknown.push(`${file}: ${path} is owned by "${ours}", by the other reader by "${theirs}"`);
  }
  return { same, unknown };
}

// A wrong answer must be seen before silence means anything.
const text = '* @a\n*.js @b\n';
const wrong = (path, ...owners) => compare({ file: 'self-test', text, paths: [{ path, owners }] }).unknown.length;
if (wrong('x.js', '@b') || wrong('x.go', '@a')) throw new Error('a right answer is refused');
if (!wrong('x.js', '@a') || !wrong('x.js', '@a', '@b') || !wrong('x.js') || !wrong('x.go', '@b')) throw new Error('a wrong answer is passed');

const files = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const shown = new Set();
let bad = 0;
let same = 0;
for (const f of files) {
  const result = compare(f, shown);
  same += result.same;
  console.log(`${f.file}: ${f.paths.length} paths, ${result.same} with the same owners`);
  for (const line of result.unknown) console.error(line);
  bad += result.unknown.length;
}
for (const k of known) {
  const here = files.some((f) => f.file === `${k.file}.CODEOWNERS`);
  if (shown.has(k)) console.log(`known difference in ${k.file}: ${k.why}`);
  else if (here) {
    bad++;
    console.error(`${k.file}: the known difference no longer shows; take it out`);
  }
}
if (same < 100) {
  bad++;
  console.error(`only ${same} answers were the same: there was too little to compare`);
}
process.exit(bad ? 1 : 0);
