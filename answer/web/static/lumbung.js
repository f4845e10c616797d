'use strict';
(function () {
  var root = document.documentElement, id = document.documentElement.lang === 'id';
  root.classList.add('ada-js');
  var prefix = id ? '' : '/en';

  // The number page in a panel; the link itself is the way without script.
  var dialog = document.createElement('dialog'), opener = null;
  var fetchDoc = function (url) {
    return fetch(url, { headers: { Accept: 'text/html' } }).then(function (r) {
      if (!r.ok) { throw new Error(r.status); }
      return r.text();
    }).then(function (t) { return new DOMParser().parseFromString(t, 'text/html'); });
  };
  var show = function (url) {
    fetchDoc(url).then(function (doc) {
      var body = doc.querySelector('[data-isi-panel]');
      if (!body) { location.href = url; return; }
      var shut = document.createElement('button');
      shut.type = 'button'; shut.className = 'tutup'; shut.textContent = id ? 'Tutup ✕' : 'Close ✕';
      shut.addEventListener('click', function () { dialog.close(); });
      dialog.replaceChildren(shut, document.importNode(body, true));
      dialog.dataset.url = url;
      dialog.querySelectorAll('a[href^="?"]').forEach(function (a) { a.href = new URL(a.getAttribute('href'), url).href; a.dataset.panel = ''; });
      var head = dialog.querySelector('h1');
      head.id = 'panel-judul'; head.tabIndex = -1;
      dialog.setAttribute('aria-labelledby', 'panel-judul');
      if (!dialog.isConnected) { document.body.append(dialog); }
      if (!dialog.open) { dialog.showModal(); }
      dialog.scrollTop = 0;
      var at = url.split('#')[1], row = at && dialog.querySelector('[id="' + CSS.escape(at) + '"]');
      if (row) { row.scrollIntoView({ block: 'center' }); (row.querySelector('a.sel') || head).focus(); } else { head.focus(); }
    }).catch(function () { location.href = url; });
  };
  dialog.addEventListener('close', function () { if (opener) { opener.focus(); } });
  dialog.addEventListener('click', function (e) { if (e.target === dialog) { dialog.close(); } });
  document.addEventListener('click', function (e) {
    var a = e.target.closest && e.target.closest('a[data-panel]');
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey || e.button) { return; }
    var url = a.href.baseVal === undefined ? a.href : new URL(a.href.baseVal, location).href;
    if (!dialog.open) {
      // The shape in a chart is for pointers only; focus returns to the same number in the table.
      opener = a.ownerSVGElement ? document.querySelector('table a[href="' + CSS.escape(a.href.baseVal) + '"]') || a : a;
      if (a.closest('[data-isi-panel]')) { return; }
    }
    e.preventDefault();
    show(url);
  });

  // Shape and row light up together.
  document.addEventListener('pointerover', function (e) {
    var a = e.target.closest && e.target.closest('svg a[data-panel]');
    document.querySelectorAll('.sorot').forEach(function (x) { x.classList.remove('sorot'); });
    if (a) {
      var t = document.querySelector('table a[href="' + CSS.escape(a.href.baseVal) + '"]');
      if (t) { t.closest('tr').classList.add('sorot'); }
    }
  });

  document.addEventListener('click', function (e) {
    var b = e.target.closest && e.target.closest('button');
    if (!b) { return; }
    if (b.classList.contains('cetak')) { window.print(); }
    if (b.classList.contains('salin')) {
      var url = dialog.open ? dialog.dataset.url : location.href;
      navigator.clipboard.writeText(url).then(function () { b.textContent = b.dataset.selesai; }, function () { prompt('', url); });
    }
  });

  // Suggestions come from the search page itself.
  var input = document.querySelector('.cari input'), list = null, timer = 0, last = '';
  var suggest = function () {
    var q = input.value.trim();
    if (q === last) { return; }
    last = q;
    if (list) { list.remove(); list = null; }
    if (q.length < 3) { return; }
    fetchDoc(prefix + '/cari?q=' + encodeURIComponent(q)).then(function (doc) {
      if (q !== input.value.trim()) { return; }
      var hits = doc.querySelectorAll('.hasil li');
      list = document.createElement('ul'); list.className = 'saran';
      Array.prototype.slice.call(hits, 0, 8).forEach(function (li) {
        var a = li.querySelector('a').cloneNode(true), item = document.createElement('li');
        a.textContent += ' · ' + li.querySelector('code').textContent;
        item.append(a); list.append(item);
      });
      if (hits.length) { input.parentNode.append(list); }
    }).catch(function () {});
  };
  if (input) {
    input.addEventListener('input', function () { clearTimeout(timer); timer = setTimeout(suggest, 200); });
    input.addEventListener('keydown', function (e) { if (e.key === 'Escape' && list) { list.remove(); list = null; } });
  }

  // A line, never a reload, when a new snapshot is there.
  var mine = document.body.dataset.potret;
  if (mine && !/[?&]potret=/.test(location.search)) {
    setInterval(function () {
      if (document.hidden || document.querySelector('.baru')) { return; }
      fetch('/sehat').then(function (r) { return r.json(); }).then(function (s) {
        if (!s.snapshot || s.snapshot === mine) { return; }
        var p = document.createElement('p'), a = document.createElement('a');
        p.className = 'baru'; p.setAttribute('role', 'status');
        a.href = location.href; a.textContent = id ? 'Data baru, muat ulang' : 'New data, reload';
        p.append(a); document.body.append(p);
      }).catch(function () {});
    }, 60000);
  }
})();
