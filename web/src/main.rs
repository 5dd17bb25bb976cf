//! Starts the page in the browser.

// The standard allocator is 7 KB of code; this one is small, and still finds and frees memory in constant time.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

fn main() {
    zooscope_web::run();
}
