// SPDX-License-Identifier: Apache-2.0
//! The kernels of the VM benchmark run by the solana-sbpf crate, and the time it takes to load an
//! ELF. One JSON object a line, as vm_bench prints them.
//!
//! The settings are those of a validator with every feature on: no gaps between stack frames,
//! regions found by search, random no-ops and disguised constants in native code.
use solana_sbpf::{
    aligned_memory::AlignedMemory,
    ebpf::{self, HOST_ALIGN},
    elf::Executable,
    memory_region::{MemoryMapping, MemoryRegion},
    program::{BuiltinProgram, SBPFVersion},
    verifier::RequisiteVerifier,
    vm::{CallFrame, Config, ContextObject, EbpfVm, EncryptedHostAddressToEbpfVm, ExecutionMode},
};
use std::{env, fs, process::exit, ptr::NonNull, sync::Arc, time::Instant};

const BUDGET: u64 = 1_400_000;

fn die(what: &str) -> ! {
    eprintln!("sbpf: {what}");
    exit(2)
}

struct Context {
    remaining: u64,
    memory: MemoryMapping,
}

impl ContextObject for Context {
    fn consume(&mut self, amount: u64) {
        self.remaining = self.remaining.saturating_sub(amount);
    }
    fn get_remaining(&self) -> u64 {
        self.remaining
    }
    fn active_mapping_ptr(&mut self) -> NonNull<MemoryMapping> {
        NonNull::from_mut(&mut self.memory)
    }
}

fn config() -> Config {
    Config {
        enable_stack_frame_gaps: false,
        aligned_memory_mapping: false,
        optimize_rodata: false,
        enabled_sbpf_versions: SBPFVersion::V0..=SBPFVersion::V3,
        ..Config::default()
    }
}

fn stub(_: EncryptedHostAddressToEbpfVm<Context>, _: u64, _: u64, _: u64, _: u64, _: u64) {}

fn loader_with(syscalls: &str) -> Arc<BuiltinProgram<Context>> {
    let mut loader = BuiltinProgram::new_loader(config());
    for name in syscalls.lines() {
        let entry = (stub as _, (|jit: &mut solana_sbpf::program::JitCompiler<Context>| {
            jit.emit_external_call(stub)
        }) as _);
        if loader.register_function(name, entry).is_err() {
            die("a syscall cannot be registered");
        }
    }
    Arc::new(loader)
}

/// Nanoseconds of one step: the best of several batches of a few milliseconds.
fn best_nanoseconds(mut step: impl FnMut()) -> f64 {
    let mut run = |count: u64| {
        let before = Instant::now();
        for _ in 0..count {
            step();
        }
        before.elapsed().as_nanos() as f64
    };
    let mut count = 1;
    while run(count) < 2e6 && count < 1_000_000 {
        count *= 2;
    }
    let best = (0..12).map(|_| run(count)).fold(f64::INFINITY, f64::min);
    best / count as f64
}

struct Row<'a> {
    engine: &'a str,
    group: &'a str,
    name: &'a str,
    version: &'a str,
    passes: u64,
    ns: f64,
    units: u64,
    checksum: u64,
    extra: String,
}

fn print(row: &Row) {
    println!(
        "{{\"side\": \"crate\", \"engine\": \"{}\", \"group\": \"{}\", \"row\": \"{}\", \
         \"version\": \"{}\", \"passes\": {}, \"ns\": {}, \"units\": {}, \"checksum\": \"{}\"{}}}",
        row.engine, row.group, row.name, row.version, row.passes, row.ns, row.units, row.checksum,
        row.extra
    );
}

fn zeros(size: usize) -> AlignedMemory<{ HOST_ALIGN }> {
    AlignedMemory::zero_filled(size)
}

fn load(elf: &[u8], loader: &Arc<BuiltinProgram<Context>>) -> Executable<Context> {
    let Ok(executable) = Executable::from_elf(elf, loader.clone()) else {
        die("an ELF does not load");
    };
    if executable.verify::<RequisiteVerifier>().is_err() {
        die("an ELF is not verified");
    }
    executable
}

