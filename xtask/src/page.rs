//! The static build of the page: everything that a web server needs, in `dist/`.

use crate::arguments::Arguments;
use crate::workspace::{self, WASM_TARGET};
use crate::{css, glue, pack, service_worker, single_file, traps};
use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

/// `build`.
pub fn command(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    build()?;
    for (path, name) in workspace::files(&workspace::dist())? {
        println!("{:>9}  {name}", fs::metadata(path)?.len());
    }
    Ok(())
}

/// Builds the page into `dist/`, from nothing.
pub fn build() -> Result<()> {
    workspace::ensure_wasm_target()?;
    println!("Compiling the page to WebAssembly.");
    workspace::run(&mut workspace::cargo(&format!(
        "build --package zooscope-web --bin zooscope --target {WASM_TARGET} --release"
    )))?;

    let dist = workspace::dist();
    if dist.exists() {
        fs::remove_dir_all(&dist).with_context(|| format!("cannot empty {}", dist.display()))?;
    }
    fs::create_dir_all(&dist).with_context(|| format!("cannot make {}", dist.display()))?;

    println!("Generating the JavaScript glue.");
    let module = compiled().join("zooscope_bg.wasm");
    bind(&dist, &module)?;
    optimize(&module)?;
    let packed = pack::pack(&fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?)?;
    workspace::write(&dist.join(pack::NAME), packed)?;
    let web = workspace::root().join("web");
    workspace::write(&dist.join("zooscope.css"), css::bundle(&web.join("styles"))?)?;
    copy(&web.join("static"), &dist)?;
    copy(&web.join("assets"), &dist.join("assets"))?;
    workspace::write(&dist.join("boot.js"), boot(&dist)?)?;
    workspace::write(&dist.join("index.html"), index(&dist)?)?;
    single_file::write(&dist)?;
    // Last, since its version covers all the other files.
    service_worker::complete(&dist)
}

/// Where cargo puts the modules.
fn compiled() -> PathBuf {
    workspace::target().join(WASM_TARGET).join("release")
}

/// Runs wasm-bindgen: `zooscope.js` in the build, and the module that goes with it.
fn bind(dist: &Path, module: &Path) -> Result<()> {
    // wasm-opt puts the functions in the order of their names and drops the names then.
    let mut output = bindgen()?.remove_name_section(!wasm_opt().exists()).generate_output()?;
    ensure!(
        output.snippets().values().all(Vec::is_empty) && output.local_modules().is_empty(),
        "a dependency brings JavaScript files of its own, which the single-file page cannot import"
    );
    let mut glue = output.js().to_owned();
    glue::shorten_imports(&mut glue, output.wasm_mut())?;
    workspace::write(&dist.join("zooscope.js"), glue::shorten_loader(&glue::tidy(&glue)?)?)?;
    workspace::write(module, output.wasm_mut().emit_wasm())
}

/// The module of the last build as it comes to wasm-opt, with the names of its functions.
pub fn named_module() -> Result<Vec<u8>> {
    Ok(bindgen()?.generate_output()?.wasm_mut().emit_wasm())
}

/// wasm-bindgen with the settings that all its runs share.
fn bindgen() -> Result<Bindgen> {
    let module = compiled().join("zooscope.wasm");
    let module = fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes("zooscope", traps::set(&module)?)
        .web(true)?
        .typescript(false)
        .remove_producers_section(true)
        .out_name("zooscope");
    Ok(bindgen)
}

/// Where the npm package binaryen is installed.
fn wasm_opt() -> PathBuf {
    workspace::root().join("node_modules/.bin/wasm-opt")
}

/// What shrinks the module most, packed.
const SHRINKING: [&str; 8] = [
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    // Large functions that are called once stay functions: their variables compress better by themselves.
    "--one-caller-inline-max-function-size",
    "40",
    // The first kilobyte of memory is the far end of the stack, which rustc puts below all data, so nothing of worth
    // lives there.
    "--low-memory-unused",
    // Functions of the same kind have similar names, and are packed best one after another.
    "--reorder-functions-by-name",
];

/// Shrinks the module where wasm-opt is installed; the page is complete without it.
fn optimize(module: &Path) -> Result<()> {
    if !wasm_opt().exists() {
        println!("Leaving the module as it is: wasm-opt would save 3 % (`npm ci` installs it).");
        return Ok(());
    }
    println!("Shrinking the module with wasm-opt.");
    workspace::run(Command::new(wasm_opt()).args(SHRINKING).arg(module).arg("-o").arg(module))
}

/// Copies all files below a folder that may not exist.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for (path, name) in workspace::files(from)? {
        let target = to.join(name);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        fs::copy(&path, &target).with_context(|| format!("cannot copy {}", path.display()))?;
    }
    Ok(())
}

/// boot.js with the decoder inside, without its comments.
fn boot(dist: &Path) -> Result<String> {
    let boot = workspace::read_text(&dist.join("boot.js"))?;
    let mark = "%DECODER%";
    ensure!(boot.matches(mark).count() == 1, "boot.js must contain {mark} once");
    glue::tidy(&boot.replace(mark, &STANDARD.encode(pack::decoder()?)))
}

/// index.html with the icon inside, which saves the first view a request.
fn index(dist: &Path) -> Result<String> {
    let html = workspace::read_text(&workspace::root().join("index.html"))?;
    let link = "href=\"icon.svg\"";
    ensure!(html.contains(link), "index.html must contain {link}");
    let icon = workspace::read_text(&dist.join("icon.svg"))?;
    let icon = icon.replace('\n', "").replace('"', "'").replace('#', "%23").replace('<', "%3C").replace('>', "%3E");
    Ok(html.replace(link, &format!("href=\"data:image/svg+xml,{icon}\"")))
}
