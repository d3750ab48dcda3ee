// What both scripts share: OpenAI's client as anybody would make it, and its version.
//   R1_URL=http://… R1_KEY=… R1_MODEL=…
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';

const { R1_URL, R1_KEY } = process.env;
export const model = process.env.R1_MODEL;
export const question = [{ role: 'user', content: 'What is 347 + 589?' }];

const manifest = new URL('./node_modules/openai/package.json', import.meta.url);
export const version = JSON.parse(readFileSync(manifest, 'utf8')).version;

export function client(options = {}) {
  return new OpenAI({ baseURL: `${R1_URL}/v1`, apiKey: R1_KEY, maxRetries: 0, ...options });
}

/** Runs each check by its name; the last line says of which version, and how many there were. */
export async function run(checks, of = version) {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
    } catch (failure) {
      throw new Error(`${name}: ${failure.message}`, { cause: failure });
    }
  }
  console.log(`version=${of} checks=${Object.keys(checks).length}`);
}
