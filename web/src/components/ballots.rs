//! The two layers of votes. They stay in the document whatever else is open: they are part of its contract.

use super::PageProps;
use super::element::{class, el, key, list};
use super::stage::{state_class, state_sign};
use crate::scene::ballots::{OwnRow, OwnTable, ServerRow, TallyRow, own_tables, servers, tally};
use crate::text::{Lang, Ui};
use yew::Html;

/// Width of a bar when all vote for one.
const BAR: u64 = 180;

/// Both layers.
pub fn ballots(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let world = &*state.show.world(state.index);
    let tally = tally(world);
    let rows: Vec<Html> = tally.rows.iter().map(|row| tally_row(row, tally.quorum, tally.voters, lang)).collect();
    let empty = rows.is_empty().then(|| el!("p", "class" = "muted"; lang.ui(Ui::Unstarted)));
    let before = &*state.show.world(state.came_from);
    let servers: Vec<Html> = servers(world, before).iter().map(|row| server_row(row, lang)).collect();
    let tables: Vec<Html> = own_tables(world).iter().map(|table| own_table(table, lang)).collect();
    let heading = |label: Ui| el!("th"; lang.ui(label));
    list(vec![
        el!("section", "class" = "tally", "data-quorum" = tally.quorum, "aria-label" = lang.ui(Ui::Tally);
            el!("h2"; format!("{} · {}", lang.ui(Ui::Tally), lang.quorum_needs(tally.quorum))),
            el!("p", "class" = "muted small gloss"; lang.ui(Ui::TallyGloss)),
            empty, rows),
        el!("table", "class" = "servers";
            el!("thead"; el!("tr";
                heading(Ui::Server), heading(Ui::State), heading(Ui::Vote), el!("th"; "zxid"), heading(Ui::Round))),
            el!("tbody"; servers)),
        el!("section", "class" = "knows", "aria-label" = lang.ui(Ui::Knows);
            el!("h2"; lang.ui(Ui::Knows)),
            el!("p", "class" = "muted small gloss"; lang.ui(Ui::KnowsGloss)),
            tables),
    ])
}

fn tally_row(row: &TallyRow, quorum: u64, voters: u64, lang: Lang) -> Html {
    let unit = BAR / voters.max(1);
    let class = if row.votes >= quorum { "bar enough" } else { "bar" };
    let bar = |class: &'static str, width: u64| {
        el!("rect", "class" = class, "y" = "1", "width" = width, "height" = "20", "rx" = "4")
    };
    el!("div", "class" = "tally-row", "data-tally-for" = row.candidate, "data-votes" = row.votes;
        key(usize::from(row.candidate.0)),
        el!("span"; lang.candidate(row.candidate)),
        el!("svg", "class" = class, "viewBox" = "0 0 180 22", "preserveAspectRatio" = "none", "aria-hidden" = "true";
            bar("ground", BAR), bar("fill", unit * row.votes),
            el!("line", "class" = "mark", "x1" = unit * quorum, "x2" = unit * quorum, "y1" = "0", "y2" = "22")),
        el!("strong"; lang.votes(row.votes)))
}

fn server_row(row: &ServerRow, lang: Lang) -> Html {
    let running = row.state.is_some();
    let dash = |text: String| if running { text } else { "–".to_string() };
    let was = row.was.map(|was| list(vec![el!("s"; was.to_string()), yew::virtual_dom::VText::new(" → ").into()]));
    let class = class(&[state_class(row.state), if row.was.is_some() { "changed" } else { "" }]);
    el!("tr", "class" = class; key(usize::from(row.sid.0)),
        el!("td"; row.sid.to_string()),
        el!("td", "class" = "state-word"; format!("{} {}", state_sign(row.state, row.fresh), lang.state(row.state, row.fresh))),
        el!("td"; was, row.vote.map_or_else(|| "–".to_string(), |vote| vote.to_string())),
        el!("td", "title" = running.then(|| format!("{:#x}", row.zxid.to_bits())); dash(row.zxid.to_string())),
        el!("td"; dash(row.round.to_string())))
}

fn own_table(table: &OwnTable, lang: Lang) -> Html {
    let rows: Vec<Html> = table.rows.iter().map(|row| own_row(row, lang)).collect();
    let empty = rows.is_empty().then(|| el!("p", "class" = "muted small"; lang.ui(Ui::Empty)));
    el!("section", "class" = "own", "data-table-of" = table.of, "aria-label" = lang.table_of(table.of);
        key(usize::from(table.of.0)),
        el!("h3"; lang.table_of(table.of)),
        empty,
        el!("div", "class" = "slips"; rows))
}

fn own_row(row: &OwnRow, lang: Lang) -> Html {
    let class = class(&[
        "own-row",
        state_class(Some(row.state)),
        if row.stale { "stale" } else { "" },
        if row.taken_back { "taken-back" } else { "" },
    ]);
    let stale =
        row.stale.then(|| el!("span", "class" = "badge", "title" = lang.ui(Ui::StaleGloss); lang.ui(Ui::Stale)));
    el!("div", "class" = class, "data-sender" = row.sender, "data-vote" = row.vote, "data-sender-state" = row.state.word(),
        "data-round" = u64::from(row.round), "data-stale" = row.stale,
        "title" = format!("{} {}", lang.ui(Ui::Round), row.round);
        key(usize::from(row.sender.0)),
        el!("span", "class" = "pair"; format!("{} → {}", row.sender, row.vote)),
        el!("span", "class" = "state-word"; format!("{} {}", state_sign(Some(row.state), false), row.state.word())),
        stale)
}
