import { isList, type JsonObject, type JsonValue } from './json.js';

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
  let members = '';
  if (isList(value)) {
    for (const item of value) members += `${members === '' ? '' : ','}${canonicalJson(item)}`;
    return `[${members}]`;
  }
  for (const key of sortedKeys(value)) {
    members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`;
  }
  return `{${members}}`;
}

/** Up to so many keys it takes longer to set up a sort than to put them in order one by one. */
const FEW = 16;

/** In order of their UTF-16 code units. */
function sortedKeys(value: JsonObject): readonly string[] {
  const keys = Object.keys(value);
  if (keys.length > FEW) return keys.sort();
  keys.forEach((key, i) => {
    let at = i;
    for (; at > 0 && (keys[at - 1] ?? '') > key; at--) keys[at] = keys[at - 1] ?? '';
    keys[at] = key;
  });
  return keys;
}

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const K = Int32Array.from(fractions(64, Math.cbrt));
/** The same of the square roots of the first eight. */
const INITIAL = fractions(8, Math.sqrt);

/**
 * SHA-256 (FIPS 180-4) of a text's UTF-8 bytes, as 64 hexadecimal digits.
 *
 * Written out here because checking a workflow is synchronous and runs in browsers: `node:crypto` is not there, and
 * `crypto.subtle` answers with a promise only. It tells documents apart; it keeps no secrets.
 */
export function sha256(text: string): string {
  const message = padded(new TextEncoder().encode(text));
  const hash = Uint32Array.from(INITIAL);
  const w = new Int32Array(64);
  for (let block = 0; block < message.byteLength; block += 64) {
    for (let t = 0; t < 16; t++) w[t] = message.getInt32(block + t * 4);
    for (let t = 16; t < 64; t++) {
      w[t] = at(w, t - 16) + at(w, t - 7) + sigma(at(w, t - 15), 7, 18, 3) + sigma(at(w, t - 2), 17, 19, 10);
    }
    compress(hash, w);
  }
  return Array.from(hash, (word) => word.toString(16).padStart(8, '0')).join('');
}

/** The variables are called as in the standard; `| 0` keeps sums within 32 bits. */
function compress(hash: Uint32Array, w: Int32Array): void {
  let a = at(hash, 0) | 0;
  let b = at(hash, 1) | 0;
  let c = at(hash, 2) | 0;
  let d = at(hash, 3) | 0;
  let e = at(hash, 4) | 0;
  let f = at(hash, 5) | 0;
  let g = at(hash, 6) | 0;
  let h = at(hash, 7) | 0;
  for (let t = 0; t < 64; t++) {
    const round1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const mixed = (h + round1 + choice + at(K, t) + at(w, t)) | 0;
    const round0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + mixed) | 0;
    d = c;
    c = b;
    b = a;
    a = (mixed + round0 + majority) | 0;
  }
  hash[0] = at(hash, 0) + a;
  hash[1] = at(hash, 1) + b;
  hash[2] = at(hash, 2) + c;
  hash[3] = at(hash, 3) + d;
  hash[4] = at(hash, 4) + e;
  hash[5] = at(hash, 5) + f;
  hash[6] = at(hash, 6) + g;
  hash[7] = at(hash, 7) + h;
}

/** The message, a one bit, zeros, and the length in bits, in blocks of 64 bytes. */
function padded(bytes: Uint8Array): DataView {
  const length = ((bytes.length + 8) >> 6) * 64 + 64;
  const message = new Uint8Array(length);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setUint32(length - 8, Math.floor(bytes.length / 0x2000_0000));
  view.setUint32(length - 4, bytes.length << 3);
  return view;
}

function sigma(x: number, first: number, second: number, shift: number): number {
  return rotate(x, first) ^ rotate(x, second) ^ (x >>> shift);
}

function rotate(x: number, by: number): number {
  return (x >>> by) | (x << (32 - by));
}

function at(words: Uint32Array | Int32Array, index: number): number {
  return words[index] ?? 0;
}

function fractions(count: number, root: (prime: number) => number): Uint32Array {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return Uint32Array.from(primes, (prime) => (root(prime) % 1) * 0x1_0000_0000);
}
