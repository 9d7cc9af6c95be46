// SPDX-License-Identifier: Apache-2.0
// Oracles of ristretto255.
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';

import { attempt, hex } from './bytes.mjs';
import { groupOperations } from './edwards25519.mjs';

const { Point } = ristretto255;
const encode = (point) => hex(point.toBytes());

export const operations = {
    ...groupOperations(Point.ZERO, (bytes) => attempt(() => Point.fromBytes(bytes)), encode),
    uniform: ([bytes]) => encode(ristretto255_hasher.deriveToCurve(bytes)),
};
