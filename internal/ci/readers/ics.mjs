// ics.mjs FOLDER: two readers of calendars, which know nothing of each other,
// read every feed in FOLDER and must see the same events. First each must
// refuse, or see for what it is, a feed that is wrong on purpose.
import fs from 'node:fs';
import path from 'node:path';
import ICAL from 'ical.js';
import ical from 'node-ical';

const plain = (v) => (v && typeof v === 'object' && 'val' in v ? v.val : v ?? '');
const seconds = (date) => new Date(date).toISOString();

// byIcalJs is what ical.js sees: events by UID.
function byIcalJs(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return calendar.getAllSubcomponents('vevent').map((c) => {
    const e = new ICAL.Event(c);
    return {
      uid: e.uid, summary: e.summary ?? '', start: seconds(e.startDate.toJSDate()), end: seconds(e.endDate.toJSDate()),
      status: c.getFirstPropertyValue('status'), sequence: String(e.sequence ?? 0),
      description: e.description ?? '', stamp: seconds(c.getFirstPropertyValue('dtstamp').toJSDate()),
    };
  }).sort((a, b) => (a.uid < b.uid ? -1 : 1));
}

// byNodeIcal is what node-ical sees, in the same form.
function byNodeIcal(text) {
  return Object.values(ical.sync.parseICS(text)).filter((e) => e.type === 'VEVENT').map((e) => ({
    uid: e.uid, summary: plain(e.summary), start: seconds(e.start), end: seconds(e.end),
    status: e.status, sequence: String(e.sequence ?? 0), description: plain(e.description), stamp: seconds(e.dtstamp),
  })).sort((a, b) => (a.uid < b.uid ? -1 : 1));
}

// raw are the rules that readers forgive: RFC 5545, section 3.1.
function raw(bytes) {
  const lines = bytes.toString('latin1').split('\r\n');
  if (lines.pop() !== '') throw new Error('the last line does not end');
  for (const line of lines) {
    if (/[\r\n]/.test(line)) throw new Error(`a line ends without CRLF: ${line}`);
    if (line.length > 75) throw new Error(`${line.length} octets: ${line}`);
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(line, 'latin1'));
  }
}

function read(bytes) {
  raw(bytes);
  const text = bytes.toString('utf8');
  const [a, b] = [byIcalJs(text), byNodeIcal(text)];
  if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`the readers disagree:\n${JSON.stringify(a)}\n${JSON.stringify(b)}`);
  const ids = new Set(a.map((e) => e.uid));
  if (ids.size !== a.length) throw new Error('a UID is there twice');
  for (const e of a) {
    if (!(e.start < e.end)) throw new Error(`${e.uid} ends before it begins`);
    if (!e.summary || !['CONFIRMED', 'TENTATIVE', 'CANCELLED'].includes(e.status)) throw new Error(`${e.uid} has no summary or status`);
  }
  return a;
}

function refuses(what, text, why) {
  try {
    read(Buffer.from(text));
  } catch (e) {
    if (e.message.includes(why)) return;
    throw new Error(`${what}: refused for another reason: ${e.message}`);
  }
  throw new Error(`${what}: not refused`);
}

const event = (...lines) => ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', 'BEGIN:VEVENT', 'UID:a', 'DTSTAMP:20261101T100000Z',
  'DTSTART:20261101T100000Z', 'DTEND:20261101T110000Z', 'STATUS:CONFIRMED', ...lines, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
if (read(Buffer.from(event('SUMMARY:x'))).length !== 1) throw new Error('a good feed has no event');
refuses('a bare line feed', event('SUMMARY:x\ny'), 'without CRLF');
refuses('a long line', event(`SUMMARY:${'x'.repeat(70)}`), '78 octets');
refuses('no summary', event('CATEGORIES:x'), 'no summary');
refuses('a calendar that does not end', event('SUMMARY:x').replace('END:VCALENDAR\r\n', ''), 'component');

const folder = process.argv[2];
const feeds = fs.readdirSync(folder).filter((f) => f.endsWith('.ics')).sort();
let events = 0;
const seen = new Set();
for (const f of feeds) {
  for (const e of read(fs.readFileSync(path.join(folder, f)))) {
    events++;
    seen.add(e.status);
    seen.add(e.uid.startsWith('window-') ? 'window' : 'change');
  }
}
for (const want of ['CONFIRMED', 'TENTATIVE', 'window', 'change']) {
  if (!seen.has(want)) throw new Error(`no feed shows ${want}`);
}
console.log(`.ics: ${feeds.length} files, ${events} events, the same to ical.js and node-ical`);
