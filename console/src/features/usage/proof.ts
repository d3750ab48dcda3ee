/**
 * Checks in the browser that a record is in the log: C2SP tlog-proof@v1, RFC 6962, Ed25519. All
 * counts are `bigint`; what does not parse is not proven.
 */
import { leafBytes } from '@/features/usage/leafHash';

const HEAD = 'c2sp.org/tlog-proof@v1';
const DASH = '— ';
const ED25519 = 1;
const KEY_ID_BYTES = 4;

export interface Proof {
  index: bigint;
  hashes: string[];
  /** What is signed: origin, size, root, each a line. */
  text: string;
  origin: string;
  size: bigint;
  /** Base64 of SHA-256, as in the text. */
  root: string;
  signatures: { name: string; bytes: Uint8Array<ArrayBuffer> }[];
}

type Bytes = Uint8Array<ArrayBuffer>;

const bytesOf = (base64: string): Bytes =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

const base64Of = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

/** Reads a proof; nothing of it may be believed before it is checked. */
export function parseProof(proof: string): Proof {
  const blank = proof.indexOf('\n\n');
  const [head, index = '', ...hashes] = proof.slice(0, blank).split('\n');
  const note = proof.slice(blank + 2);
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const [origin = '', size = '', root = ''] = text.split('\n');
  if (blank < 0 || end < 0 || head !== HEAD || !/^index \d+$/.test(index) || !/^\d+$/.test(size)) {
    throw new TypeError('not a proof');
  }
  const signatures = note
    .slice(end + 2)
    .split('\n')
    .filter((line) => line.startsWith(DASH))
    .map((line) => {
      const space = line.lastIndexOf(' ');
      const bytes = bytesOf(line.slice(space + 1)).slice(KEY_ID_BYTES);
      return { name: line.slice(DASH.length, space), bytes };
    });
  return {
    index: BigInt(index.slice('index '.length)),
    hashes,
    text,
    origin,
    size: BigInt(size),
    root,
    signatures,
  };
}

async function node(left: Bytes, right: Bytes): Promise<Bytes> {
  const whole = new Uint8Array(1 + left.length + right.length);
  whole[0] = 1;
  whole.set(left, 1);
  whole.set(right, 1 + left.length);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
}

/** The root that the leaf and the hashes lead to, by RFC 9162, section 2.1.3.2. */
async function rootOf(leaf: Bytes, { index, size, hashes }: Proof): Promise<string | undefined> {
  if (index >= size) return undefined;
  let [place, last, root] = [index, size - 1n, leaf];
  for (const hash of hashes) {
    if (last === 0n) return undefined;
    if (place % 2n === 1n || place === last) {
      root = await node(bytesOf(hash), root);
      while (place % 2n === 0n && place !== 0n) [place, last] = [place / 2n, last / 2n];
    } else {
      root = await node(root, bytesOf(hash));
    }
    [place, last] = [place / 2n, last / 2n];
  }
  return last === 0n ? base64Of(root) : undefined;
}

/** Whether a key of the log that held at this size signed the checkpoint. */
async function isSigned(proof: Proof, keys: string): Promise<boolean> {
  const signed = new TextEncoder().encode(proof.text);
  for (const line of keys.split('\n')) {
    const [key = '', first = '0', last = '-'] = line.split(' ');
    const [name = '', , ...encoded] = key.split('+');
    const holds = BigInt(first) <= proof.size && (last === '-' || proof.size <= BigInt(last));
    if (name !== proof.origin || !holds) continue;
    const raw = bytesOf(encoded.join('+'));
    if (raw[0] !== ED25519) continue;
    const imported = await crypto.subtle.importKey('raw', raw.slice(1), 'Ed25519', false, [
      'verify',
    ]);
    for (const signature of proof.signatures.filter((one) => one.name === name)) {
      if (await crypto.subtle.verify('Ed25519', imported, signature.bytes, signed)) return true;
    }
  }
  return false;
}

export type ProofVerdict = 'proven' | 'notInLog' | 'notSigned';

/** Hashes the record, walks to the root, and checks the signature over it. */
export async function checkProof(
  record: string,
  proof: string,
  keys: string,
): Promise<ProofVerdict> {
  const parsed = parseProof(proof);
  const leaf = await leafBytes(record);
  if ((await rootOf(leaf, parsed)) !== parsed.root) return 'notInLog';
  return (await isSigned(parsed, keys)) ? 'proven' : 'notSigned';
}
