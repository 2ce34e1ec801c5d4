// readers.mjs FOLDER: reads what mergeseal wrote with programs that know
// nothing of it: SARIF by its published schema, JUnit by a JUnit reader,
// verdicts by the JSON Schema that mergeseal itself hands out.
//
// FOLDER holds *.sarif, *.junit and *.verdict.json files and verdict.schema.json.
// Before any of them is read, each reader is shown documents that it must
// refuse, each for its reason.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse as parseJUnit } from 'junit2json';

const require = createRequire(import.meta.url);
const compile = (schema) => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats(ajv);
  return ajv.compile(schema);
};
const sarifSchema = compile(JSON.parse(fs.readFileSync(require.resolve('@microsoft/sarif-multitool-linux/sarif-2.1.0.json'), 'utf8')));

function valid(validate, value) {
  if (!validate(value)) throw new Error(validate.errors.map((e) => `${e.instancePath || '/'} ${e.message}`).join('; '));
}

// sarif returns how many results there are.
function sarif(text) {
  const log = JSON.parse(text);
  valid(sarifSchema, log);
  let results = 0;
  for (const run of log.runs) {
    if (run.columnKind !== 'unicodeCodePoints') throw new Error(`columnKind is ${run.columnKind}`);
    const rules = (run.tool.driver.rules ?? []).map((r) => r.id);
    for (const r of run.results ?? []) {
      results++;
      if (!rules.includes(r.ruleId)) throw new Error(`result of rule ${r.ruleId}, which is not described`);
      if (r.ruleIndex !== undefined && rules[r.ruleIndex] !== r.ruleId) throw new Error(`ruleIndex ${r.ruleIndex} is not ${r.ruleId}`);
      for (const l of r.locations ?? []) {
        const uri = l.physicalLocation?.artifactLocation?.uri;
        if (uri !== undefined && (/^([a-z]+:|\/)/i.test(uri) || uri.split('/').includes('..'))) throw new Error(`the place ${uri} is not inside the repository`);
      }
    }
  }
  return results;
}

// junit returns how many cases there are.
async function junit(text) {
  const read = await parseJUnit(text);
  if (!read) throw new Error('not JUnit XML');
  const suites = read.testsuite ?? [read];
  let cases = 0;
  for (const suite of suites) {
    const own = suite.testcase ?? [];
    cases += own.length;
    if (suite.tests !== undefined && suite.tests !== own.length) throw new Error(`suite ${suite.name} says tests=${suite.tests} and has ${own.length}`);
    const failed = own.filter((c) => c.failure?.length).length;
    if (suite.failures !== undefined && suite.failures !== failed) throw new Error(`suite ${suite.name} says failures=${suite.failures} and has ${failed}`);
    for (const c of own) if (!c.name) throw new Error(`a case of suite ${suite.name} has no name`);
  }
  return cases;
}

// verdict returns 1: there is one document.
function verdictReader(schema) {
  const validate = compile(schema);
  return (text) => {
    valid(validate, JSON.parse(text));
    return 1;
  };
}

async function refuses(name, read, text, why) {
  try {
    await read(text);
  } catch (e) {
    if (e.message.includes(why)) return;
    throw new Error(`${name} is refused for another reason: ${e.message}`);
  }
  throw new Error(`${name} is read, and must be refused`);
}

const log = (result, rest = {}) => JSON.stringify({
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 'x', rules: [{ id: 'MS001' }] } }, columnKind: 'unicodeCodePoints', results: [result], ...rest }],
});
const result = { ruleId: 'MS001', level: 'error', message: { text: 'x' } };
const suite = (attributes, inside) => `<testsuites><testsuite name="s" ${attributes}>${inside}</testsuite></testsuites>`;

async function selfTest(schema) {
  if (sarif(log(result)) !== 1) throw new Error('a good SARIF log is not counted');
  if ((await junit(suite('tests="1" failures="0"', '<testcase name="a"/>'))) !== 1) throw new Error('a good JUnit suite is not counted');
  const place = (uri) => ({ ...result, locations: [{ physicalLocation: { artifactLocation: { uri } } }] });
  await refuses('a level that does not exist', sarif, log({ ...result, level: 'fatal' }), '/runs/0/results/0/level');
  await refuses('a result without a message', sarif, log({ ruleId: 'MS001' }), "'message'");
  await refuses('columns in bytes', sarif, log(result, { columnKind: 'utf16CodeUnits' }), 'columnKind');
  await refuses('a rule nobody describes', sarif, log({ ...result, ruleId: 'MS002' }), 'not described');
  await refuses('a place on this machine', sarif, log(place('file:///etc/hosts')), 'not inside');
  await refuses('a place above the repository', sarif, log(place('../x.yaml')), 'not inside');
  await refuses('text that is no XML', junit, 'hello', 'before first tag');
  await refuses('a miscounted suite', junit, suite('tests="2"', '<testcase name="a"/>'), 'tests=2');
  await refuses('miscounted failures', junit, suite('tests="1" failures="0"', '<testcase name="a"><failure>no</failure></testcase>'), 'failures=0');
  await refuses('a verdict without an outcome', verdictReader(schema), '{}', 'outcome');
}

const folder = process.argv[2];
const schema = JSON.parse(fs.readFileSync(path.join(folder, 'verdict.schema.json'), 'utf8'));
await selfTest(schema);

const readers = { '.sarif': sarif, '.junit': junit, '.verdict.json': verdictReader(schema) };
let bad = 0;
for (const [ending, read] of Object.entries(readers)) {
  const files = fs.readdirSync(folder).filter((f) => f.endsWith(ending)).sort();
  let items = 0;
  for (const f of files) {
    try {
      items += await read(fs.readFileSync(path.join(folder, f), 'utf8'));
    } catch (e) {
      bad++;
      console.error(`${f}: REFUSED ${e.message.slice(0, 500)}`);
    }
  }
  console.log(`${ending}: ${files.length} files, ${items} items`);
  if (items === 0) {
    bad++;
    console.error(`${ending}: there was nothing to read`);
  }
}
process.exit(bad ? 1 : 0);
