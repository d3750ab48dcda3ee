import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en as first } from '@/lib/i18n/en';
import { enBilling } from '@/lib/i18n/enBilling';
import { ko } from '@/lib/i18n/ko';

const en = { ...first, ...enBilling };
const keys = Object.keys(en) as (keyof typeof en)[];
const placeholders = (text: string) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

function sources(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('i18n'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
}

describe('Korean', () => {
  it('has exactly the keys of English', () => {
    expect(Object.keys(ko).sort()).toEqual([...keys].sort());
  });

  it('keeps the placeholders of every message', () => {
    const changed = keys.filter(
      (key) => placeholders(ko[key]).join() !== placeholders(en[key]).join(),
    );
    expect(changed).toEqual([]);
  });
});

describe('messages of billing', () => {
  it('are no others’: those would be shown in their place', () => {
    expect(Object.keys(enBilling).filter((key) => key in first)).toEqual([]);
  });
});

describe('every message', () => {
  const code = sources(join(import.meta.dirname, '../src'));

  it('is used: by its key, or by a template that ends or begins like it', () => {
    const templates = [...code.matchAll(/`([a-zA-Z_.]+\.)\$\{[^}]+\}([a-zA-Z.]*)`/g)];
    const unused = keys
      .map((key) => key.replace(/_(one|other)$/, ''))
      .filter((key) => !code.includes(`'${key}'`))
      .filter(
        (key) =>
          !templates.some(([, start = '', end = '']) => key.startsWith(start) && key.endsWith(end)),
      );
    expect(unused).toEqual([]);
  });
});
