(() => {
  const all = (query, root) => [...(root || document).querySelectorAll(query)];
  const tools = document.querySelector('.tools');
  const rows = all('tr[data-change]');
  const lanes = all('.lane[data-lane=service]');

  // Filters: what does not match is hidden in the table, the timeline and the
  // list of collisions alike.
  const picks = all('[data-filter]', tools);
  const of = (row, what) => (what === 'level' ? [row.dataset.level] : JSON.parse(row.dataset[what + 's']));
  function filter() {
    const shown = new Set();
    for (const row of rows) {
      row.hidden = !picks.every((p) => !p.value || of(row, p.dataset.filter).includes(p.value));
      if (!row.hidden) shown.add(row.dataset.change);
    }
    const service = picks.find((p) => p.dataset.filter === 'service').value;
    for (const lane of lanes) {
      let any = false;
      for (const mark of all('.mark', lane)) {
        mark.parentElement.hidden = !shown.has(mark.dataset.change);
        any = any || shown.has(mark.dataset.change);
      }
      lane.hidden = !any || (service !== '' && lane.dataset.service !== service);
    }
    for (const item of all('.clashes li')) item.hidden = !item.dataset.changes.split(' ').some((c) => shown.has(c));
    document.getElementById('shown').textContent = shown.size === rows.length ? '' : shown.size + ' of ' + rows.length + ' changes shown';
  }
  for (const p of picks) p.addEventListener('change', filter);

  // The days of the timeline begin at midnight of the zone that is chosen.
  const board = document.querySelector('.board');
  const grid = document.querySelector('.grid');
  const first = grid.innerHTML;
  const from = Date.parse(board.dataset.from), to = Date.parse(board.dataset.to);
  function days(clock) {
    if (!clock) { grid.innerHTML = first; return; }
    const quarter = 15 * 60 * 1000;
    const starts = [from];
    let day = clock.parts(new Date(from)).day;
    for (let t = Math.ceil((from + 1) / quarter) * quarter; t < to; t += quarter) {
      const now = clock.parts(new Date(t)).day;
      if (now !== day) { starts.push(t); day = now; }
    }
    grid.replaceChildren(...starts.map((t, i) => {
      const end = i + 1 < starts.length ? starts[i + 1] : to;
      const p = clock.parts(new Date(t));
      const li = document.createElement('li'), b = document.createElement('b');
      li.className = /^S/.test(p.name) ? 'rest' : '';
      b.textContent = p.number;
      const begins = i === 0 || p.number === '1';
      li.append(b, !begins ? p.name : grid.matches('.many') ? p.month : p.name + ' ' + p.month);
      li.style.left = (100 * (t - from)) / (to - from) + '%';
      li.style.width = (100 * (end - t)) / (to - from) + '%';
      return li;
    }));
  }
  zones(document.body, document.getElementById('zone'), days);

  // Cards: a close returns to where the reader was.
  let back = null;
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    if (link.matches('.shut')) { event.preventDefault(); shut(); } else if (!link.closest('article')) back = { link, x: scrollX, y: scrollY };
  });
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') shut(); });
  window.addEventListener('hashchange', () => { const card = document.querySelector('article:target'); if (card) card.focus({ preventScroll: true }); });
  function shut() {
    if (!document.querySelector('article:target')) return;
    location.hash = '#timeline';
    if (!back) return;
    window.scrollTo(back.x, back.y);
    back.link.focus({ preventScroll: true });
  }

  tools.addEventListener('submit', (event) => event.preventDefault());
  tools.hidden = false;
})();
