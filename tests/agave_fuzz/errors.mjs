// SPDX-License-Identifier: Apache-2.0
// The errors' Rust names in the order in which litesvm numbers them: those without a field only.

export const transactionErrors = `
    AccountInUse AccountLoadedTwice AccountNotFound ProgramAccountNotFound
    InsufficientFundsForFee InvalidAccountForFee AlreadyProcessed BlockhashNotFound
    CallChainTooDeep MissingSignatureForFee InvalidAccountIndex SignatureFailure
    InvalidProgramForExecution SanitizeFailure ClusterMaintenance AccountBorrowOutstanding
    WouldExceedMaxBlockCostLimit UnsupportedVersion InvalidWritableAccount
    WouldExceedMaxAccountCostLimit WouldExceedAccountDataBlockLimit TooManyAccountLocks
    AddressLookupTableNotFound InvalidAddressLookupTableOwner InvalidAddressLookupTableData
    InvalidAddressLookupTableIndex InvalidRentPayingAccount WouldExceedMaxVoteCostLimit
    WouldExceedAccountDataTotalLimit MaxLoadedAccountsDataSizeExceeded ResanitizationNeeded
    InvalidLoadedAccountsDataSizeLimit UnbalancedTransaction ProgramCacheHitMaxLimit
    CommitCancelled`.trim().split(/\s+/);

export const instructionErrors = `
    GenericError InvalidArgument InvalidInstructionData InvalidAccountData AccountDataTooSmall
    InsufficientFunds IncorrectProgramId MissingRequiredSignature AccountAlreadyInitialized
    UninitializedAccount UnbalancedInstruction ModifiedProgramId ExternalAccountLamportSpend
    ExternalAccountDataModified ReadonlyLamportChange ReadonlyDataModified DuplicateAccountIndex
    ExecutableModified RentEpochModified NotEnoughAccountKeys AccountDataSizeChanged
    AccountNotExecutable AccountBorrowFailed AccountBorrowOutstanding DuplicateAccountOutOfSync
    InvalidError ExecutableDataModified ExecutableLamportChange ExecutableAccountNotRentExempt
    UnsupportedProgramId CallDepth MissingAccount ReentrancyNotAllowed MaxSeedLengthExceeded
    InvalidSeeds InvalidRealloc ComputationalBudgetExceeded PrivilegeEscalation
    ProgramEnvironmentSetupFailure ProgramFailedToComplete ProgramFailedToCompile Immutable
    IncorrectAuthority AccountNotRentExempt InvalidAccountOwner ArithmeticOverflow
    UnsupportedSysvar IllegalOwner MaxAccountsDataAllocationsExceeded MaxAccountsExceeded
    MaxInstructionTraceLengthExceeded BuiltinProgramsMustConsumeComputeUnits BorshIoError`.trim().split(/\s+/);
