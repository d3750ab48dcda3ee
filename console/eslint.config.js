import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const MONEY = 'Amounts and counts are parsed only in lib/money.ts.';

/** Import direction: lib ← components ← features ← app, and no feature sees another. */
function closed(files, group, message) {
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'zod', message: 'Import z from @/lib/wire.' }],
          patterns: [
            { group: ['zod/*'], message: 'Import z from @/lib/wire.' },
            { group: ['../*', './*'], message: 'Write @/… so that the direction shows.' },
            ...(group.length > 0 ? [{ group, message }] : []),
          ],
        },
      ],
    },
  };
}

const FEATURES = [
  'session',
  'overview',
  'usage',
  'keys',
  'projects',
  'members',
  'audit',
  'invoices',
  'exports',
  'billing',
  'organizations',
  'upstreams',
  'reconciliation',
];
const features = FEATURES.map((name) =>
  closed(
    [`src/features/${name}/**`],
    [
      '@/app/*',
      ...FEATURES.filter((other) => other !== name).map((other) => `@/features/${other}/**`),
    ],
    'A feature imports components, lib and itself.',
  ),
);

export default defineConfig(
  { ignores: ['dist', 'dist-look', 'coverage'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, reactHooks.configs.flat.recommended],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-implicit-coercion': ['error', { number: true, boolean: false, string: false }],
      'max-lines': ['error', 300],
    },
  },
  {
    files: ['src/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['Number', 'parseFloat', 'parseInt'].map((name) => ({ name, message: MONEY })),
      ],
      'no-restricted-properties': [
        'error',
        ...['parseFloat', 'parseInt'].map((property) => ({
          object: 'Number',
          property,
          message: MONEY,
        })),
      ],
    },
  },
  // A list of sentences, one a line: splitting it would only hide them.
  { files: ['src/lib/i18n/*.ts'], rules: { 'max-lines': 'off' } },
  { files: ['src/lib/money.ts'], rules: { 'no-restricted-globals': 'off' } },
  closed(
    ['src/lib/**'],
    ['@/components/**', '@/features/**', '@/app/*'],
    'lib imports nothing of ours but lib.',
  ),
  closed(
    ['src/components/**'],
    ['@/features/**', '@/app/*'],
    'components import components and lib.',
  ),
  ...features,
  closed(['src/app/**', 'src/main.tsx'], [], ''),
  { files: ['src/lib/wire.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['test/**'],
    rules: {
      'max-lines': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['*.mjs', 'e2e/*.mjs', 'public/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'console',
          'process',
          'URL',
          'document',
          'fetch',
          'scrollTo',
          'globalThis',
          'localStorage',
          'matchMedia',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
