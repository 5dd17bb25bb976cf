//! The static build of the page: everything that a web server needs, in `dist/`.

use crate::arguments::Arguments;
use crate::workspace::{self, WASM_TARGET};
use crate::{css, glue, pack, service_worker, single_file, split, traps};
use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use walrus::ModuleConfig;
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
    compile()?;
    let dist = workspace::dist();
    empty(&dist)?;
    println!("Generating the JavaScript glue.");
    let (module, glue) = bind()?;
    let linked = fs::read(compiled()).with_context(|| format!("cannot read {}", compiled().display()))?;
    let parts = split::split(&linked, &module, &split::Rules::read()?)?;
    if !wasm_opt().exists() {
        println!("Leaving the modules as they are: wasm-opt would save 3 % (`npm ci` installs it).");
    }
    workspace::write(&dist.join(pack::FIRST), pack::pack(&optimize(&parts.first)?)?)?;
    workspace::write(&dist.join(pack::REST), pack::pack(&optimize(&parts.rest)?)?)?;
    workspace::write(&dist.join("zooscope.js"), glue::shorten_loader(&glue, &parts.seam)?)?;
    copy_files(&dist)?;
    single_file::write(&dist)?;
    // Last, since its version covers all the other files.
    service_worker::complete(&dist)
}

/// Builds a page into a folder whose module says which of its functions ran, for `later`.
pub fn build_watched(folder: &Path, watch: impl FnOnce(&[u8]) -> Result<Vec<u8>>, tell: &str) -> Result<()> {
    compile()?;
    empty(folder)?;
    let (module, glue) = bind()?;
    workspace::write(&folder.join(pack::FIRST), pack::pack(&watch(&module)?)?)?;
    // Nothing is left for the rest: a module with nothing but its head.
    workspace::write(&folder.join(pack::REST), pack::pack(b"\0asm\x01\0\0\0")?)?;
    workspace::write(&folder.join("zooscope.js"), glue::shorten_loader(&glue, "")? + tell)?;
    copy_files(folder)?;
    service_worker::complete(folder)
}

/// Compiles the page. The linker leaves its relocations, which tell what refers to what.
fn compile() -> Result<()> {
    workspace::ensure_wasm_target()?;
    println!("Compiling the page to WebAssembly.");
    workspace::run(&mut workspace::cargo(&format!(
        "rustc --package zooscope-web --bin zooscope --target {WASM_TARGET} --release -- -C link-arg=--emit-relocs"
    )))
}

/// Makes a folder that is empty.
fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

/// Everything in a build but the modules and their glue.
fn copy_files(dist: &Path) -> Result<()> {
    let web = workspace::root().join("web");
    workspace::write(&dist.join("zooscope.css"), css::bundle(&web.join("styles"))?)?;
    copy(&web.join("static"), dist)?;
    copy(&web.join("assets"), &dist.join("assets"))?;
    workspace::write(&dist.join("boot.js"), boot(dist)?)?;
    workspace::write(&dist.join("index.html"), index(dist)?)
}

/// The module that cargo has compiled.
fn compiled() -> PathBuf {
    workspace::target().join(WASM_TARGET).join("release/zooscope.wasm")
}

/// Runs wasm-bindgen: the module with the symbols of its functions, and the glue that goes with it.
fn bind() -> Result<(Vec<u8>, String)> {
    let mut output = bindgen()?.generate_output()?;
    ensure!(
        output.snippets().values().all(Vec::is_empty) && output.local_modules().is_empty(),
        "a dependency brings JavaScript files of its own, which the single-file page cannot import"
    );
    let mut glue = output.js().to_owned();
    glue::shorten_imports(&mut glue, output.wasm_mut())?;
    Ok((output.wasm_mut().emit_wasm(), glue::tidy(&glue)?))
}

/// The module of the last build as it comes to wasm-opt, with the names of its functions.
pub fn named_module() -> Result<Vec<u8>> {
    Ok(bindgen()?.generate_output()?.wasm_mut().emit_wasm())
}

/// wasm-bindgen with the settings that all its runs share.
fn bindgen() -> Result<Bindgen> {
    let module = fs::read(compiled()).with_context(|| format!("cannot read {}", compiled().display()))?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes("zooscope", traps::set(&module)?)
        .web(true)?
        .typescript(false)
        .remove_producers_section(true)
        // Symbols are unique, names for people are not.
        .demangle(false)
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

/// Shrinks a module where wasm-opt is installed, and takes out the names; the page is complete without wasm-opt.
fn optimize(module: &[u8]) -> Result<Vec<u8>> {
    if !wasm_opt().exists() {
        let mut config = ModuleConfig::new();
        return Ok(config.generate_name_section(false).parse(module)?.emit_wasm());
    }
    println!("Shrinking a module with wasm-opt.");
    let file = workspace::target().join("shrinking.wasm");
    workspace::write(&file, module)?;
    workspace::run(Command::new(wasm_opt()).args(SHRINKING).arg(&file).arg("-o").arg(&file))?;
    fs::read(&file).with_context(|| format!("cannot read {}", file.display()))
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
