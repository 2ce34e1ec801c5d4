// Writes every instant of the page in the zone that the reader chooses.
function zones(body, select, changed) {
  const start = body.dataset.zone;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = new Set(['', start]);
  const offer = (into, zone, text) => {
    if (known.has(zone)) return;
    known.add(zone);
    into.append(new Option(text || zone, zone));
  };
  offer(select, own, own + ' (this device)');
  offer(select, 'UTC');
  const rest = document.createElement('optgroup');
  rest.label = 'All zones';
  for (const zone of Intl.supportedValuesOf ? Intl.supportedValuesOf('timeZone') : []) offer(rest, zone);
  select.append(rest);

  const before = new Map();
  for (const el of document.querySelectorAll('time, .span, .zone')) before.set(el, el.textContent);
  select.addEventListener('change', () => {
    const clock = select.value ? clockOf(select.value) : null;
    for (const [el, text] of before) {
      if (!clock) el.textContent = text;
      else if (el.matches('.zone')) el.textContent = select.value;
      else if (el.matches('.hour')) el.textContent = clock.parts(new Date(el.dateTime)).hour;
      else if (el.matches('time')) el.textContent = clock.at(new Date(el.dateTime));
      else if (el.dataset.from) el.textContent = clock.span(new Date(el.dataset.from), new Date(el.dataset.to));
    }
    changed(clock || (start && clockOf(start)));
  });
}

function clockOf(zone) {
  const form = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric',
    hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'longOffset',
  });
  const parts = (t) => {
    const p = Object.fromEntries(form.formatToParts(t).map((x) => [x.type, x.value]));
    const offset = p.timeZoneName.replace('GMT', '') || 'UTC';
    return { number: p.day, name: p.weekday, month: p.month, year: p.year, hour: p.hour + ':' + p.minute, offset, day: p.weekday + ' ' + p.day + ' ' + p.month + ' ' + p.year };
  };
  const at = (p) => p.day + ' ' + p.hour + ' ' + p.offset;
  return {
    parts,
    at: (t) => at(parts(t)),
    span(from, to) {
      const a = parts(from), b = parts(to), last = parts(new Date(to - 1));
      if (a.offset !== b.offset) return at(a) + ' – ' + at(b);
      if (a.day === last.day) return a.day + ' ' + a.hour + '–' + b.hour + ' ' + a.offset;
      return a.day + ' ' + a.hour + ' – ' + at(b);
    },
  };
}
