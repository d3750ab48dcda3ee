/** The invented site's log of records: an RFC 6962 tree by definition, and one key that signs. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { http, HttpResponse } from 'msw';
import { problem, type Answer } from './answers.ts';
import { detailOf, type World } from './world.ts';

const ORIGIN = 'log.r1.example';
/** How many of the newest records no checkpoint has yet. */
const UNSIGNED = 1;

interface Log {
  world: World;
  publicKey: Buffer;
  privateKey: KeyObject;
}

export function createLog(world: World): Log {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    world,
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
    privateKey,
  };
}

const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const node = (left: Buffer, right: Buffer) => sha256(Buffer.of(1), left, right);

/** The largest power of two below the count. */
const split = (count: number) => 2 ** Math.floor(Math.log2(count - 1));

function rootOf(leaves: Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  const middle = split(leaves.length);
  return node(rootOf(leaves.slice(0, middle)), rootOf(leaves.slice(middle)));
}

function pathOf(index: number, leaves: Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const middle = split(leaves.length);
  const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)];
  return index < middle
    ? [...pathOf(index, left), rootOf(right)]
    : [...pathOf(index - middle, right), rootOf(left)];
}

const keyId = ({ publicKey }: Log) =>
  sha256(Buffer.from(`${ORIGIN}\n`), Buffer.of(1), publicKey).subarray(0, 4);

/** `GET /log/keys`. */
export function keysOf(log: Log): string {
  const key = Buffer.concat([Buffer.of(1), log.publicKey]).toString('base64');
  return `${ORIGIN}+${keyId(log).toString('hex')}+${key} 0 -\n`;
}

/** `GET /admin/api/requests/{id}/receipt`. */
export function receiptOf(log: Log, id: string) {
  const oldestFirst = [...log.world.requests].reverse();
  const records = oldestFirst.map((request) => detailOf(log.world, request));
  const index = records.findIndex((record) => record.id === id);
  const record = records[index];
  if (!record) return problem(404, 'not_found', 'This receipt does not exist');
  const receipt = { id, receipt: `v1.${record.record}`, log_index: null, proof: null, held: null };
  const size = records.length - UNSIGNED;
  if (index >= size) return receipt;
  const leaves = records.slice(0, size).map((one) => Buffer.from(one.leaf_sha256, 'hex'));
  const text = `${ORIGIN}\n${size}\n${rootOf(leaves).toString('base64')}\n`;
  const signature = Buffer.concat([keyId(log), sign(null, Buffer.from(text), log.privateKey)]);
  const proof = [
    'c2sp.org/tlog-proof@v1',
    `index ${index}`,
    ...pathOf(index, leaves).map((hash) => hash.toString('base64')),
    '',
    `${text}\n— ${ORIGIN} ${signature.toString('base64')}\n`,
  ].join('\n');
  return { ...receipt, log_index: String(index), proof };
}

export function logHandlers(log: Log, answer: Answer) {
  return [
    http.get(
      '*/admin/api/requests/:id/receipt',
      answer((_request, id) => receiptOf(log, id)),
    ),
    http.get('*/log/keys', () => HttpResponse.text(keysOf(log))),
  ];
}
