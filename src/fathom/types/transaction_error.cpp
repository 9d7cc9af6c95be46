// SPDX-License-Identifier: Apache-2.0
// Names and texts of TransactionError.
#include "fathom/types/transaction_error.hpp"

namespace fathom {

namespace {

constexpr std::string_view kNames[] = {
#define FATHOM_ROW(name) #name,
    FATHOM_TRANSACTION_ERRORS(FATHOM_ROW)
#undef FATHOM_ROW
};

/// Display text per kind; `{}` stands for the index.
constexpr std::string_view pattern(TransactionError::Kind kind) {
    using enum TransactionError::Kind;
    switch (kind) {
    case AccountInUse: return "Account in use";
    case AccountLoadedTwice: return "Account loaded twice";
    case AccountNotFound:
        return "Attempt to debit an account but found no record of a prior credit.";
    case ProgramAccountNotFound: return "Attempt to load a program that does not exist";
    case InsufficientFundsForFee: return "Insufficient funds for fee";
    case InvalidAccountForFee: return "This account may not be used to pay transaction fees";
    case AlreadyProcessed: return "This transaction has already been processed";
    case BlockhashNotFound: return "Blockhash not found";
    case InstructionError: return "Error processing Instruction {}: ";
    case CallChainTooDeep: return "Loader call chain is too deep";
    case MissingSignatureForFee: return "Transaction requires a fee but has no signature present";
    case InvalidAccountIndex: return "Transaction contains an invalid account reference";
    case SignatureFailure: return "Transaction did not pass signature verification";
    case InvalidProgramForExecution:
        return "This program may not be used for executing instructions";
    case SanitizeFailure: return "Transaction failed to sanitize accounts offsets correctly";
    case ClusterMaintenance:
        return "Transactions are currently disabled due to cluster maintenance";
    case AccountBorrowOutstanding:
        return "Transaction processing left an account with an outstanding borrowed reference";
    case WouldExceedMaxBlockCostLimit: return "Transaction would exceed max Block Cost Limit";
    case UnsupportedVersion: return "Transaction version is unsupported";
    case InvalidWritableAccount:
        return "Transaction loads a writable account that cannot be written";
    case WouldExceedMaxAccountCostLimit:
        return "Transaction would exceed max account limit within the block";
    case WouldExceedAccountDataBlockLimit:
        return "Transaction would exceed account data limit within the block";
    case TooManyAccountLocks: return "Transaction locked too many accounts";
    case AddressLookupTableNotFound:
        return "Transaction loads an address table account that doesn't exist";
    case InvalidAddressLookupTableOwner:
        return "Transaction loads an address table account with an invalid owner";
    case InvalidAddressLookupTableData:
        return "Transaction loads an address table account with invalid data";
    case InvalidAddressLookupTableIndex:
        return "Transaction address table lookup uses an invalid index";
    case InvalidRentPayingAccount:
        return "Transaction leaves an account with a lower balance than rent-exempt minimum";
    case WouldExceedMaxVoteCostLimit: return "Transaction would exceed max Vote Cost Limit";
    case WouldExceedAccountDataTotalLimit:
        return "Transaction would exceed total account data limit";
    case DuplicateInstruction:
        return "Transaction contains a duplicate instruction ({}) that is not allowed";
    case InsufficientFundsForRent:
        return "Transaction results in an account ({}) with insufficient funds for rent";
    case MaxLoadedAccountsDataSizeExceeded:
        return "Transaction exceeded max loaded accounts data size cap";
    case InvalidLoadedAccountsDataSizeLimit:
        return "LoadedAccountsDataSizeLimit set for transaction must be greater than 0.";
    case ResanitizationNeeded: return "ResanitizationNeeded";
    case ProgramExecutionTemporarilyRestricted:
        return "Execution of the program referenced by account at index {} is temporarily "
               "restricted.";
    case UnbalancedTransaction:
        return "Sum of account balances before and after transaction do not match";
    case ProgramCacheHitMaxLimit: return "Program cache hit max limit";
    case CommitCancelled: return "CommitCancelled";
    }
    return "";
}

} // namespace

std::string_view TransactionError::name() const {
    return kNames[kind];
}

std::string TransactionError::text() const {
    std::string result(pattern(kind));
    if (const auto place = result.find("{}"); place != std::string::npos) {
        result.replace(place, 2, std::to_string(index));
    }
    if (kind == Kind::InstructionError) result += instruction_error.text();
    return result;
}

} // namespace fathom
