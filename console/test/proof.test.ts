import { describe, expect, it } from 'vitest';
import { checkProof, parseProof } from '@/features/usage/proof';
import { createLog, keysOf, receiptOf } from './log.ts';
import { createWorld } from './world.ts';

const world = createWorld(new Date('2026-11-22T12:00:00Z'), 2);
const log = createLog(world);

function proven(index: number) {
  const id = [...world.requests].reverse()[index]!.id;
  const found = receiptOf(log, id);
  if (found instanceof Response || found.proof === null) throw new Error('no proof');
  return { record: found.receipt.slice('v1.'.length), proof: found.proof };
}

describe('a proof', () => {
  it('is checked for every record of a log', async () => {
    const keys = keysOf(log);
    for (let index = 0; index < world.requests.length - 1; index++) {
      const { record, proof } = proven(index);
      expect(await checkProof(record, proof, keys)).toBe('proven');
      expect(parseProof(proof).index).toBe(BigInt(index));
    }
  });

  it('is refused for another record, place, root, size or hash', async () => {
    const keys = keysOf(log);
    const { record, proof } = proven(5);
    const { hashes, root, size } = parseProof(proof);
    const changed = [
      proof.replace('index 5', 'index 4'),
      proof.replace('index 5', 'index 6'),
      proof.replace(hashes[1]!, hashes[0]!),
      proof.replace(`${hashes[0]!}\n`, ''),
      proof.replace(root, hashes[0]!),
      proof.replace(`\n${size.toString()}\n`, '\n6\n'),
    ];
    for (const wrong of changed) {
      expect(wrong).not.toBe(proof);
      expect(await checkProof(record, wrong, keys)).toBe('notInLog');
    }
    expect(await checkProof(proven(6).record, proof, keys)).toBe('notInLog');
  });

  it('is refused if no key of the log signed the checkpoint, or an old one too late', async () => {
    const { record, proof } = proven(5);
    expect(await checkProof(record, proof, keysOf(createLog(world)))).toBe('notSigned');
    expect(await checkProof(record, proof, keysOf(log).replace('0 -', '0 3'))).toBe('notSigned');
    expect(await checkProof(record, proof, '')).toBe('notSigned');
    const grown = proof.replace('log.r1.example\n', 'log.r1.example.org\n');
    expect(await checkProof(record, grown, keysOf(log))).toBe('notSigned');
  });

  it('that is none is not read', () => {
    for (const text of ['', 'index 5', 'c2sp.org/tlog-proof@v2\nindex 1\n\na\n1\nb\n\n— a b\n'])
      expect(() => parseProof(text)).toThrow();
  });
});
