# What the house does by hand. `just` lists it.

default:
    @just --list

# Everything CI does.
ci:
    .ci/run

# Format, lints, docs.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

# The README's test command.
test:
    cargo nextest run --workspace --locked

# The suites in their full size for every pipeline, and what they counted: days; or every so many-th case of the whole lives.
# `VIDPIPE_TORTURE=1` enlarges the others. The dev profile optimises what carries a call.
torture every="1":
    VIDPIPE_TORTURE=1 cargo nextest run --workspace --locked --profile torture --success-output final \
        -E 'test(/^(runs|power|disk|damage|at_once|bad_corpus|canaries|corpus|microburst|names|remote::schedules|waited_out)::/)'
    cargo bench --locked --workspace --profile dev --bench torture -- $(nproc) {{every}}

# Look for input that makes reading it panic or hang: `just fuzz specs`, `suffixes`, `states`, `errors` or `pages`.
fuzz target="specs" seconds="300" seed="7":
    VIDPIPE_FUZZ_SECONDS={{seconds}} VIDPIPE_FUZZ_SEED={{seed}} cargo nextest run --workspace --locked --profile torture \
        --success-output final -E 'test(/^fuzzed::{{target}}$/)'

# The same, led by what each input reaches (needs nightly Rust and cargo-fuzz): `just fuzz-covered spec`.
fuzz-covered target="spec" seconds="300":
    cargo +nightly fuzz run {{target}} -- -max_total_time={{seconds}}

# Print the figures the README promises, on a release build; those of ten thousand nodes are the store's benchmark.
bench:
    cargo build --release --locked
    test -x target/moto-venv/bin/python || python3 -m venv target/moto-venv
    target/moto-venv/bin/pip install --quiet --requirement tests/moto/requirements.txt
    target/moto-venv/bin/python benches/figures.py target/release/vidpipe

# Licences and advisories of everything we depend on (needs cargo-deny and the network).
deny:
    cargo deny check
