#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A transfer by the real SPL Token program 3.5.0: tests/conformance/token_transfer.sh FATHOM SHARED
# Prints its compute units, which are 4644 on mainnet.
set -euo pipefail
fathom=$(realpath "${1:?usage: token_transfer.sh path/to/fathom path/to/shared}")
elf=$(realpath "${2:?usage: token_transfer.sh path/to/fathom path/to/shared}")/data/elf/core/spl_token-3.5.0.so
if [ ! -f "$elf" ]; then
    echo "token transfer: skipped, there is no $elf"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Account layouts: spl-token state.rs. Mint: authority, supply, decimals, initialized, freeze
# authority. Account: mint, owner, amount, delegate, state, native, delegated amount, close authority.
cat >"$folder/token_transfer.json" <<JSON
{
  "description": "SPL Token 3.5.0: transfer of 250 tokens",
  "features": "mainnet",
  "keypairs": { "alice": { "seed": "alice" }, "bob": { "seed": "bob" } },
  "programs": [
    { "name": "token", "id": "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "elf": "$elf", "loader": "v2" }
  ],
  "accounts": [
    { "key": "alice", "lamports": 1000000000 },
    {
      "name": "mint", "owner": "token",
      "data": [{ "u32": 1 }, { "key": "alice" }, { "u64": 1000 }, { "u8": 6 }, { "u8": 1 }, { "zeros": 36 }]
    },
    {
      "name": "alice_tokens", "owner": "token",
      "data": [{ "key": "mint" }, { "key": "alice" }, { "u64": 1000 }, { "zeros": 36 }, { "u8": 1 }, { "zeros": 56 }]
    },
    {
      "name": "bob_tokens", "owner": "token",
      "data": [{ "key": "mint" }, { "key": "bob" }, { "u64": 0 }, { "zeros": 36 }, { "u8": 1 }, { "zeros": 56 }]
    }
  ],
  "transactions": [
    {
      "name": "transfer 250 tokens",
      "payer": "alice",
      "instructions": [
        {
          "program": "token",
          "accounts": [
            { "key": "alice_tokens", "writable": true },
            { "key": "bob_tokens", "writable": true },
            { "key": "alice", "signer": true }
          ],
          "data": [{ "u8": 3 }, { "u64": 250 }]
        }
      ],
      "expect": {
        "status": "ok",
        "units": 4644,
        "log_contains": "Instruction: Transfer",
        "accounts": [
          { "key": "alice_tokens", "data": [{ "key": "mint" }, { "key": "alice" }, { "u64": 750 }, { "zeros": 36 }, { "u8": 1 }, { "zeros": 56 }] },
          { "key": "bob_tokens", "data": [{ "key": "mint" }, { "key": "bob" }, { "u64": 250 }, { "zeros": 36 }, { "u8": 1 }, { "zeros": 56 }] }
        ]
      }
    }
  ]
}
JSON
"$fathom" execute "$folder/token_transfer.json"
