// SPDX-License-Identifier: Apache-2.0
// The families of cases and how often each is drawn.
import { cpi } from "./cpi.mjs";
import { loader } from "./loader.mjs";
import { durableNonce, nonce } from "./nonce.mjs";
import { config, elgamal, featureGate, precompiles, tables } from "./other.mjs";
import { associated, memo, token } from "./spl.mjs";
import { stake } from "./stake.mjs";
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
    stake: { weight: 9, make: stake },
    token: { weight: 10, make: token },
    associated: { weight: 4, make: associated },
    memo: { weight: 1, make: memo },
    tables: { weight: 4, make: tables },
    config: { weight: 2, make: config },
    feature_gate: { weight: 0.5, make: featureGate },
    precompiles: { weight: 3, make: precompiles },
    elgamal: { weight: 1, make: elgamal },
    loader: { weight: 8, make: loader },
    cpi: { weight: 18, make: cpi },
    mixed: { weight: 6, make: mixed },
};

const mixable = ["system", "nonce", "vote", "stake", "token", "associated", "memo", "tables", "precompiles", "loader", "cpi", "config"];

/// Instructions of several families in one transaction: what the first did is undone by the last.
function mixed(scene) {
    for (let i = scene.random.between(2, 4); i > 0; --i) {
        const before = scene.payer;
        families[scene.random.pick(mixable)].make(scene);
        scene.payer = before;
    }
    scene.instructions = scene.instructions.filter(({ program, data }, i, all) =>
        all.findIndex((other) => other.program === program && other.data[0] === data[0] && program.base58.startsWith("ComputeBudget")) === i || !program.base58.startsWith("ComputeBudget"));
}
