//! Measures the engine without the page: events, memory and positions of a long run, natively and as WebAssembly, and
//! replication beside another library.

use crate::bench::Row;
use crate::workspace::{self, WASM_TARGET};
use anyhow::{Context, Result};
use std::process::Command;

/// Builds the engine as the page has it; this command itself is built without optimisation.
const EXAMPLE: &str = "--release --quiet --locked --package zooscope-core --example engine";

/// Both competitors in one program, each as fast as the compiler makes it: unlike the page's, this profile does not
/// ask for small code.
const COMPARISON: &str = "--profile bench-native --quiet --locked --package zooscope-bench";

/// Starts the example again and again, first in a fresh memory and then in one that need not grow, and prints the
/// milliseconds of the first time and the median of the others. It needs nothing from its host.
const TIMES: &str = "\
const module = new WebAssembly.Module(require('node:fs').readFileSync(process.argv[1]));
const { main } = new WebAssembly.Instance(module).exports;
const times = Array.from({ length: 10 }, () => {
  const start = performance.now();
  main(0, 0);
  return performance.now() - start;
});
const [first, ...others] = times;
console.log(first, others.sort((left, right) => left - right)[4]);
";

/// The lines of the table.
pub fn rows() -> Result<Vec<Row>> {
    let text = workspace::output(&mut workspace::cargo(&format!("run {EXAMPLE}")))?;
    let mut rows: Vec<Row> = text.lines().filter_map(Row::parse).collect();
    let events = text.lines().find_map(|line| line.strip_prefix("events\t")?.parse::<f64>().ok());
    rows.extend(in_webassembly(events.context("the example does not say how many events it ran")?)?);
    Ok(rows)
}

/// The lines of the table beside raft-rs.
pub fn beside_raft() -> Result<Vec<Row>> {
    let text = workspace::output(&mut workspace::cargo(&format!("run {COMPARISON}")))?;
    Ok(text.lines().filter_map(Row::parse).collect())
}

/// The same run in node, whose WebAssembly is that of Chromium.
fn in_webassembly(events: f64) -> Result<[Row; 2]> {
    workspace::run(&mut workspace::cargo(&format!("build {EXAMPLE} --target {WASM_TARGET}")))?;
    let module = workspace::target().join(WASM_TARGET).join("release/examples/engine.wasm");
    let text = workspace::output(Command::new("node").args(["--eval", TIMES, "--"]).arg(module))?;
    let rate = |ms: &str| {
        let ms: f64 = ms.parse().with_context(|| format!("`{ms}` is no time"))?;
        anyhow::Ok(format!("{:.0} per second", events / ms * 1000.0))
    };
    let (first, others) = text.trim().split_once(' ').context("there should be two times")?;
    Ok([
        Row::plain("WebAssembly: events with history", rate(others)?),
        Row::plain("WebAssembly: the same while its memory still grows", rate(first)?),
    ])
}
