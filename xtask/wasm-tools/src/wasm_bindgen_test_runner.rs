//! The `wasm-bindgen-test-runner` command at the workspace's version.

fn main() {}
