// SPDX-License-Identifier: Apache-2.0
// Reads the cases of one algorithm from standard input and computes each again with @noble.
//   oracle_cases --algorithm NAME ... | node check.mjs NAME
import { createInterface } from 'node:readline';

import { unhex } from './bytes.mjs';

const modules = {
    sha256: './hashes.mjs',
    sha512: './hashes.mjs',
    keccak256: './hashes.mjs',
    sha3: './hashes.mjs',
    blake3: './hashes.mjs',
    lthash: './hashes.mjs',
    ed25519: './ed25519.mjs',
    edwards25519: './edwards25519.mjs',
    ristretto255: './ristretto255.mjs',
    secp256k1: './ecdsa.mjs',
    secp256r1: './ecdsa.mjs',
    bn254: './bn254.mjs',
    bls12_381: './bls12_381.mjs',
    bls12_381_hash: './bls12_381.mjs',
};
const refusals = new Set(['none', 'invalid', 'bad_key', 'bad_id', 'malformed', 'failed', 'out_of_range']);
const shownDifferences = 5;

const { operations } = await import(modules[process.argv[2]]);
const seen = new Map();
let cases = 0;
let differences = 0;
let end;

function check(line) {
    const words = line.split(' ');
    if (words[0] === 'end') {
        end = Number(words[1]);
        return;
    }
    const given = words.at(-1);
    const inputs = words.slice(1, -2).map((word) => (word === '-' ? new Uint8Array() : unhex(word)));
    const expected = operations[words[0]](inputs, given.length / 2);
    const [count, refused] = seen.get(words[0]) ?? [0, 0];
    seen.set(words[0], [count + 1, refused + (refusals.has(expected) ? 1 : 0)]);
    ++cases;
    if (expected === given) return;
    if (++differences > shownDifferences) return;
    console.log(`DIFFERENCE ${line}\n  expected ${expected}`);
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) check(line);
const shares = [...seen].sort().map(([name, [count, refused]]) => `${name} ${count}${refused ? `/${refused}` : ''}`);
console.log(`operations: ${shares.join(', ')}`);
console.log(`${cases} cases, ${differences} differences`);
if (end !== cases) {
    console.log(`INCOMPLETE: the cases end with ${end}`);
    process.exitCode = 1;
}
if (differences > 0) process.exitCode = 1;
