//! `bench`: measures the budgets of the page and prints them as a table.

use crate::arguments::Arguments;
use crate::e2e::{self, Site};
use crate::{crate_sizes, engine_bench, page, workspace};
use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write as _;

/// The first view, in bytes as gzip -9 sends them.
const FIRST_VIEW_BYTES: usize = 200_000;
const FIRST_VIEW_REQUESTS: usize = 6;

/// How many crates the list of sizes names.
const CRATES_LISTED: usize = 12;

/// One line of the table.
pub struct Row {
    /// What was measured.
    pub what: String,
    /// What it may be; empty where there is no budget.
    pub budget: String,
    /// What it is, with its unit.
    pub measured: String,
    /// Whether the budget is kept, where there is one.
    pub kept: Option<bool>,
}

impl Row {
    /// A number without a budget.
    pub fn plain(what: impl Into<String>, measured: impl Into<String>) -> Self {
        Self { what: what.into(), budget: String::new(), measured: measured.into(), kept: None }
    }

    /// A line of a program that measures: `row`, then what, budget, measured and kept with tabs between them.
    pub fn parse(line: &str) -> Option<Self> {
        match line.split('\t').collect::<Vec<_>>()[..] {
            ["row", what, budget, measured, kept] => Some(Self {
                what: what.to_owned(),
                budget: budget.to_owned(),
                measured: measured.to_owned(),
                kept: kept.parse().ok(),
            }),
            _ => None,
        }
    }

    /// A number of things with a limit.
    fn limited(what: &str, count: usize, limit: usize, unit: &str) -> Self {
        Self {
            what: what.to_owned(),
            budget: format!("≤ {limit} {unit}"),
            measured: format!("{count} {unit}"),
            kept: Some(count <= limit),
        }
    }
}

/// `bench`.
pub fn command(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    page::build()?;
    println!("Measuring in the browser; this takes about a minute.");
    let (requests, in_browser) = browser_rows()?;
    print_table("First view", &first_view(&requests)?);
    print_table("In the browser", &in_browser);
    print_table("Engine (release build)", &engine_bench::rows()?);
    print_table("Code by crate (estimate, before wasm-opt and gzip)", &sizes()?);
    Ok(())
}

/// What the first view transfers, by the requests that the browser really made.
fn first_view(requests: &[String]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut sum = 0;
    for name in requests {
        let contents = fs::read(workspace::dist().join(name)).with_context(|| format!("cannot read {name}"))?;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&contents)?;
        let compressed = encoder.finish()?.len();
        sum += compressed;
        rows.push(Row::plain(name, format!("{compressed} bytes of {}", contents.len())));
    }
    rows.push(Row::limited("all of it, gzip -9", sum, FIRST_VIEW_BYTES, "bytes"));
    rows.push(Row::limited("requests", requests.len(), FIRST_VIEW_REQUESTS, "requests"));
    Ok(rows)
}

/// Runs bench.mjs: the requests of the first view, and the lines of the table.
fn browser_rows() -> Result<(Vec<String>, Vec<Row>)> {
    let text = workspace::output(Site::serve()?.node().arg(e2e::folder().join("bench.mjs")))?;
    let mut requests = Vec::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("request\t"), Row::parse(line)) {
            (Some(name), _) => requests.push(name.to_owned()),
            (None, Some(row)) => rows.push(row),
            (None, None) => println!("{line}"),
        }
    }
    Ok((requests, rows))
}

fn sizes() -> Result<Vec<Row>> {
    let sizes = crate_sizes::by_crate(&page::named_module()?)?;
    let all: usize = sizes.iter().map(|(_, size)| size).sum();
    let (listed, rest) = sizes.split_at(sizes.len().min(CRATES_LISTED));
    let mut rows: Vec<Row> = listed
        .iter()
        .map(|(name, size)| Row::plain(name, format!("{size} bytes, {} %", size * 100 / all.max(1))))
        .collect();
    let rest: usize = rest.iter().map(|(_, size)| size).sum();
    rows.push(Row::plain("all others", format!("{rest} bytes")));
    Ok(rows)
}

/// Prints one part of the table; its columns are as wide as they need to be.
fn print_table(title: &str, rows: &[Row]) {
    let width = |text: &str| text.chars().count();
    let first = rows.iter().map(|row| width(&row.what)).max().unwrap_or(0);
    let second = rows.iter().map(|row| width(&row.measured)).max().unwrap_or(0);
    println!("\n{title}");
    for row in rows {
        let verdict = match row.kept {
            Some(true) => "ok, ",
            Some(false) => "OVER, ",
            None => "",
        };
        let line = format!("  {:first$}  {:second$}  {verdict}{}", row.what, row.measured, row.budget);
        println!("{}", line.trim_end());
    }
}
