//! `bench`: measures the budgets of the page and prints them as a table, beside other pages where some are given.

use crate::arguments::{Arguments, UsageError};
use crate::e2e::{self, Site};
use crate::{crate_sizes, engine_bench, page, serve, workspace};
use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The name of our own page among the sites of bench.mjs.
const OURS: &str = "ZooScope";

/// The first view, in bytes as they travel.
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

/// Another page to measure beside ours.
struct Peer {
    name: String,
    folder: PathBuf,
    /// What must be visible before it can be used; empty where a drawing of any kind will do.
    selector: String,
}

impl Peer {
    /// Reads `NAME=FOLDER` or `NAME=FOLDER#SELECTOR`.
    fn parse(text: &str) -> Result<Self> {
        let Some((name, rest)) = text.split_once('=') else {
            return Err(UsageError(format!("--peer needs NAME=FOLDER, not `{text}`")).into());
        };
        let (folder, selector) = rest.split_once('#').unwrap_or((rest, ""));
        ensure!(Path::new(folder).join("index.html").is_file(), "there is no index.html in {folder}");
        Ok(Self { name: name.to_owned(), folder: folder.into(), selector: selector.to_owned() })
    }

    /// Serves it as ours is served, and says so in a line that bench-start.mjs reads.
    fn serve(&self) -> Result<String> {
        let listener = serve::bind(0)?;
        let address = serve::address(&listener)?;
        serve::spawn(listener, self.folder.clone());
        Ok(format!("{}\t{address}\t{}\n", self.name, self.selector))
    }
}

/// What bench.mjs printed.
#[derive(Default)]
struct InBrowser {
    /// Site and path of every request that a first view made.
    requests: Vec<(String, String)>,
    /// Parts of the table, by their titles.
    tables: Vec<(String, Vec<Row>)>,
}

/// `bench [--peer NAME=FOLDER[#SELECTOR]]...`.
pub fn command(mut arguments: Arguments) -> Result<()> {
    let mut peers = Vec::new();
    while let Some(text) = arguments.value::<String>("--peer")? {
        peers.push(Peer::parse(&text)?);
    }
    arguments.finish()?;
    page::build()?;
    println!("Measuring in the browser; this takes some minutes.");
    let measured = in_browser(&peers)?;
    print_table("First view", &first_views(&measured.requests, &peers)?);
    for (title, rows) in &measured.tables {
        print_table(title, rows);
    }
    print_table("Engine (release build)", &engine_bench::rows()?);
    let title =
        "Replication beside raft-rs 0.7 (5 replicas in memory, one thread, 100-byte writes; both with opt-level 3)";
    print_table(title, &engine_bench::beside_raft()?);
    print_table("Code by crate (estimate, before wasm-opt and gzip)", &sizes()?);
    Ok(())
}

/// What first views transfer, by the requests that the browser really made: each of ours, and the sums of others.
fn first_views(requests: &[(String, String)], peers: &[Peer]) -> Result<Vec<Row>> {
    let of = |wanted: &str| -> Vec<&str> {
        requests.iter().filter(|(site, _)| site == wanted).map(|(_, path)| path.as_str()).collect()
    };
    let mut rows = Vec::new();
    let mut sum = 0;
    for name in of(OURS) {
        let (compressed, plain) = weigh(&workspace::dist().join(name))?;
        sum += compressed;
        rows.push(Row::plain(name, format!("{compressed} bytes of {plain}")));
    }
    rows.push(Row::limited("all of it, as it travels", sum, FIRST_VIEW_BYTES, "bytes"));
    rows.push(Row::limited("requests", of(OURS).len(), FIRST_VIEW_REQUESTS, "requests"));
    for peer in peers {
        let sizes =
            of(&peer.name).into_iter().map(|path| weigh(&peer.folder.join(path))).collect::<Result<Vec<_>>>()?;
        let sum: usize = sizes.iter().map(|(compressed, _)| compressed).sum();
        let what = format!("{}: all of it, as it travels", peer.name);
        rows.push(Row::plain(what, format!("{sum} bytes in {} requests", sizes.len())));
    }
    Ok(rows)
}

/// The bytes of a file as they travel, and as they are.
fn weigh(file: &Path) -> Result<(usize, usize)> {
    let contents = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok((travelling(&contents)?, contents.len()))
}

/// The bytes that gzip -9 makes of a file, or those of the file itself where it is packed already and gzip gains nothing.
fn travelling(contents: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(contents)?;
    Ok(encoder.finish()?.len().min(contents.len()))
}

/// Runs bench.mjs.
fn in_browser(peers: &[Peer]) -> Result<InBrowser> {
    let peers = peers.iter().map(Peer::serve).collect::<Result<String>>()?;
    let mut node = Site::serve()?.node();
    let text = workspace::output(node.env("ZOOSCOPE_PEERS", peers).arg(e2e::folder().join("bench.mjs")))?;
    let mut measured = InBrowser::default();
    for line in text.lines() {
        match line.split('\t').collect::<Vec<_>>()[..] {
            ["request", site, path] => measured.requests.push((site.to_owned(), path.to_owned())),
            ["table", title] => measured.tables.push((title.to_owned(), Vec::new())),
            _ => match Row::parse(line) {
                Some(row) => measured.tables.last_mut().context("a row stands below no title")?.1.push(row),
                None => println!("{line}"),
            },
        }
    }
    Ok(measured)
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

#[cfg(test)]
mod tests {
    use super::travelling;
    use crate::pack;

    #[test]
    fn a_packed_file_travels_as_it_is_and_text_by_gzip() {
        let text: Vec<u8> = (0..2_000_u32).flat_map(|number| format!("{number:x} ").into_bytes()).collect();
        let packed = pack::pack(&text).unwrap();
        assert_eq!(travelling(&packed).unwrap(), packed.len());
        let sent = travelling(&text).unwrap();
        assert!(packed.len() < sent && sent < text.len(), "{} < {sent} < {}", packed.len(), text.len());
    }
}
