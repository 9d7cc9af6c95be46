# SPDX-License-Identifier: Apache-2.0
# Sourced by the benchmarks, from the root: prepares peers as their lock files say. Each function
# fails, with a reason, where that cannot be done.

readonly litesvm=bench/peers/litesvm

has_litesvm() {
    command -v npm >/dev/null || { echo "litesvm: skipped, npm is not installed" >&2; return 1; }
    [ -f "$litesvm/node_modules/litesvm/package.json" ] && return
    echo "installing litesvm" >&2
    # Not `npm ci`: it insists on lock entries for platforms that litesvm names and has not published.
    npm install --prefix "$litesvm" --no-save --no-audit --no-fund --loglevel=error >&2 ||
        { echo "litesvm: skipped, npm could not install it" >&2; return 1; }
}

# has_crate NAME: builds bench/peers/NAME in build/bench-NAME.
has_crate() {
    local cargo=cargo
    command -v cargo >/dev/null || cargo=$HOME/.cargo/bin/cargo
    [ -x "$(command -v "$cargo")" ] || { echo "$1: skipped, cargo is not installed" >&2; return 1; }
    "$cargo" build --quiet --release --locked --manifest-path "bench/peers/$1/Cargo.toml" \
        --target-dir "build/bench-$1" >&2 ||
        { echo "$1: skipped, cargo could not build it" >&2; return 1; }
}
