//! Starts the page in the browser.

fn main() {
    zooscope_web::run();
}
