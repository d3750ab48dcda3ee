// Fails when the JavaScript of login + overview passes 250 KB gzip, or any further route +80 KB.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const FIRST_LOAD_KB = 250;
const ROUTE_KB = 80;
const dist = new URL('./dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

/** A chunk and everything it imports statically. */
function withImports(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const imported of manifest[name].imports ?? []) withImports(imported, seen);
  return seen;
}

function kilobytes(names) {
  const files = new Set([...names].map((name) => manifest[name].file));
  let bytes = 0;
  for (const file of files) {
    if (file.endsWith('.js'))
      bytes += gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  }
  return bytes / 1000;
}

const [entry] = Object.entries(manifest).find(([, chunk]) => chunk.isEntry);
const first = withImports(entry);
const lines = [['login + overview', kilobytes(first), FIRST_LOAD_KB]];
for (const name of manifest[entry].dynamicImports ?? []) {
  const added = [...withImports(name)].filter((chunk) => !first.has(chunk));
  lines.push([name.replace(/^src\//, '+ '), kilobytes(added), ROUTE_KB]);
}
let over = false;
for (const [what, size, limit] of lines) {
  const bad = size > limit;
  over ||= bad;
  console.log(
    `${size.toFixed(1).padStart(7)} KB of ${limit}  ${what}${bad ? '  OVER BUDGET' : ''}`,
  );
}
if (over) process.exit(1);
