//! Commands of a checkout.

fn main() {}
