//! The `wasm-bindgen` command at the workspace's version.

fn main() {}
