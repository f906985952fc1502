import { isList, type JsonValue } from './json.js';

/**
 * The hash of a JSON value, whatever the order of its keys: `sha256:<hex>` of its canonical text.
 *
 * @example
 * hashJson({ b: 1, a: 2 }) === hashJson({ a: 2, b: 1 }); // true
 */
export function hashJson(value: JsonValue): string {
  return `sha256:${sha256(canonicalJson(value))}`;
}

/**
 * The one text of a JSON value (RFC 8785): keys sorted by UTF-16 code units, no white space, numbers as ECMAScript writes
 * them. Recursive, so for values whose depth is bounded: every document that was read is (`Limits.depth`).
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const K = fractions(64, Math.cbrt);
/** The same of the square roots of the first eight. */
const INITIAL = fractions(8, Math.sqrt);

/**
 * SHA-256 (FIPS 180-4) of a text's UTF-8 bytes, as 64 hexadecimal digits.
 *
 * Written out here because checking a workflow is synchronous and runs in browsers: `node:crypto` is not there, and
 * `crypto.subtle` answers with a promise only. It tells documents apart; it keeps no secrets.
 */
export function sha256(text: string): string {
  const words = padded(new TextEncoder().encode(text));
  const hash = Uint32Array.from(INITIAL);
  const w = new Uint32Array(64);
  for (let block = 0; block < words.length; block += 16) {
    for (let t = 0; t < 64; t++) {
      w[t] =
        t < 16
          ? at(words, block + t)
          : at(w, t - 16) + at(w, t - 7) + sigma(at(w, t - 15), 7, 18, 3) + sigma(at(w, t - 2), 17, 19, 10);
    }
    compress(hash, w);
  }
  return Array.from(hash, (word) => word.toString(16).padStart(8, '0')).join('');
}

function compress(hash: Uint32Array, w: Uint32Array): void {
  const s = Uint32Array.from(hash);
  for (let t = 0; t < 64; t++) {
    const [a, b, c, e, f, g] = [at(s, 0), at(s, 1), at(s, 2), at(s, 4), at(s, 5), at(s, 6)];
    const round1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const mixed = at(s, 7) + round1 + choice + at(K, t) + at(w, t);
    const round0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    s.copyWithin(1, 0, 7);
    s[4] = at(s, 4) + mixed;
    s[0] = mixed + round0 + majority;
  }
  for (let i = 0; i < 8; i++) hash[i] = at(hash, i) + at(s, i);
}

/** The message, a one bit, zeros, and the length in bits, as 32-bit words in blocks of sixteen. */
function padded(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(((bytes.length + 8) >> 6) * 16 + 16);
  bytes.forEach((byte, i) => {
    words[i >> 2] = at(words, i >> 2) | (byte << (24 - (i & 3) * 8));
  });
  words[bytes.length >> 2] = at(words, bytes.length >> 2) | (0x80 << (24 - (bytes.length & 3) * 8));
  words[words.length - 2] = Math.floor(bytes.length / 0x2000_0000);
  words[words.length - 1] = bytes.length << 3;
  return words;
}

function sigma(x: number, first: number, second: number, shift: number): number {
  return rotate(x, first) ^ rotate(x, second) ^ (x >>> shift);
}

function rotate(x: number, by: number): number {
  return (x >>> by) | (x << (32 - by));
}

function at(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}

function fractions(count: number, root: (prime: number) => number): Uint32Array {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return Uint32Array.from(primes, (prime) => (root(prime) % 1) * 0x1_0000_0000);
}
