// SPDX-License-Identifier: Apache-2.0
// Changes that make sense in any case: limits at what it really takes, accounts and data bent.
export function mutate() {}
