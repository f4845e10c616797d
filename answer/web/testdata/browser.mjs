// Drives a real Chromium against a served dashboard and prints what it found wrong, one line each.
// Usage: node browser.mjs BASE CHROMIUM
import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [base, executablePath] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath, args });
let checks = 0;
const check = (ok, what) => { checks++; if (!ok) { console.log('WRONG ' + what); } };

const pages = ['/64.02', '/64.02/perpindahan', '/64.02/perpindahan?pita=1', '/64.02/kecamatan', '/64.02/program', '/64.02.08', '/64.02.08.2009', '/64.02.08.2009/indikator', '/64', '/cocokkan', '/mutu',
  '/pembaruan', '/cari?q=sumber+sari', '/cari?q=', '/asal/mart_tren_status/64.02/2019/tertinggal', '/asal/mart_tren_status/64.02/2024/berkembang?buka=64.02.08.2009', '/asal/mart_tren_status/64.02/2020/tertinggal/perubahan',
  '/asal/mart_transisi/64.02/2023/2024/berkembang/maju', '/asal/mart_profil_desa/64.02.08.2009/2024', '/asal/fct_indikator/64.02.08.2009/2024/50',
  '/asal/mart_program/64.02.08/2024', '/berkas/mart_tren_status', '/tidak-ada'];

// 53 -> rows -> cells by clicking, in both languages, without and with script.
for (const [lang, row, cell, mark] of [['', 'baris', 'sel', 'rekonstruksi'], ['/en', 'rows', 'cell', 'reconstruction']]) {
  for (const javaScriptEnabled of [false, true]) {
    const name = `${lang || '/id'} script=${javaScriptEnabled}`;
    const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    page.on('console', (m) => { if (m.type() === 'error') { check(false, `${name}: console: ${m.text()}`); } });
    await page.goto(base + lang + '/');
    const opener = page.locator('dl.kunci a', { hasText: /^53$/ });
    check(await opener.count() === 1, `${name}: one 53 among the key numbers`);
    await opener.click();
    const place = javaScriptEnabled ? page.locator('dialog[open]') : page.locator('main');
    await place.locator('h1 b').waitFor();
    check((await place.locator('h1').innerText()).startsWith('53 '), `${name}: heading of the number page`);
    check((await place.locator('.langkah').innerText()).includes(`53 ${row}`), `${name}: 53 rows announced`);
    check((await place.innerText()).includes(mark), `${name}: badge on the number page`);
    check(await place.locator('tbody tr').count() === 11, `${name}: 11 rows`);
    await place.getByRole('link', { name: lang ? '42 more rows' : '42 baris lagi' }).click();
    await place.locator('tbody tr').nth(52).waitFor();
    check(await place.locator('tbody tr').count() === 53, `${name}: all 53 rows`);
    check(await place.locator('tbody tr.rek-baris').count() === 53, `${name}: dashed edge on 53 rows`);
    await place.locator('a.sel').first().click();
    await place.locator('.rincian').waitFor();
    const detail = await place.locator('.rincian').innerText();
    check(detail.includes('idm-2019.xlsx') && /\b[A-Z]+\d+\b/.test(detail), `${name}: file and cell`);
    check(await place.locator('.tabel-sel tbody tr').count() >= 5, `${name}: cells with raw text`);
    if (javaScriptEnabled) {
      await page.keyboard.press('Escape');
      await page.waitForFunction(() => !document.querySelector('dialog[open]'));
      check(await page.evaluate(() => document.activeElement.textContent) === '53', `${name}: focus returns to the number`);
    }
    await context.close();
  }
}

const context = await browser.newContext();
const page = await context.newPage();
for (const path of pages.flatMap((p) => [p, '/en' + p])) {
  await page.setViewportSize({ width: 1280, height: 844 });
  await page.goto(base + path);
  await page.evaluate(axe); // the debugger may do this; the page's own policy forbids eval
  for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark'], [320, 'light']]) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme });
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(sideways <= 0, `${path} at ${width}: scrolls ${sideways} px sideways`);
    if (width === 1280) { // nothing of a table may be out of sight on a desktop
      const hidden = await page.evaluate(() => [...document.querySelectorAll('.gulung')].filter((e) => e.scrollWidth > e.clientWidth).map((e) => `${e.ariaLabel} ${e.scrollWidth - e.clientWidth} px`));
      check(hidden.length === 0, `${path} at ${width}: tables cut off: ${hidden}`);
    }
    if (width === 320) { continue; }
    const found = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    check(found.passes.length > 10, `${path} at ${width}: axe ran`);
    for (const v of found.violations) {
      check(false, `${path} at ${width} ${colorScheme}: ${v.id}: ${v.nodes.length}x ${v.nodes[0].target} ${v.nodes[0].failureSummary.replace(/\s+/g, ' ').slice(0, 220)}`);
    }
  }
}
await page.setViewportSize({ width: 1280, height: 844 });
await page.emulateMedia({ media: 'print', colorScheme: 'light' });
for (const [path, most] of [['/64.02', 2], ['/64.02/perpindahan', 2], ['/64.02/kecamatan', 1], ['/64.02.08.2009', 2], ['/64.02.08.2009/indikator', 2]]) {
  await page.goto(base + path);
  const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
  const sheets = (pdf.match(/\/Type\s*\/Page\b/g) || []).length;
  check(sheets === most, `${path} prints on ${sheets} sheets, not ${most}`);
}
await browser.close();
console.log(`${checks} checks`);
