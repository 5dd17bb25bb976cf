//! The `wasm-bindgen-test-runner` command in the version of the workspace's lock file.

fn main() {
    // `cargo test --quiet` hands its flag down to the runner, which does not know it.
    let arguments = std::env::args_os().filter(|argument| argument != "--quiet");
    if let Err(error) = wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(arguments) {
        eprintln!("error: {error:?}");
        std::process::exit(1);
    }
}
