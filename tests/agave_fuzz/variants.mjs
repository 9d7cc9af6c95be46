// SPDX-License-Identifier: Apache-2.0
// The table of errors that a run has reached, and why others cannot be.
import { instructionErrors, transactionErrors } from "./errors.mjs";

const kBlock = "a block's limits or locks, which one transaction does not meet";
const kNowhere = "made nowhere in Agave 4.3 but in conversions";
const kInternal = "states that an inner rule was broken, which no transaction can do";

/// Variants that no single transaction can end with, by reason. What Agave makes where was read in its
/// source; that a program may return the number of some is no way either, because only those in
/// ProgramError have one.
const unreachable = {
    [kBlock]: ["AccountInUse", "WouldExceedMaxBlockCostLimit", "WouldExceedMaxAccountCostLimit", "WouldExceedAccountDataBlockLimit",
        "WouldExceedMaxVoteCostLimit", "WouldExceedAccountDataTotalLimit", "ProgramCacheHitMaxLimit", "CommitCancelled"],
    "needs the same transaction twice": ["AlreadyProcessed"],
    "needs an epoch boundary between sanitization and execution": ["ResanitizationNeeded"],
    [kNowhere]: ["CallChainTooDeep", "MissingSignatureForFee", "ClusterMaintenance", "T:AccountBorrowOutstanding", "InvalidWritableAccount",
        "InvalidRentPayingAccount", "ProgramExecutionTemporarilyRestricted", "InvalidAccountIndex", "DuplicateAccountIndex", "RentEpochModified",
        "AccountDataSizeChanged", "AccountNotExecutable", "DuplicateAccountOutOfSync", "ExecutableDataModified", "ExecutableLamportChange",
        "ProgramFailedToCompile"],
    "needs limit_instruction_accounts to be off": ["MaxAccountsExceeded"],
    [kInternal]: ["UnbalancedTransaction", "GenericError", "ExecutableModified", "AccountBorrowOutstanding"],
};

const withFields = ["DuplicateInstruction", "InsufficientFundsForRent", "ProgramExecutionTemporarilyRestricted"];

export function errorName(error) {
    if (!error) return "success";
    return error.t === "InstructionError" ? error.e : `T:${error.t}`;
}

function allNames() {
    const transaction = [...transactionErrors, ...withFields].map((name) => `T:${name}`);
    return [...transaction, ...instructionErrors, "Custom"];
}

export function reportVariants(errors) {
    const reasons = new Map();
    for (const [reason, names] of Object.entries(unreachable)) for (const name of names) reasons.set(name, reason);
    // AccountBorrowOutstanding is a name of both kinds.
    const reasonOf = (name) => reasons.get(name) ?? (name === "T:AccountBorrowOutstanding" ? undefined : reasons.get(name.replace("T:", "")));
    const reachable = allNames().filter((name) => !reasonOf(name));
    const reached = reachable.filter((name) => errors.has(name));
    const show = (name) => name.replace("T:", "");
    console.log("\nerrors reached (TransactionError, then InstructionError):");
    for (const kind of [(name) => name.startsWith("T:"), (name) => !name.startsWith("T:")]) {
        const counts = reached.filter(kind).map((name) => [name, errors.get(name)]).sort((a, b) => b[1] - a[1]);
        console.log(`  ${counts.map(([name, count]) => `${show(name)} ${count}`).join(", ")}`);
    }
    const missing = reachable.filter((name) => !errors.has(name));
    console.log(`not reached: ${missing.map(show).join(", ") || "none"}`);
    for (const [reason, names] of Object.entries(unreachable)) console.log(`unreachable, ${reason}: ${names.map(show).join(", ")}`);
    const surprising = allNames().filter((name) => reasonOf(name) && errors.has(name));
    if (surprising.length) console.log(`reached in spite of that: ${surprising.join(", ")}`);
    console.log(`${reached.length} of ${reachable.length} reachable variants (${Math.floor(100 * reached.length / reachable.length)} %)`);
}
