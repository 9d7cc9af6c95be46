// SPDX-License-Identifier: Apache-2.0
// The families of cases and how often each is drawn.
import { cpi } from "./cpi.mjs";
import { durableNonce, nonce } from "./nonce.mjs";
import { system } from "./system.mjs";
import { budget, hostile, lookup, payers, signatures } from "./transaction.mjs";
import { vote } from "./vote.mjs";

export const families = {
    system: { weight: 10, make: system },
    nonce: { weight: 4, make: nonce },
    durable_nonce: { weight: 5, make: durableNonce },
    budget: { weight: 5, make: budget },
    lookup: { weight: 5, make: lookup },
    payers: { weight: 5, make: payers },
    hostile: { weight: 5, make: hostile },
    signatures: { weight: 0.5, make: signatures },
    vote: { weight: 10, make: vote },
    cpi: { weight: 20, make: cpi },
};