/// Memory as an invocation without accounts has it: no accounts, 8 bytes of data, program id.
fn measure_kernel(name: &str, version: &str, passes: u64, elf: &[u8], jit: bool) {
    let loader = loader_with("");
    let executable = load(elf, &loader);
    if jit && executable.jit_compile().is_err() {
        die("a kernel cannot be compiled");
    }
    let mut stack = zeros(config().stack_size());
    let mut heap = zeros(32 * 1024);
    let mut input = zeros(56);
    input.as_slice_mut()[8..16].copy_from_slice(&8u64.to_le_bytes());
    input.as_slice_mut()[16..24].copy_from_slice(&passes.to_le_bytes());
    let stack_size = stack.len();
    let regions = vec![
        executable.get_ro_region(),
        MemoryRegion::new(&mut stack, ebpf::MM_STACK_START),
        MemoryRegion::new(&mut heap, ebpf::MM_HEAP_START),
        MemoryRegion::new(&mut input, ebpf::MM_INPUT_START),
    ];
    let version_number = executable.get_sbpf_version();
    // SAFETY: the memory behind the regions outlives the mapping and holds bytes.
    let memory = unsafe { MemoryMapping::new(regions, executable.get_config(), version_number) };
    let mut context = Context { remaining: BUDGET, memory: memory.unwrap() };
    let mut vm = EbpfVm::new(loader.clone(), version_number, &mut context, stack_size);
    let mut frames = vec![CallFrame::default(); config().max_call_depth];
    let registers = vm.registers;
    let mut units = 0;
    let ns = best_nanoseconds(|| {
        vm.registers = registers;
        vm.registers[1] = ebpf::MM_INPUT_START;
        vm.registers[2] = ebpf::MM_INPUT_START + 16;
        vm.call_depth = 0;
        vm.context().remaining = BUDGET;
        let mut mode = if jit { ExecutionMode::Jit } else { ExecutionMode::Interpreted };
        let (count, result) = vm.execute_program(&executable, &mut mode, &mut frames);
        if !matches!(Result::from(result), Ok(0)) {
            die("a kernel failed");
        }
        units = count;
    });
    let checksum = u64::from_le_bytes(heap.as_slice()[..8].try_into().unwrap());
    let engine = if jit { "jit" } else { "interpreter" };
    print(&Row {
        engine, group: "kernel", name, version, passes, ns, units, checksum,
        extra: String::new(),
    });
}

fn measure_kernels(list: &str) {
    for line in list.lines() {
        let fields: Vec<&str> = line.splitn(4, ' ').collect();
        let [name, version, passes, file] = fields[..] else { die("kernels.txt is damaged") };
        let elf = fs::read(file).unwrap_or_else(|_| die("a kernel is not there"));
        for count in [0, passes.parse().unwrap()] {
            for jit in [false, true] {
                measure_kernel(name, version, count, &elf, jit);
            }
        }
    }
}

fn measure_loading(elf: &[u8], syscalls: &str) {
    let loader = loader_with(syscalls);
    for jit in [false, true] {
        let ns = best_nanoseconds(|| {
            let executable = load(elf, &loader);
            if jit && executable.jit_compile().is_err() {
                die("the ELF cannot be compiled");
            }
        });
        let mut extra = String::new();
        if jit {
            let executable = load(elf, &loader);
            executable.jit_compile().unwrap();
            let code = executable.get_compiled_program().unwrap().machine_code_length();
            let slots = executable.get_text_bytes().1.len() / ebpf::INSN_SIZE;
            extra = format!(", \"code_bytes\": {code}, \"slots\": {slots}");
        }
        let (engine, name) = if jit {
            ("jit", "Token 3.5, compiled")
        } else {
            ("interpreter", "Token 3.5, verified")
        };
        print(&Row {
            engine, group: "load", name, version: "v0", passes: 0, ns, units: 0, checksum: 0, extra,
        });
    }
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let Some(folder) = arguments.get(1) else { die("usage: fathom-bench-sbpf FOLDER [ELF]") };
    let read = |name: &str| {
        fs::read_to_string(format!("{folder}/{name}")).unwrap_or_else(|_| die("no work"))
    };
    measure_kernels(&read("kernels.txt"));
    if let Some(file) = arguments.get(2) {
        let elf = fs::read(file).unwrap_or_else(|_| die("the ELF is not there"));
        measure_loading(&elf, &read("syscalls.txt"));
    }
}
