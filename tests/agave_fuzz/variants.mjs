// SPDX-License-Identifier: Apache-2.0
// The table of errors that a run has reached.
export function errorName(error) {
    if (!error) return "success";
    return error.t === "InstructionError" ? error.e : `T:${error.t}`;
}
export function reportVariants(errors) {
    console.log([...errors].sort((a, b) => b[1] - a[1]).map(([n, c]) => `${n} ${c}`).join(", "));
}
